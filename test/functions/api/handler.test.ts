import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LambdaContext, LambdaEvent } from "hono/aws-lambda";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeSamples } from "../../../functions/api/samples.ts";
import { Health, Prediction, Problem } from "../../../lib/contracts/api.ts";
import { promote } from "../../../lib/registry/channels.ts";
import { openStore, storeUri } from "../../../lib/store/open.ts";
import { publishRandomModel } from "../../lib/inference/published-model.ts";
import { freePort } from "../../versitygw.ts";
import { metrics } from "../embedded-metrics.ts";

let folder: string;
let models: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-handler-"));
  models = storeUri(folder);
  vi.stubEnv("HILUM_STAGE", "dev");
  vi.stubEnv("HILUM_MODEL_CHECK_SECONDS", "0");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.resetModules();
  await rm(folder, { recursive: true, force: true });
});

/** The function, as an environment of Lambda's starts it, and what it answers to one request. */
async function started(where: string = models) {
  vi.stubEnv("HILUM_MODELS", where);
  const { handler } = await import("../../../functions/api/handler.ts");
  const ask = async (httpMethod: string, path: string, body?: Uint8Array) => {
    const headers = { host: "api.example", ...(body && { "content-type": "image/png" }) };
    const event = {
      ...{ httpMethod, path, headers, multiValueHeaders: {}, queryStringParameters: null },
      requestContext: { requestId: "1", identity: {} },
      body: body ? Buffer.from(body).toString("base64") : null,
      isBase64Encoded: body !== undefined,
    };
    const answer = await handler(event as unknown as LambdaEvent, {} as LambdaContext);
    return { status: answer.statusCode, body: JSON.parse(answer.body) as unknown };
  };
  return { ask };
}

/** What a film is answered with, and whether it lives. */
async function problemOf({ ask }: Awaited<ReturnType<typeof started>>): Promise<Problem> {
  const live = await ask("GET", "/v1/health/live");
  expect([live.status, Health.parse(live.body).model]).toEqual([200, null]);
  expect((await ask("GET", "/v1/health/ready")).status).toBe(503);
  const { status, body } = await ask("POST", "/v1/predictions", Uint8Array.of(1));
  expect(status).toBe(503);
  return Problem.parse(body);
}

const film = async () => (await makeSamples())[0]!.png;

test("a stage without a model starts, says how to make one, and answers with the first that is promoted", async () => {
  const api = await started();
  const { code, detail } = await problemOf(api);
  expect(code).toBe("no-model-yet");
  expect(detail).toContain("bin/hilum run --stage dev");
  const { version } = await publishRandomModel(openStore(models));
  await promote(openStore(models), version);
  const { status, body } = await api.ask("POST", "/v1/predictions", await film());
  expect(status).toBe(200);
  expect(Prediction.parse(body).model.version).toBe(version);
  expect((await api.ask("GET", "/v1/health/live")).body).toEqual({ status: "live", model: version });
});

test("what no model could answer yet is counted, so that no alarm takes it for a fault", async () => {
  const api = await started();
  const counted = await metrics(() => problemOf(api));
  // Ready and the film; that it lives is no fault to begin with.
  expect(counted.map(({ values }) => values)).toEqual([{ BeforeFirstModel: 1 }, { BeforeFirstModel: 1 }]);
});

test("a version in production that does not load is told with what mends it, as a fault, and gives way to the next", async () => {
  const store = openStore(models);
  const broken = await publishRandomModel(store, { kind: "identity" });
  await promote(store, broken.version);
  const graph = join(fileURLToPath(models), "versions", broken.version, "saved_model/saved_model.pb");
  await writeFile(graph, "no graph");
  let api: Awaited<ReturnType<typeof started>> | undefined;
  const counted = await metrics(async () => {
    api = await started();
    const { code, detail } = await problemOf(api);
    expect(code).toBe("model-unloadable");
    expect(detail).toContain(`bin/hilum models verify --stage dev ${broken.version}`);
  });
  expect(counted.flatMap(({ values }) => Object.keys(values))).not.toContain("BeforeFirstModel");
  expect(counted.flatMap(({ values }) => Object.keys(values))).toContain("ModelFallback");
  const { version } = await publishRandomModel(store, { kind: "identity" }, [], { name: "mended" });
  await promote(store, version);
  expect((await api!.ask("POST", "/v1/predictions", await film())).status).toBe(200);
});

test("where the store is away it starts all the same and says so", async () => {
  vi.stubEnv("AWS_ENDPOINT_URL_S3", `http://127.0.0.1:${await freePort()}`);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "x");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "x");
  vi.stubEnv("AWS_REGION", "eu-central-1");
  const api = await started("s3://models");
  expect((await problemOf(api)).code).toBe("store-unavailable");
});

test("the log leads from an answer to the call at the gateway, and says nothing else of the film", async () => {
  const { version } = await publishRandomModel(openStore(models));
  await promote(openStore(models), version);
  const written: string[] = [];
  vi.spyOn(console, "log").mockImplementation((line) => void written.push(String(line)));
  const api = await started();
  const { id } = Prediction.parse((await api.ask("POST", "/v1/predictions", await film())).body);
  vi.restoreAllMocks();
  const [entry] = written.map((line) => JSON.parse(line)).filter(({ event }) => event === "request");
  expect(entry).toEqual({
    ...{ event: "request", gatewayRequestId: "1", predictions: [id] },
    ...{ method: "POST", route: "/v1/predictions", status: 200 },
    ...{ requestId: expect.any(String), milliseconds: expect.any(Number) },
  });
});
