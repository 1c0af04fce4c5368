import type { Problem } from "../contracts/api.ts";

interface GatewayProblem {
  readonly title: string;
  readonly code: string;
  readonly status: number;
  /** JSON of the detail: a text of ours, or what API Gateway itself says. */
  readonly detail: string;
}

const SAYS = "$context.error.messageString";
const text = (detail: string): string => JSON.stringify(detail);

/** What API Gateway answers before the function is called, by its own names for it. */
const PROBLEMS: Readonly<Record<string, GatewayProblem>> = {
  DEFAULT_4XX: { title: "The request was refused", code: "refused", status: 400, detail: SAYS },
  DEFAULT_5XX: { title: "The service failed", code: "internal", status: 500, detail: SAYS },
  BAD_REQUEST_PARAMETERS: {
    title: "The request is not well formed",
    code: "bad-query",
    status: 400,
    detail: '"$context.error.validationErrorString"',
  },
  BAD_REQUEST_BODY: { title: "The request is not well formed", code: "bad-request", status: 400, detail: SAYS },
  INVALID_SIGNATURE: { title: "The signature is wrong", code: "signature", status: 403, detail: SAYS },
  RESOURCE_NOT_FOUND: { title: "There is nothing here", code: "not-found", status: 404, detail: SAYS },
  AUTHORIZER_FAILURE: { title: "The service failed", code: "internal", status: 500, detail: SAYS },
  AUTHORIZER_CONFIGURATION_ERROR: { title: "The service failed", code: "internal", status: 500, detail: SAYS },
  API_CONFIGURATION_ERROR: { title: "The service failed", code: "internal", status: 500, detail: SAYS },
  UNAUTHORIZED: {
    title: "Nobody is logged in",
    code: "unauthorized",
    status: 401,
    detail: text("expected the header authorization with a valid token or signature"),
  },
  ACCESS_DENIED: { title: "This caller may not do this", code: "forbidden", status: 403, detail: SAYS },
  EXPIRED_TOKEN: {
    title: "The log-in has run out",
    code: "expired-token",
    status: 403,
    detail: text("expected a token that is still valid; log in again"),
  },
  INVALID_API_KEY: {
    title: "The key is not known",
    code: "api-key",
    status: 403,
    detail: text("expected the header x-api-key with a key of the usage plan"),
  },
  // Also what API Gateway says of a route that it does not have.
  MISSING_AUTHENTICATION_TOKEN: {
    title: "There is nothing here, or the request is not signed",
    code: "unauthorized",
    status: 403,
    detail: text("expected a known route and the header authorization"),
  },
  WAF_FILTERED: {
    title: "The firewall refused the request",
    code: "firewall",
    status: 403,
    detail: text("too many calls from one address, or a request that looks like an attack"),
  },
  REQUEST_TOO_LARGE: {
    title: "The request is over the limit",
    code: "film-too-large",
    status: 413,
    detail: text("body: over 10 MB; larger films go through an upload"),
  },
  UNSUPPORTED_MEDIA_TYPE: {
    title: "This kind of file is not read here",
    code: "unsupported-media-type",
    status: 415,
    detail: SAYS,
  },
  THROTTLED: {
    title: "Too many calls at once",
    code: "busy",
    status: 429,
    detail: text("more calls a second than this service takes; try again"),
  },
  QUOTA_EXCEEDED: {
    title: "The day's calls are used up",
    code: "quota",
    status: 429,
    detail: text("more calls than this key's plan has for a day"),
  },
  INTEGRATION_FAILURE: {
    title: "The service failed",
    code: "internal",
    status: 502,
    detail: text("the function gave no answer; its log has more under this request id"),
  },
  INTEGRATION_TIMEOUT: {
    title: "The service took too long",
    code: "timeout",
    status: 504,
    detail: text("no answer within 29 s; the model may still be being loaded, try again"),
  },
};

/** A problem in which a field may be JSON that API Gateway fills in. */
function template({ title, code, status, detail }: GatewayProblem): string {
  const problem: Record<keyof Omit<Problem, "limit">, string> = {
    type: text("about:blank"),
    title: text(title),
    status: String(status),
    detail,
    code: text(code),
    requestId: '"$context.requestId"',
  };
  const fields = Object.entries(problem).map(([name, value]) => `${text(name)}:${value}`);
  return `{${fields.join(",")}}`;
}

/**
 * API Gateway's own answers as the service's: RFC 9457 problems, readable by pages of other origins where there are any.
 * They hold nothing of a caller's, so that any origin may read them.
 */
export const gatewayProblems = (cors: boolean): Readonly<Record<string, object>> =>
  Object.fromEntries(
    Object.entries(PROBLEMS).map(([name, problem]) => [
      name,
      {
        // A status given to a default would become that of every answer that falls back to it.
        ...(!name.startsWith("DEFAULT") && { statusCode: problem.status }),
        responseParameters: {
          "gatewayresponse.header.Content-Type": "'application/problem+json'",
          "gatewayresponse.header.Cache-Control": "'no-store'",
          ...(problem.status === 429 && { "gatewayresponse.header.Retry-After": "'2'" }),
          ...(cors && { "gatewayresponse.header.Access-Control-Allow-Origin": "'*'" }),
        },
        responseTemplates: {
          "application/json": template(problem),
        },
      },
    ]),
  );
