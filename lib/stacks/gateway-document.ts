import { gatewayProblems } from "./gateway-problems.ts";
import type { Stage } from "./stage.ts";

type Json = { readonly [name: string]: unknown };

/** The parts of an OpenAPI 3.0 document that API Gateway is told. */
export interface ApiDocument extends Json {
  readonly info: Json;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation extends Json {
  readonly operationId?: string;
  readonly parameters?: readonly Json[];
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

/** Paths whose calls carry something: a film, or what is said of one. */
export const pathsWithBodies = ({ paths }: ApiDocument): readonly string[] =>
  Object.entries(paths).flatMap(([path, operations]) =>
    Object.values(operations).some(({ requestBody }) => requestBody !== undefined) ? [path] : [],
  );

export interface GatewayOptions {
  readonly api: Stage["api"];
  /** Where API Gateway calls the function. */
  readonly invocationUri: string;
  /** Of those who log in; undefined where calls are signed. */
  readonly userPoolArn: string | undefined;
}

/** REST APIs give up after 29 s. */
export const GATEWAY_TIMEOUT_MS = 29_000;

/** Parameters are checked before the function is called; bodies are films, which the function itself looks into. */
const VALIDATOR = "parameters";

const KEY_SCHEME = { type: "apiKey", name: "x-api-key", in: "header" };

const LOGIN = "login";
const SIGNED = "signed";
const KEY = "key";

/** API Gateway knows no `default` among responses, and warns of it. */
const IS_STATUS = /^\d{3}$/;

/** How callers prove who they are: a token of the user pool, or a signature. */
const scheme = (userPoolArn: string | undefined): Json =>
  userPoolArn === undefined
    ? {
        [SIGNED]: {
          type: "apiKey",
          name: "Authorization",
          in: "header",
          "x-amazon-apigateway-authtype": "awsSigv4",
        },
      }
    : {
        [LOGIN]: {
          type: "apiKey",
          name: "Authorization",
          in: "header",
          "x-amazon-apigateway-authtype": "cognito_user_pools",
          "x-amazon-apigateway-authorizer": { type: "cognito_user_pools", providerARNs: [userPoolArn] },
        },
      };

/**
 * The service's own OpenAPI document as API Gateway imports it: every route calls the function and none is open.
 * Schemas stay behind: answers are the function's, and API Gateway's reading of JSON Schema is its own.
 */
export function gatewayDocument(document: ApiDocument, options: GatewayOptions): Json {
  const { api, invocationUri, userPoolArn } = options;
  const security = [{ [userPoolArn === undefined ? SIGNED : LOGIN]: [], ...(api.clients.length > 0 && { [KEY]: [] }) }];
  const integration = {
    type: "aws_proxy",
    httpMethod: "POST",
    uri: invocationUri,
    passthroughBehavior: "when_no_match",
    timeoutInMillis: GATEWAY_TIMEOUT_MS,
  };
  const guarded = ({ operationId, parameters = [], responses }: Operation): Json => ({
    ...(operationId !== undefined && { operationId }),
    parameters: parameters.map(plainParameter),
    responses: Object.fromEntries(
      Object.entries(responses).flatMap(([status, { description }]) =>
        IS_STATUS.test(status) ? [[status, { description }]] : [],
      ),
    ),
    security,
    "x-amazon-apigateway-request-validator": VALIDATOR,
    "x-amazon-apigateway-integration": integration,
  });
  // A browser asks before it calls, without credentials; nothing is told to origins that are not listed.
  const preflight = {
    responses: { 204: { description: "What other origins may call." } },
    "x-amazon-apigateway-integration": integration,
  };
  const paths = Object.entries(document.paths).map(([path, operations]) => {
    const routes = Object.entries(operations).map(([method, operation]) => [method, guarded(operation)]);
    const methods = api.corsOrigins.length > 0 ? [...routes, ["options", preflight]] : routes;
    return [path, Object.fromEntries(methods)];
  });
  return {
    openapi: "3.0.1",
    info: { title: document.info.title, version: document.info.version },
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: { ...scheme(userPoolArn), ...(api.clients.length > 0 && { [KEY]: KEY_SCHEME }) },
    },
    "x-amazon-apigateway-request-validators": {
      [VALIDATOR]: { validateRequestParameters: true, validateRequestBody: false },
    },
    // Films go in and pictures come out as they are.
    "x-amazon-apigateway-binary-media-types": ["*/*"],
    "x-amazon-apigateway-gateway-responses": gatewayProblems(api.corsOrigins.length > 0),
    "x-amazon-apigateway-api-key-source": "HEADER",
  };
}

/** Whether a parameter must be there is checked here; what it may be, the function says better. */
const plainParameter = ({ name, in: place, required = false }: Json): Json => ({
  name,
  in: place,
  required,
  schema: { type: "string" },
});
