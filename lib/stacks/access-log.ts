import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import type { ApiSettings } from "./api-settings.ts";

/** Who called, as the log-in or the signature says: a person's `sub` in the pool, or the ARN of a role or user. */
const CALLERS: Readonly<Record<ApiSettings["access"], string>> = {
  cognito: "$context.authorizer.claims.sub",
  iam: "$context.identity.userArn",
};

/**
 * What is written of each call: who, when, which route; no address, no query, nothing of a film. The function's own log
 * has the same request beside the ids of its predictions.
 */
export const accessLog = ({ access, clients }: ApiSettings): AccessLogFormat =>
  AccessLogFormat.custom(
    JSON.stringify({
      requestId: "$context.requestId",
      time: "$context.requestTime",
      caller: CALLERS[access],
      ...(clients.length > 0 && { key: "$context.identity.apiKeyId" }),
      method: "$context.httpMethod",
      route: "$context.resourcePath",
      status: "$context.status",
      error: "$context.error.responseType",
      milliseconds: "$context.responseLatency",
    }),
  );
