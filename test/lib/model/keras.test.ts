import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NetworkName } from "../../../lib/contracts/run-config.ts";
import { toOneChannel } from "../../../lib/model/keras/adapt.ts";
import { fromKeras } from "../../../lib/model/keras/from-keras.ts";
import { type KerasLayer, readKerasFile } from "../../../lib/model/keras/h5-file.ts";
import { buildNetwork } from "../../../lib/model/networks.ts";
import { parametersOf } from "../../../lib/model/parameters.ts";
import type { Weights } from "../../../lib/model/weights.ts";
import { writeKeras2, writeKeras3 } from "./keras-files.ts";
import { livedInWeights } from "./samples.ts";

const WIDTH = 24;
const NETWORKS = ["densenet-mini", "vgg-mini", "resnet-mini"] as const;
const networkOf = (network: NetworkName, channels: 1 | 3 = 3) => buildNetwork({ network, channels, headWidth: WIDTH });

/** The layers as a file would list them, under its names for the head. */
function layersOf(network: NetworkName, weights: Weights, head: readonly [string, string] | null): KerasLayer[] {
  const layers = new Map<string, { name: string; weights: KerasLayer["weights"][number][] }>();
  for (const { name, layer } of parametersOf(networkOf(network))) {
    const renamed = layer === "head_dense" ? head?.[0] : layer === "logits" ? head?.[1] : layer;
    if (renamed === undefined) continue;
    const entry = layers.get(renamed) ?? { name: renamed, weights: [] };
    entry.weights.push(weights.get(name)!);
    layers.set(renamed, entry);
  }
  return [...layers.values()];
}

