import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, onTestFinished, test } from "vitest";
import { createApp } from "../../../functions/api/app.ts";
import { serviceDouble, shelfDouble } from "./service-double.ts";

interface Document {
  openapi: string;
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, { content?: object }> }>>;
  components: { schemas: Record<string, object> };
}

const app = createApp({ films: serviceDouble(), models: shelfDouble() });

const document = async (query = ""): Promise<Document> =>
  (await app.request(`/v1/openapi.json${query}`)).json() as Promise<Document>;

test("of warnings it says which takes the decision away, and which tells a contradiction", async () => {
  const { Warning } = (await document()).components.schemas as Record<string, { description?: string }>;
  expect(Warning?.description).toContain("With `out-of-distribution` no decision is given");
  expect(Warning?.description).toContain("`contradictory-findings`");
});

describe.each([
  ["3.1", "", "3.1.0"],
  ["3.0", "?version=3.0", "3.0.3"],
])("the OpenAPI %s document", (_, query, written) => {
  test("is valid by its own schema", async () => {
    const made = await document(query);
    expect(made.openapi).toBe(written);
    const result = await new Validator().validate(made as object as Record<string, unknown>);
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
  });

  test("has nothing that a linter of other people's documents finds", async () => {
    const folder = await mkdtemp(join(tmpdir(), "hilum-openapi-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, "openapi.json");
    await writeFile(file, JSON.stringify(await document(query)));
    const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
    const lint = ["lint", file, "--extends=recommended-strict", "--format=json"];
    const ended = await promisify(execFile)("node_modules/.bin/redocly", lint, { env }).catch((error) => error);
    expect(JSON.parse(ended.stdout).problems).toEqual([]);
  });

  test("names every route and every schema that is shared", async () => {
    const { paths, components } = await document(query);
    const served = new Set(
      app.routes
        .filter((route) => /^\/v[12](\/|$)/.test(route.path) && route.method !== "ALL")
        .map((route) => `${route.method.toLowerCase()} ${route.path.replaceAll(/(?<=\/):(\w+)/g, "{$1}")}`),
    );
    const told = new Set(
      Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`)),
    );
    expect(told).toEqual(served);
    expect(Object.keys(components.schemas)).toEqual(
      expect.arrayContaining(["Prediction", "Finding", "HeatMap", "Rectangle", "Film", "Problem", "ModelDetails"]),
    );
  });

  test("gives every operation a name of its own, and every error problem details", async () => {
    const { paths } = await document(query);
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.values(methods).map((operation) => ({ path, ...operation })),
    );
    expect(new Set(operations.map((operation) => operation.operationId)).size).toBe(operations.length);
    for (const { path, responses } of operations) {
      const form = path.startsWith("/v2") ? "application/json" : "application/problem+json";
      expect(Object.keys(responses)).toContain("default");
      for (const [status, response] of Object.entries(responses)) {
        if (status === "default" || Number(status) >= 400) expect(Object.keys(response.content ?? {})).toEqual([form]);
      }
    }
  });
});

test("another version of OpenAPI is refused", async () => {
  expect((await app.request("/v1/openapi.json?version=2.0")).status).toBe(400);
});
