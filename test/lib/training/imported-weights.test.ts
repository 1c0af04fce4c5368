import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { modelKeys } from "../../../lib/contracts/layout.ts";
import { ModelConfig } from "../../../lib/contracts/run-config.ts";
import { InputError, TemporaryError } from "../../../lib/domain/errors.ts";
import { initialWeights } from "../../../lib/model/initial-weights.ts";
import { buildNetwork } from "../../../lib/model/networks.ts";
import { parametersOf } from "../../../lib/model/parameters.ts";
import { createTrainingSession } from "../../../lib/model/training-session.ts";
import { importWeights, loadStartingWeights } from "../../../lib/training/imported-weights.ts";
import { writeKeras2 } from "../model/keras-files.ts";
import { livedInWeights } from "../model/samples.ts";
import { memoryStore } from "./setup.ts";

const NETWORK = "vgg-mini";
const network = buildNetwork({ network: NETWORK, channels: 3, headWidth: 16 });
const weights = livedInWeights(network, 2);
const backbone = parametersOf(network).filter(({ layer }) => network.backbone.has(layer));
const modelFrom = (from: string, more: object = {}) =>
  ModelConfig.parse({ network: NETWORK, channels: 3, headWidth: 16, weights: { from }, ...more });

let folder: string;
let file: string;
let sha256: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-import-"));
  file = join(folder, "weights.h5");
  const layers = new Map(backbone.map(({ layer }) => [layer, { name: layer, weights: [] as never[] }]));
  for (const { layer, name } of backbone) layers.get(layer)!.weights.push(weights.get(name) as never);
  await writeKeras2(file, [...layers.values()]);
  sha256 = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("an imported file is found by its SHA-256 and holds what the file held", async () => {
  const models = memoryStore();
  const imported = await importWeights(models, { file, network: NETWORK });
  expect(imported).toMatchObject({ sha256, source: "weights.h5", imagenet: false, channels: 3, headWidth: null });
  const start = await loadStartingWeights(models, modelFrom(sha256));
  expect(start?.sha256).toBe(sha256);
  for (const { name } of backbone) expect(start!.weights.get(name), name).toEqual(weights.get(name));
  expect(start!.weights.size).toBe(backbone.length);
});

test("training starts from them, and from the seed where the file has nothing", async () => {
  const models = memoryStore();
  await importWeights(models, { file, network: NETWORK });
  const model = modelFrom(sha256);
  const start = await loadStartingWeights(models, model);
  const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
  const options = { model, size: 32, adam, weightDecay: 0, movingAverage: 0, seed: 3, start: start!.weights };
  const session = await createTrainingSession(options);
  try {
    const state = await session.read();
    for (const { name } of backbone) expect(state.weights.get(name)!.data, name).toEqual(weights.get(name)!.data);
    const seeded = initialWeights(network, 3);
    for (const name of ["head_dense/kernel", "logits/kernel"]) {
      expect(state.weights.get(name)!.data).toEqual(seeded.get(name)!.data);
    }
  } finally {
    await session.dispose();
  }
});

test("films of one channel take a kernel of three", async () => {
  const models = memoryStore();
  await importWeights(models, { file, network: NETWORK });
  const start = await loadStartingWeights(models, modelFrom(sha256, { channels: 1 }));
  expect(start!.weights.get("block1_conv1/kernel")!.shape).toEqual([3, 3, 1, 16]);
});

test("none starts from the seed alone", async () => {
  expect(await loadStartingWeights(memoryStore(), modelFrom("none"))).toBeUndefined();
});

describe("is refused", () => {
  test("ImageNet's weights where nobody imported them, with the command that does", async () => {
    const loading = loadStartingWeights(memoryStore(), modelFrom("imagenet"));
    await expect(loading).rejects.toThrow(InputError);
    await expect(loading).rejects.toThrow(
      "no ImageNet weights of vgg-mini there, expected them after bin/hilum import-weights --backbone vgg-mini",
    );
  });

  test("a file that is not the one that Keras publishes does not become imagenet", async () => {
    const models = memoryStore();
    await importWeights(models, { file, network: NETWORK });
    await expect(loadStartingWeights(models, modelFrom("imagenet"))).rejects.toThrow(InputError);
  });

  test("another network", async () => {
    const models = memoryStore();
    await importWeights(models, { file, network: NETWORK });
    const model = modelFrom(sha256, { network: "resnet-mini" });
    await expect(loadStartingWeights(models, model)).rejects.toThrow("are of vgg-mini, expected resnet-mini");
  });

  test("a copy that was changed", async () => {
    const models = memoryStore();
    await importWeights(models, { file, network: NETWORK });
    const { file: key } = modelKeys.weights(sha256);
    const bytes = Uint8Array.from(await models.get(key));
    bytes[bytes.length - 1]! ^= 1;
    await models.put(key, bytes);
    await expect(loadStartingWeights(models, modelFrom(sha256))).rejects.toThrow(TemporaryError);
  });
});