const withoutHead = (weights: Weights): Weights =>
  new Map([...weights].filter(([name]) => !/^(head_dense|logits)\//.test(name)));

describe("files of Keras's", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hilum-keras-files-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  describe.each(NETWORKS)("of %s", (network) => {
    const weights = livedInWeights(networkOf(network), 11);
    const read = async (name: string, write: (file: string) => Promise<void>) => {
      const file = join(folder, `${network}-${name}.h5`);
      await write(file);
      return fromKeras(await readKerasFile(file), network, file);
    };

    test("a backbone as Keras 2 saves it", async () => {
      const imported = await read("backbone", (file) => writeKeras2(file, layersOf(network, weights, null)));
      expect(imported).toEqual({ weights: withoutHead(weights), channels: 3, headWidth: null });
    });

    test("a whole model as Keras 2 saves it, its names in several attributes", async () => {
      const layers = layersOf(network, weights, ["dense", "dense_1"]);
      const imported = await read("whole", (file) => writeKeras2(file, layers, { whole: true, parts: 3 }));
      expect(imported).toEqual({ weights, channels: 3, headWidth: WIDTH });
    });

    test("a whole model whose backbone is a model of its own", async () => {
      const layers = layersOf(network, weights, ["dense_6", "dense_7"]);
      const imported = await read("nested", (file) => writeKeras2(file, layers, { whole: true, nested: "backbone" }));
      expect(imported).toEqual({ weights, channels: 3, headWidth: WIDTH });
    });

    test("weights as Keras 3 saves them", async () => {
      const layers = layersOf(network, weights, ["head_dense", "logits"]);
      const imported = await read("keras3", (file) => writeKeras3(file, layers));
      expect(imported).toEqual({ weights, channels: 3, headWidth: WIDTH });
    });
  });

  test("names with slashes, as Keras 2 had them", async () => {
    const weights = livedInWeights(networkOf("densenet-mini"), 12);
    const layers = layersOf("densenet-mini", weights, null).map((layer) => ({
      ...layer,
      name: layer.name.replace(/^conv1_/, "conv1/"),
    }));
    const file = join(folder, "slashes.h5");
    await writeKeras2(file, layers);
    expect(fromKeras(await readKerasFile(file), "densenet-mini", file).weights).toEqual(withoutHead(weights));
  });

  describe("that are wrong", () => {
    const weights = livedInWeights(networkOf("resnet-mini"), 13);
    const layers = layersOf("resnet-mini", weights, null);
    const change = (name: string, to: (layer: KerasLayer) => KerasLayer[]) =>
      layers.flatMap((layer) => (layer.name === name ? to(layer) : [layer]));
    const refuse = (changed: readonly KerasLayer[]) => () => fromKeras(changed, "resnet-mini", "x.h5");

    test("a layer that is missing", () => {
      const name = "conv3_block2_2_bn";
      expect(refuse(change(name, () => []))).toThrow(`x.h5: layer ${name}: not there, expected a file of resnet-mini`);
    });

    test("a weight of another shape", () => {
      const wide = { shape: [3], data: new Float32Array(3) };
      const changed = change("conv2_block1_1_conv", ({ name, weights: [kernel] }) => [
        { name, weights: [kernel!, wide] },
      ]);
      expect(refuse(changed)).toThrow("layer conv2_block1_1_conv: conv2_block1_1_conv/bias is [3], expected [8]");
    });

    test("another number of weights", () => {
      const changed = change("conv1_bn", ({ name, weights: all }) => [{ name, weights: all.slice(0, 2) }]);
      expect(refuse(changed)).toThrow("layer conv1_bn: 2 weights, expected 4");
    });

    test("a layer too many, such as ImageNet's own top", () => {
      const top = { name: "predictions", weights: [{ shape: [128, 1000], data: new Float32Array(128_000) }] };
      expect(refuse([...layers, top])).toThrow("layer predictions: no layer of resnet-mini, expected its backbone");
    });

    test("another network's file", () => {
      const other = layersOf("vgg-mini", livedInWeights(networkOf("vgg-mini"), 1), null);
      expect(refuse(other)).toThrow("layer conv1_conv: not there, expected the first layer of resnet-mini");
    });

    test("no HDF5 at all", async () => {
      const file = join(folder, "text.h5");
      await writeFile(file, "kernel");
      await expect(readKerasFile(file)).rejects.toThrow("no HDF5 file, expected one that Keras wrote");
    });

    test("a file that is not there", async () => {
      await expect(readKerasFile(join(folder, "nowhere.h5"))).rejects.toThrow("nowhere.h5: can't be read");
    });

    test("a file cut short", async () => {
      const file = join(folder, "short.h5");
      await writeKeras2(file, layers);
      await writeFile(file, (await readFile(file)).subarray(0, 5000));
      await expect(readKerasFile(file)).rejects.toThrow("short.h5: a damaged HDF5 file");
    });

    test("HDF5 of others", async () => {
      const file = join(folder, "empty.h5");
      await writeKeras3(file, []);
      await expect(readKerasFile(file)).rejects.toThrow("no layer with weights");
    });

    test("Keras 3's before it wrote names", async () => {
      const file = join(folder, "nameless.h5");
      await writeKeras3(file, layers, false);
      await expect(readKerasFile(file)).rejects.toThrow("a layer without its name");
    });
  });
});

test("a first kernel summed over three channels gives on a grey film what three equal channels give", () => {
  const weights = livedInWeights(networkOf("densenet-mini"), 3);
  const grey = toOneChannel(networkOf("densenet-mini"), weights);
  const [three, one] = [weights, grey].map((all) => all.get("conv1_conv/kernel")!);
  expect(one!.shape).toEqual([5, 5, 1, 24]);
  const at = (place: number, channel: number, filter: number) => three!.data[(place * 3 + channel) * 24 + filter]!;
  for (let i = 0; i < one!.data.length; i += 1) {
    const [place, filter] = [Math.floor(i / 24), i % 24];
    expect(one!.data[i]).toBeCloseTo(at(place, 0, filter) + at(place, 1, filter) + at(place, 2, filter), 6);
  }
  expect(grey.get("conv1_bn/gamma")).toBe(weights.get("conv1_bn/gamma"));
  expect(toOneChannel(networkOf("densenet-mini"), grey)).toBe(grey);
});
