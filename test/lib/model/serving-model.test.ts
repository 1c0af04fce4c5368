import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Kernels } from "../../../lib/contracts/environment.ts";
import type { NetworkName } from "../../../lib/contracts/run-config.ts";
import { bestKernels, type NetworkOptions } from "../../../lib/engine/network-addon.ts";
import { loadServingGraph, type ServingGraph, type ServingOutput } from "../../../lib/engine/saved-model.ts";
import { liveTensors } from "../../../lib/engine/session.ts";
import { buildNetwork } from "../../../lib/model/networks.ts";
import type { ServedModel } from "../../../lib/model/own-network.ts";
import { writeServingGraph } from "../../../lib/model/serving-graph.ts";
import { openServingModel } from "../../../lib/model/serving-model.ts";
import { relativeError } from "./eager-network.ts";
import { livedInWeights, sampleBatch } from "./samples.ts";

/** Sums of thousands of float32 products in another order. */
const TOLERANCE = 2e-5;
const FILMS = 3;

const closing: (() => unknown)[] = [];
afterAll(() => Promise.all(closing.map((close) => close())));

async function folderOf(served: ServedModel, seeds: readonly number[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "hilum-serving-model-"));
  closing.push(() => rm(folder, { recursive: true }));
  const members = seeds.map((seed) => livedInWeights(buildNetwork(served.model), seed));
  await writeFile(join(folder, "saved_model.pb"), writeServingGraph({ ...served, members }));
  return folder;
}

const kept = (graph: ServingGraph): ServingGraph => {
  closing.push(() => graph.close());
  return graph;
};

const pixelsOf = (size: number): Uint8Array => sampleBatch(8, FILMS, size).input;

const answers = ({ logits, probabilities, features, maps }: ServingOutput) => ({
  ...{ logits, probabilities, features },
  maps: maps?.values ?? new Float32Array(),
});

function expectClose(found: ServingOutput, expected: ServingOutput): void {
  expect(found.maps && [found.maps.rows, found.maps.columns]).toEqual(
    expected.maps && [expected.maps.rows, expected.maps.columns],
  );
  const [own, theirs] = [answers(found), answers(expected)];
  for (const name of ["logits", "probabilities", "features", "maps"] as const) {
    expect(own[name].length, name).toBe(theirs[name].length);
    expect(relativeError(own[name], theirs[name]), name).toBeLessThan(TOLERANCE);
  }
}

/** The kinds of kernels that this processor has. */
const KERNELS = Kernels.options.slice(Kernels.options.indexOf(bestKernels()));

const served = (network: NetworkName, size: number, channels: 1 | 3 = 3): ServedModel => ({
  model: { network, channels, headWidth: 20, normalisation: "imagenet" },
  size,
});

/** Sides that are multiples of a tile, and odd ones; channels that fill their blocks, and some that do not. */
const NETWORKS: readonly ServedModel[] = [
  served("densenet121", 64),
  served("densenet121", 97, 1),
  served("resnet50", 64),
  served("vgg16", 48),
  served("densenet-mini", 112, 1),
  served("densenet-mini", 75),
  served("resnet-mini", 112),
  served("resnet-mini", 61, 1),
  served("vgg-mini", 112),
  served("vgg-mini", 50, 1),
];

describe.each(NETWORKS)("$model.network at $size, $model.channels channels", (model) => {
  it("answers as TensorFlow does, whatever the kernels and threads", async () => {
    const folder = await folderOf(model, [1]);
    const expected = kept(await loadServingGraph(folder)).run(pixelsOf(model.size), FILMS, { maps: true });
    const before = liveTensors();
    for (const kernels of KERNELS) {
      const found: ServingOutput[] = [];
      for (const threads of [1, 3]) {
        const graph = kept(await openServingModel(folder, model, { kernels, threads }));
        expect(graph.computedBy).toBe("own kernels");
        found.push(graph.run(pixelsOf(model.size), FILMS, { maps: true }));
        expectClose(found.at(-1)!, expected);
      }
      expect(answers(found[1]!), "bytes do not depend on threads").toEqual(answers(found[0]!));
    }
    expect(liveTensors()).toBe(before);
  });
});

const MINI = served("densenet-mini", 64);
const open = async (folder: string, options: NetworkOptions = {}) =>
  kept(await openServingModel(folder, MINI, options));

describe("a serving model", () => {
  it("answers the mean of its members", async () => {
    const folder = await folderOf(MINI, [1, 2, 3]);
    const expected = kept(await loadServingGraph(folder)).run(pixelsOf(64), FILMS, { maps: true });
    expectClose((await open(folder)).run(pixelsOf(64), FILMS, { maps: true }), expected);
  });

  it("answers each film of a batch as if it came alone, again and again", async () => {
    const graph = await open(await folderOf(MINI, [1]));
    const together = graph.run(pixelsOf(64), FILMS);
    for (const film of [2, 0, 1, 1]) {
      const alone = graph.run(pixelsOf(64).subarray(film * 64 * 64, (film + 1) * 64 * 64), 1, { maps: film === 0 });
      expect(alone.logits).toEqual(together.logits.slice(film * 14, (film + 1) * 14));
    }
    expect(together.maps).toBeNull();
  });

  it("computes with and without fused multiply-add of any width to the same bytes", async () => {
    const folder = await folderOf(MINI, [1]);
    const wide = KERNELS.filter((kernels) => kernels !== "plain");
    const found = await Promise.all(
      wide.map(async (kernels) => (await open(folder, { kernels })).run(pixelsOf(64), FILMS)),
    );
    for (const answer of found) expect(answers(answer)).toEqual(answers(found[0]!));
  });

  it("is TensorFlow's where the graph is of another network than was said", async () => {
    const folder = await folderOf(served("resnet-mini", 64), [1]);
    const expected = kept(await loadServingGraph(folder)).run(pixelsOf(64), FILMS);
    const graph = await open(folder);
    expect(graph.computedBy).toBe("tensorflow");
    expect(answers(graph.run(pixelsOf(64), FILMS))).toEqual(answers(expected));
  });

  it("is TensorFlow's where a weight is not a number, which then shows", async () => {
    const folder = await mkdtemp(join(tmpdir(), "hilum-serving-model-"));
    closing.push(() => rm(folder, { recursive: true }));
    const members = [livedInWeights(buildNetwork(MINI.model), 1)];
    members[0]!.get("logits/kernel")!.data[3] = Number.NaN;
    await writeFile(join(folder, "saved_model.pb"), writeServingGraph({ ...MINI, members }));
    const graph = await open(folder);
    expect(graph.computedBy).toBe("tensorflow");
    expect([...graph.run(pixelsOf(64), FILMS).logits].some(Number.isNaN)).toBe(true);
  });

  it("refuses other pixels than of so many films", async () => {
    const graph = await open(await folderOf(MINI, [1]));
    expect(() => graph.run(pixelsOf(64).subarray(1), FILMS)).toThrow(RangeError);
  });

  it.each([
    ["no file", undefined],
    ["a text", "no graph"],
    ["an empty file", ""],
  ])("says of %s that it is no serving graph", async (_, text) => {
    const folder = await mkdtemp(join(tmpdir(), "hilum-serving-model-"));
    closing.push(() => rm(folder, { recursive: true }));
    if (text !== undefined) await writeFile(join(folder, "saved_model.pb"), text);
    await expect(open(folder)).rejects.toMatchObject({ code: "serving-graph" });
  });
});
