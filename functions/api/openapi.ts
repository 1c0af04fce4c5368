import { zodToOpenAPIRegistry } from "@asteasolutions/zod-to-openapi";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Env } from "hono";
import * as z from "zod";
import * as api from "../../lib/contracts/api.ts";
import * as feedback from "../../lib/contracts/feedback.ts";
import * as openInference from "../../lib/contracts/open-inference.ts";
import * as uploads from "../../lib/contracts/uploads.ts";

/** Every schema of the API with an `id` becomes a named component; the registry then takes its name from there. */
for (const schema of [api, feedback, openInference, uploads].flatMap((contracts): unknown[] =>
  Object.values(contracts),
)) {
  if (schema instanceof z.ZodType && schema.meta()?.id !== undefined) zodToOpenAPIRegistry.add(schema, {});
}

/**
 * Schemas of bodies that come in several ways, which routes name instead of holding. Copies of them: a schema that was
 * made before zod-openapi was loaded lacks the method that registering calls.
 */
export function registerComponents<E extends Env>(app: OpenAPIHono<E>): void {
  app.openAPIRegistry.register("UploadedFilm", uploads.UploadedFilm.clone());
  app.openAPIRegistry.register("Feedback", feedback.Feedback.clone());
  app.openAPIRegistry.register("InferRequest", openInference.InferRequest.clone());
}

const INFO = {
  title: "Hilum",
  version: "1.0.0",
  summary: "Chest films in, 14 probabilities and their heat maps out.",
  description: `Films are answered and forgotten: nothing of them is logged or kept. ${api.NOTICE[0]?.toUpperCase()}${api.NOTICE.slice(1)}.`,
  license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
};

const SERVERS = [{ url: "/", description: "where this document was fetched" }];

const TAGS = [
  { name: "Films", description: "Predictions and heat maps" },
  { name: "Feedback", description: "Readers who disagree" },
  { name: "Models", description: "What answers, and how good it is" },
  { name: "Open Inference Protocol", description: "Version 2, for KServe, Triton and their clients" },
  { name: "Health", description: "For load balancers and people on call" },
];

/** The document of an app's routes: 3.1, or 3.0.3 for API Gateway. */
export function openApiDocument<E extends Env>(app: OpenAPIHono<E>, version: "3.1" | "3.0"): object {
  const shared = { servers: SERVERS, tags: TAGS, security: [] };
  if (version === "3.1") return app.getOpenAPI31Document({ openapi: "3.1.0", info: INFO, ...shared });
  const { summary: _, license, ...info } = INFO;
  return withNullableObjects(
    app.getOpenAPIDocument({ openapi: "3.0.3", info: { ...info, license }, ...shared }),
  ) as object;
}

/** OpenAPI 3.0 has no type null: beside a component it is written as an object that may be null and else is empty. */
function withNullableObjects(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withNullableObjects);
  if (typeof node !== "object" || node === null) return node;
  const inner = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withNullableObjects(value)]));
  const choices = inner.anyOf as { $ref?: string; nullable?: boolean }[] | undefined;
  const [component, none] = choices ?? [];
  if (choices?.length !== 2 || component?.$ref === undefined || none?.nullable !== true) return inner;
  return { ...inner, anyOf: [component, { type: "object", nullable: true, maxProperties: 0 }] };
}
