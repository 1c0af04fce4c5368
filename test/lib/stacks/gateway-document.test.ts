import { describe, expect, test } from "vitest";
import { gatewaySource } from "../../../bin/gateway-source.ts";
import { gatewayDocument } from "../../../lib/stacks/gateway-document.ts";
import { parseStage } from "../../../lib/stacks/stage.ts";

// biome-ignore lint/suspicious/noExplicitAny: a document of any shape
type Json = any;

const documents: [string, Json][] = [
  ["signed calls", {}],
  ["log-in", { access: "cognito" }],
  ["clients with keys", { clients: ["pacs"] }],
  ["other origins", { corsOrigins: ["https://ward.example"] }],
].map(([name, settings]) => {
  const { api } = parseStage({ name: "x", api: settings as object });
  const userPoolArn = api.access === "cognito" ? "arn:pool" : undefined;
  return [name as string, gatewayDocument(gatewaySource(), { api, invocationUri: "arn:uri", userPoolArn })];
});

/** Answers that API Gateway gives by itself, by its own names. */
const GATEWAY_RESPONSES = [
  ...["ACCESS_DENIED", "API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE"],
  ...["BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "DEFAULT_4XX", "DEFAULT_5XX", "EXPIRED_TOKEN"],
  ...["INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT", "INVALID_API_KEY", "INVALID_SIGNATURE"],
  ...["MISSING_AUTHENTICATION_TOKEN", "QUOTA_EXCEEDED", "REQUEST_TOO_LARGE", "RESOURCE_NOT_FOUND", "THROTTLED"],
  ...["UNAUTHORIZED", "UNSUPPORTED_MEDIA_TYPE", "WAF_FILTERED"],
];

const within = (known: readonly string[], object: object) =>
  expect(Object.keys(object).filter((name) => !known.includes(name))).toEqual([]);

// The import of REST APIs leaves out what it does not know, with a warning each; a warning ends the deployment.
describe.each(documents)("the document for API Gateway, of %s", (_, document) => {
  const operations: [string, string, Json][] = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Json>(methods).map(([method, operation]): [string, string, Json] => [path, method, operation]),
  );

  test("has no field that the import does not know, and no reference", () => {
    within(
      [
        ...["openapi", "info", "paths", "components", "x-amazon-apigateway-request-validators"],
        ...["x-amazon-apigateway-binary-media-types", "x-amazon-apigateway-gateway-responses"],
        "x-amazon-apigateway-api-key-source",
      ],
      document,
    );
    within(["securitySchemes"], document.components);
    for (const [, , operation] of operations) {
      within(
        [
          ...["operationId", "parameters", "responses", "security"],
          ...["x-amazon-apigateway-request-validator", "x-amazon-apigateway-integration"],
        ],
        operation,
      );
    }
    expect(JSON.stringify(document)).not.toContain("$ref");
  });

  test("names every response by its status: there is no default among them", () => {
    for (const [path, method, { responses }] of operations) {
      expect(Object.keys(responses).length, `${method} ${path}`).toBeGreaterThan(0);
      for (const [status, response] of Object.entries<Json>(responses)) {
        expect(status, `${method} ${path}`).toMatch(/^[2-5]\d\d$/);
        within(["description"], response);
      }
    }
  });

  test("declares what stands in a path, once and as needed, and nothing that it can't match", () => {
    for (const [path, method, { parameters = [] }] of operations) {
      if (method === "options") continue;
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const inPath = parameters.filter((one: Json) => one.in === "path");
      expect(inPath.map((one: Json) => [one.name, one.required]).sort()).toEqual(
        named.map((name) => [name, true]).sort(),
      );
      for (const parameter of parameters) {
        within(["name", "in", "required", "schema"], parameter);
        expect(["path", "query", "header"]).toContain(parameter.in);
        expect(parameter.schema).toEqual({ type: "string" });
      }
      expect(path).toMatch(/^(\/([\w.:-]+|\{\w+\}))+$/);
    }
  });

  test("asks for schemes that it defines, and shapes answers that API Gateway gives", () => {
    const schemes = Object.keys(document.components.securitySchemes);
    for (const [path, method, { security = [] }] of operations) {
      // A browser's question before it calls carries no credentials.
      expect(security.length, `${method} ${path}`).toBe(method === "options" ? 0 : 1);
      for (const name of security.flatMap(Object.keys)) expect(schemes).toContain(name);
    }
    within(GATEWAY_RESPONSES, document["x-amazon-apigateway-gateway-responses"]);
  });
});
