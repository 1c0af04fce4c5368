import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../../../functions/api/app.ts";
import type { AppOptions } from "../../../functions/api/dependencies.ts";
import { Prediction } from "../../../lib/contracts/api.ts";
import { InferError, InferResponse, ModelMetadata } from "../../../lib/contracts/open-inference.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import type { Film } from "../../../lib/imaging/film.ts";
import { startTestService, type TestService } from "./served-model.ts";
import { doubleAnswer, manifest, serviceDouble, shelfDouble, withoutLearning } from "./service-double.ts";

const app = (options: Partial<AppOptions> = {}) =>
  createApp({ films: serviceDouble(), models: shelfDouble(), ...options });

const MODEL = `/v2/models/${manifest.name}`;

const infer = (body: unknown, options: Partial<AppOptions> = {}, path = `${MODEL}/infer`) =>
  app(options).request(path, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });

const pixels = (more: object = {}) => ({
  inputs: [{ name: "pixels", datatype: "UINT8", shape: [1, 16, 20], data: new Array(320).fill(7), ...more }],
});

test("what the model did not learn is null, which numpy reads as NaN, and is named", async () => {
  const models = shelfDouble(null, withoutLearning("Support Devices"));
  const films = serviceDouble({ answer: async (_, options) => doubleAnswer(options?.maps ?? false, null) });
  const asked = { ...pixels(), outputs: [{ name: "probabilities" }, { name: "logits" }, { name: "maps" }] };
  const response = await infer(asked, { models, films });
  const { parameters, outputs } = InferResponse.parse(await response.json());
  for (const { data, shape } of outputs) {
    const each = data.length / shape[1]!;
    expect(data.slice(-each).every((value) => value === null)).toBe(true);
    expect(data.slice(0, -each).every((value) => typeof value === "number")).toBe(true);
  }
  expect(parameters).toMatchObject({
    warnings: "film 0: low-contrast",
    not_learned: "Support Devices",
    out_of_distribution: "not checked",
  });
  expect(parameters!.not_claimed).toMatch(/^No Finding; /);
});

describe("the server and its model", () => {
  test.each([
    ["/v2/health/live", { live: true }],
    ["/v2/health/ready", { ready: true }],
    ["/v2", { name: "hilum", version: "1", extensions: [] }],
    [`${MODEL}/ready`, { name: manifest.name, ready: true }],
    [`${MODEL}/versions/${manifest.version}/ready`, { name: manifest.name, ready: true }],
  ])("%s", async (path, expected) => {
    const response = await app().request(path);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(expected);
  });

  test("the metadata names tensors and their shapes", async () => {
    const told = ModelMetadata.parse(await (await app().request(MODEL)).json());
    expect(told).toMatchObject({ name: manifest.name, versions: [manifest.version] });
    expect(told.inputs.map(({ name }) => name)).toEqual(["pixels", "film"]);
    expect(told.outputs.map(({ shape }) => shape)).toEqual([
      [-1, 14],
      [-1, 14],
      [-1, 14, -1, -1],
    ]);
  });

  test.each(["/v2/models/other", "/v2/models/other/ready", `${MODEL}/versions/ffffffffffffffff`, "/v2/nowhere"])(
    "%s is not there, and says so in the protocol's form",
    async (path) => {
      const response = await app().request(path);
      expect(response.status).toBe(404);
      expect(response.headers.get("content-type")).toContain("application/json");
      InferError.parse(await response.json());
    },
  );

  test("one that is still loading says 503", async () => {
    const films = serviceDouble({ ready: false });
    for (const path of ["/v2/health/ready", `${MODEL}/ready`]) {
      expect((await app({ films }).request(path)).status).toBe(503);
    }
  });
});

