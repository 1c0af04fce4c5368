import { expect, test } from "vitest";
import { ModelConfig } from "../../../lib/contracts/run-config.ts";
import { openFrozenBackbone } from "../../../lib/model/feature-graph.ts";
import { buildNetwork } from "../../../lib/model/networks.ts";
import type { TrainingSession } from "../../../lib/model/session.ts";
import { createHeadSession, createTrainingSession } from "../../../lib/model/training-session.ts";
import { createReporter } from "../../../lib/steps/progress.ts";
import type { Store } from "../../../lib/store/store.ts";
import { cachedFeatures } from "../../../lib/training/feature-cache.ts";
import type { FilmSource } from "../../../lib/training/film-source.ts";
import { relativeError } from "../model/eager-network.ts";
import { livedInWeights, sampleBatch } from "../model/samples.ts";
import { memoryStore } from "./setup.ts";

const SIZE = 48;
const FILMS = 12;
const { input: pixels, targets } = sampleBatch(1, FILMS, SIZE);
const NETWORKS = ["densenet-mini", "vgg-mini", "resnet-mini"] as const;
const modelOf = (network: (typeof NETWORKS)[number]) =>
  ModelConfig.parse({ network, headWidth: 16, trainable: "head", normalisation: "unit" });

/** Films by position, and how often each was asked for. */
function countedFilms(): FilmSource & { readonly asked: number[] } {
  const asked = new Array<number>(FILMS).fill(0);
  const gather = <T extends Uint8Array | Float32Array>(from: T, into: T, positions: Uint32Array, width: number): T => {
    positions.forEach((position, i) => {
      into.set(from.subarray(position * width, (position + 1) * width), i * width);
    });
    return into;
  };
  return {
    asked,
    async batch(positions) {
      for (const position of positions) asked[position]! += 1;
      const count = positions.length;
      return {
        count,
        input: gather(pixels, new Uint8Array(count * SIZE ** 2), positions, SIZE ** 2),
        targets: gather(targets, new Float32Array(count * 14), positions, 14),
      };
    },
  };
}

const cache = (
  network: (typeof NETWORKS)[number],
  films: FilmSource & { readonly identity?: string },
  store: Store,
  { signal = new AbortController().signal, seed = 2 } = {},
) =>
  cachedFeatures({
    store,
    identity: async (positions) => `${films.identity ?? "films"} ${positions.join()}`,
    model: modelOf(network),
    weights: livedInWeights(buildNetwork(modelOf(network)), seed),
    films,
    positions: [Uint32Array.of(9, 3, 3, 0, 7), Uint32Array.of(11, 3)],
    targets,
    size: SIZE,
    batchSize: 2,
    signal,
    reporter: createReporter("train", { emit: () => {} }),
  });

const keysOf = async (store: Store): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of store.list("")) keys.push(key);
  return keys;
};

test("each film is shown to the backbone once, and only those that are asked for", async () => {
  const films = countedFilms();
  const source = await cache("densenet-mini", films, memoryStore());
  for (let epoch = 0; epoch < 3; epoch += 1) await source.batch(Uint32Array.of(9, 3, 3, 0, 7, 11));
  expect(films.asked).toEqual([1, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 1]);
});

test("a batch holds the backbone's features and the targets of its films, in the order asked", async () => {
  const source = await cache("resnet-mini", countedFilms(), memoryStore());
  const batch = await source.batch(Uint32Array.of(7, 3, 7));
  const model = modelOf("resnet-mini");
  const backbone = openFrozenBackbone({ model, size: SIZE, weights: livedInWeights(buildNetwork(model), 2) });
  try {
    const one = (position: number) =>
      backbone.features(pixels.subarray(position * SIZE ** 2, (position + 1) * SIZE ** 2), 1);
    expect(relativeError(batch.input, [...one(7), ...one(3), ...one(7)])).toBeLessThan(1e-5);
    expect([...batch.targets.subarray(14, 28)]).toEqual([...targets.subarray(3 * 14, 4 * 14)]);
  } finally {
    backbone.close();
  }
});

test("a second training of the same backbone finds the features in the store", async () => {
  const store = memoryStore();
  const first = await cache("vgg-mini", countedFilms(), store);
  const films = countedFilms();
  const second = await cache("vgg-mini", films, store);
  expect(films.asked).toEqual(new Array(FILMS).fill(0));
  const positions = Uint32Array.of(0, 11);
  expect(await second.batch(positions)).toEqual(await first.batch(positions));
  expect(await keysOf(store)).toEqual([expect.stringMatching(/^features\/[0-9a-f]{16}\/shard-00000\.safe/)]);
  await cache("vgg-mini", films, store, { seed: 3 });
  expect(await keysOf(store)).toHaveLength(2);
  await cache("vgg-mini", { ...films, identity: "other films" }, store);
  expect(await keysOf(store)).toHaveLength(3);
});

test("a stop on request leaves no shard that is not whole", async () => {
  const store = memoryStore();
  const stop = new AbortController();
  const films = countedFilms();
  const stopping: FilmSource = {
    batch(positions) {
      if (films.asked.some((times) => times > 0)) stop.abort(new Error("stopped"));
      return films.batch(positions);
    },
  };
  await expect(cache("densenet-mini", stopping, store, { signal: stop.signal })).rejects.toThrow("stopped");
  expect(await keysOf(store)).toEqual([]);
});

test.each(NETWORKS)("a head over the features of %s learns what the whole frozen network would", async (network) => {
  const model = modelOf(network);
  const start = livedInWeights(buildNetwork(model), 2);
  const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-2 };
  const options = { model, start, adam, weightDecay: 0.01, movingAverage: 0.9, seed: 1 };
  const source = await cache(network, countedFilms(), memoryStore());
  const sessions: TrainingSession[] = [];
  try {
    const [head, whole] = [await createHeadSession(options), await createTrainingSession({ ...options, size: SIZE })];
    sessions.push(head, whole);
    const films = countedFilms();
    for (const positions of [Uint32Array.of(9, 3, 0), Uint32Array.of(7, 11), Uint32Array.of(3, 9)]) {
      const losses = [
        await head.step(await source.batch(positions), 0.01),
        await whole.step(await films.batch(positions), 0.01),
      ];
      expect(losses[0]).toBeCloseTo(losses[1]!, 5);
    }
    const [ours, expected] = [await head.read(), await whole.read()];
    expect([...ours.weights.keys()]).toEqual(["head_dense/kernel", "head_dense/bias", "logits/kernel", "logits/bias"]);
    for (const [name, { data }] of ours.weights) {
      expect(relativeError(data, expected.weights.get(name)!.data), name).toBeLessThan(1e-4);
      expect(relativeError(ours.average!.get(name)!.data, expected.average!.get(name)!.data), name).toBeLessThan(1e-4);
    }
  } finally {
    for (const session of sessions) await session.dispose();
  }
});
