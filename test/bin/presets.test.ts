import { readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadConfig } from "../../bin/cli/config.ts";
import { presetsFolder } from "../../bin/cli/places.ts";
import { buildNetwork } from "../../lib/model/networks.ts";
import { countParameters } from "../../lib/model/parameters.ts";

const names = (await readdir(presetsFolder)).map((file) => file.replace(/\.json$/, "")).sort();

/** The study's runs: network, what is trained, parameters that are. */
const STUDY = [
  ["r1-transfer", "densenet121", "head", 1_063_950],
  ["r2-full", "densenet121", "full", 8_017_806],
  ["r3-balanced", "densenet121", "full", 8_017_806],
  ["vgg16-full", "vgg16", "full", 15_254_350],
  ["resnet50-full", "resnet50", "full", 25_647_118],
] as const;

test("there is a preset for each of the study's runs, and three of ours", () => {
  expect(names).toEqual([...STUDY.map(([name]) => name), "demo", "densenet121-ensemble", "smoke"].sort());
});

test("a preset's old name is told with the new one", async () => {
  await expect(loadConfig("recommended")).rejects.toThrow("the preset is called densenet121-ensemble now");
  expect((await loadConfig("densenet121-ensemble")).policy.name).toBe("u-best-binary");
});

test.each(names)("%s is a configuration under its own name", async (name) => {
  expect((await loadConfig(name)).name).toBe(name);
});

describe("the study's hyper-parameters", () => {
  test.each(STUDY)("%s", async (name, network, trainable, trained) => {
    const { model, training, geometry, policy, upsampling, views } = await loadConfig(name);
    expect(model).toEqual({
      network,
      channels: 3,
      headWidth: 1024,
      normalisation: "unit",
      trainable,
      weights: { from: "imagenet" },
    });
    expect(countParameters(buildNetwork(model), model.trainable).trainable).toBe(trained);
    expect(training).toMatchObject({ epochs: 3, batchSize: 32, learningRate: 1e-4, schedule: "constant" });
    expect(training.adam).toMatchObject({ beta1: 0.9, beta2: 0.999 });
    expect(training.augment).toEqual({ rotation: 0, scale: 0, shift: 0, contrast: 0 });
    expect(geometry).toEqual({ size: 224, fit: "squeeze", resize: "nearest" });
    expect([policy.uncertain, policy.blank, views]).toEqual(["ones", "zero", ["frontal"]]);
    expect(upsampling.kind).toBe(name === "r3-balanced" ? "published" : "none");
  });
});

test("a preset with a key too many is refused by that key", async () => {
  const file = join(tmpdir(), `hilum-preset-${process.pid}.json`);
  const model = { network: "vgg16", weights: { from: "imagenet", sha: 1 } };
  await writeFile(file, JSON.stringify({ name: "odd", model }));
  await expect(loadConfig(file)).rejects.toThrow("model.weights.sha: no such setting");
});

test.each([
  ["adam", { beta1: 1 }],
  ["adam", { beta2: 1 }],
  ["movingAverage", 1],
])("training.%s of %o, under which nothing is learned, is refused", async (key, value) => {
  const file = join(tmpdir(), `hilum-decay-${process.pid}.json`);
  const model = { network: "densenet-mini" };
  await writeFile(file, JSON.stringify({ name: "odd", model, training: { [key]: value } }));
  await expect(loadConfig(file)).rejects.toThrow(/training\.\S+: Too big: expected number to be <1/);
});

test("a configuration may begin with a byte-order mark", async () => {
  const file = join(tmpdir(), `hilum-mark-${process.pid}.json`);
  await writeFile(file, `\ufeff${JSON.stringify({ name: "marked", model: { network: "vgg16" } })}`);
  expect((await loadConfig(file)).name).toBe("marked");
});
