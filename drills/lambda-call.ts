/** The deployed API's function, started and asked once for its models: prints its answer as the last line. */
import type { LambdaContext, LambdaEvent } from "hono/aws-lambda";
import { handler } from "../functions/api/handler.ts";

const event = {
  resource: "/{proxy+}",
  path: "/v1/models",
  httpMethod: "GET",
  headers: { host: "api.example" },
  multiValueHeaders: { host: ["api.example"] },
  queryStringParameters: null,
  multiValueQueryStringParameters: null,
  pathParameters: null,
  stageVariables: null,
  requestContext: { requestId: "drill", identity: {}, stage: "v1", path: "/v1/models", httpMethod: "GET" },
  body: null,
  isBase64Encoded: false,
};

console.log(JSON.stringify(await handler(event as unknown as LambdaEvent, {} as LambdaContext)));
process.exit(0);