describe("tensors", () => {
  test("of pixels, flat or nested, become films; the caller's id comes back", async () => {
    const seen: Film[] = [];
    const films = serviceDouble({
      answer: async (film, { maps = false } = {}) => {
        seen.push(film as Film);
        return doubleAnswer(maps);
      },
    });
    const row = (start: number) => Array.from({ length: 20 }, (_, i) => start + i);
    const nested = Array.from({ length: 16 }, (_, y) => row(y));
    const response = await infer({ id: "mine", ...pixels({ data: [nested] }) }, { films });
    expect(response.status).toBe(200);
    const { id, model_version, outputs, parameters } = InferResponse.parse(await response.json());
    expect([id, model_version]).toEqual(["mine", manifest.version]);
    expect(outputs.map(({ name, shape }) => [name, shape])).toEqual([
      ["probabilities", [1, 14]],
      ["logits", [1, 14]],
    ]);
    expect(parameters).toEqual({ warnings: "film 0: low-contrast", not_claimed: OBSERVATIONS.join("; ") });
    await infer(pixels({ datatype: "FP32", shape: [1, 16, 20, 1], data: nested.flat() }), { films });
    expect([...seen[0]!.image.data]).toEqual(nested.flat());
    expect(seen[1]!.image).toMatchObject({ width: 20, height: 16, maxValue: 65_535 });
    expect([...seen[1]!.image.data]).toEqual(nested.flat().map((value) => value * 257));
  });

  test("of several films, with the maps that were asked for", async () => {
    const request = { ...pixels({ shape: [2, 16, 20], data: new Array(640).fill(1) }), outputs: [{ name: "maps" }] };
    const { outputs } = InferResponse.parse(await (await infer(request)).json());
    expect(outputs).toHaveLength(1);
    expect(outputs[0]).toMatchObject({ name: "maps", shape: [2, 14, 4, 4] });
    expect(outputs[0]!.data).toHaveLength(2 * 14 * 16);
  });

  test.each<[string, unknown, number]>([
    ["no JSON", "{", 400],
    ["no input", { inputs: [] }, 400],
    ["an unknown input", pixels({ name: "x" }), 400],
    ["the wrong datatype", pixels({ datatype: "BYTES" }), 400],
    ["a shape of two sides", pixels({ shape: [16, 20] }), 400],
    ["three channels", pixels({ shape: [1, 16, 20, 3] }), 400],
    ["too few values", pixels({ data: [1, 2] }), 400],
    ["too many values", pixels({ data: new Array(400).fill(1) }), 400],
    ["half a grey value", pixels({ data: new Array(320).fill(0.5) }), 400],
    ["a value over 255", pixels({ datatype: "FP32", data: new Array(320).fill(256) }), 400],
    ["text among the values", pixels({ data: new Array(320).fill("1") }), 400],
    ["a film of no size", pixels({ shape: [1, 4, 80] }), 422],
    ["a claim of billions", pixels({ shape: [1, 100_000, 100_000] }), 422],
    ["many claims", pixels({ shape: [1_000_000_000, 16, 20] }), 413],
    ["films that are claimed and are not there", pixels({ shape: [32, 1000, 1000] }), 400],
    ["data without numbers", pixels({ data: Array.from({ length: 320 }, () => []) }), 400],
    ["nothing but brackets", pixels({ data: [[[[]]]] }), 400],
    ["a film that is no text", { inputs: [{ name: "film", datatype: "BYTES", shape: [1], data: [[]] }] }, 400],
    ["more films than claimed", { inputs: [{ name: "film", datatype: "BYTES", shape: [1], data: ["AA", "AA"] }] }, 400],
    ["fewer films than claimed", { inputs: [{ name: "film", datatype: "BYTES", shape: [2], data: ["AA"] }] }, 400],
    ["two tensors", { inputs: [...pixels().inputs, ...pixels().inputs] }, 400],
    ["no data", pixels({ data: undefined }), 400],
    ["no base64", { inputs: [{ name: "film", datatype: "BYTES", shape: [1], data: ["%"] }] }, 400],
    ["an unknown output", { ...pixels(), outputs: [{ name: "x" }] }, 400],
  ])("%s is refused in the protocol's form", async (_, request, status) => {
    const response = await infer(request);
    expect(response.status).toBe(status);
    InferError.parse(await response.json());
  });

  test("a refused film is named by its place", async () => {
    const films = serviceDouble({ answer: () => Promise.reject(new InputError("no-signal", "black")) });
    const response = await infer(pixels(), { films });
    expect(response.status).toBe(422);
    expect(await response.json()).toEqual({ error: "film 0: black" });
  });
});

describe("the real model", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService();
  });
  afterAll(() => service?.close());

  test("answers tensors, files in base64 and plain films alike", async () => {
    const png = Buffer.from(await (await fetch(`${service.url}/v1/samples/effusion`)).arrayBuffer());
    const { data, info } = await sharp(png).toColourspace("b-w").raw().toBuffer({ resolveWithObject: true });
    const ask = async (input: object) => {
      const response = await fetch(`${service.url}/v2/models/random/infer`, {
        method: "POST",
        body: JSON.stringify({ inputs: [input], outputs: [{ name: "probabilities" }] }),
      });
      expect(response.status).toBe(200);
      return InferResponse.parse(await response.json()).outputs[0]!.data;
    };
    const shape = [1, info.height, info.width];
    const answers = [
      await ask({ name: "pixels", datatype: "UINT8", shape, data: [...data] }),
      await ask({ name: "pixels", datatype: "FP32", shape, data: [...data] }),
      await ask({ name: "film", datatype: "BYTES", shape: [1], data: [png.toString("base64")] }),
    ];
    const plain = await fetch(`${service.url}/v1/predictions`, { method: "POST", body: new Uint8Array(png) });
    const { findings } = Prediction.parse(await plain.json());
    for (const answer of answers) {
      findings.forEach(({ probability }, i) => {
        expect(answer[i]!).toBeCloseTo(probability!, 5);
      });
    }
  });
});
