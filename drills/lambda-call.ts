/**
 * `lambda-call.ts [FILE]`: the deployed API's function, started and asked, for its models or for every request of a JSON
 * file; prints its answers as the last line, in their order.
 */
import { readFile } from "node:fs/promises";
import type { LambdaContext, LambdaEvent } from "hono/aws-lambda";
import { handler } from "../functions/api/handler.ts";

export interface LambdaRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** In base64. */
  readonly body: string | null;
  /** Of the token of whoever is logged in; without, nobody is. */
  readonly sub?: string;
}

export interface LambdaAnswer {
  readonly statusCode: number;
  readonly body: string;
}

const MODELS: LambdaRequest = { method: "GET", path: "/v1/models", query: {}, headers: {}, body: null };

/** As API Gateway's proxy integration makes it. */
function eventOf({ method, path, query, headers, body, sub }: LambdaRequest) {
  const given = { host: "api.example", ...headers };
  const lists = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));
  return {
    resource: "/{proxy+}",
    path,
    httpMethod: method,
    headers: given,
    multiValueHeaders: lists(given),
    queryStringParameters: query,
    multiValueQueryStringParameters: lists(query),
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      ...{ requestId: "drill", identity: {}, stage: "v1", path, httpMethod: method },
      ...(sub !== undefined && { authorizer: { claims: { sub } } }),
    },
    body,
    isBase64Encoded: body !== null,
  };
}

const file = process.argv[2];
const requests = file === undefined ? [MODELS] : (JSON.parse(await readFile(file, "utf8")) as LambdaRequest[]);
const answers: unknown[] = [];
for (const request of requests) {
  answers.push(await handler(eventOf(request) as unknown as LambdaEvent, {} as LambdaContext));
}
process.stdout.write(`${JSON.stringify(answers)}\n`, () => process.exit(0));
