import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { featureShardKey } from "../contracts/layout.ts";
import type { ModelConfig } from "../contracts/run-config.ts";
import { chunks } from "../domain/chunks.ts";
import { InputError } from "../domain/errors.ts";
import { OBSERVATION_COUNT } from "../domain/observations.ts";
import { type FrozenBackbone, openFrozenBackbone } from "../model/feature-graph.ts";
import { buildNetwork, featureChannels } from "../model/networks.ts";
import type { Weights } from "../model/weights.ts";
import { readAhead } from "../parallel/read-ahead.ts";
import type { Reporter } from "../steps/progress.ts";
import { readSafetensors, writeSafetensors } from "../store/safetensors.ts";
import type { Store } from "../store/store.ts";
import type { FilmSource } from "./film-source.ts";

/** Films of one shard of features. */
const SHARD_FILMS = 4096;

export interface FeatureCacheOptions {
  /** The room `runs`. */
  readonly store: Store;
  readonly model: ModelConfig;
  /** Of the frozen backbone. */
  readonly weights: Weights;
  readonly films: FilmSource;
  /** What the films at these positions are, in their order: the same for the same pixels, in whatever run. */
  readonly identity: (positions: Uint32Array) => Promise<string>;
  /** Positions that will be asked for, in any order and any number of times. */
  readonly positions: readonly Uint32Array[];
  /** positions x 14 of the whole data set. */
  readonly targets: Float32Array;
  /** Side of the square film in pixels. */
  readonly size: number;
  readonly batchSize: number;
  readonly signal: AbortSignal;
  readonly reporter: Reporter;
}

/**
 * Films as the features that a frozen backbone has of them, each computed once for all epochs. They are kept in the
 * store in shards, so that a training that was stopped goes on with the next one, and whoever trains a head on the same
 * backbone and films finds them there: another member, or another run with another seed, head or policy. In memory they take 4 x channels bytes a film.
 */
export async function cachedFeatures(options: FeatureCacheOptions): Promise<FilmSource> {
  const { positions, targets } = options;
  const wanted = Uint32Array.from(new Set(positions.flatMap((some) => [...some]))).sort();
  const places = new Map(Array.from(wanted, (position, place) => [position, place]));
  const channels = featureChannels(options.model);
  const features = await collect(options, wanted, channels);
  return {
    async batch(asked) {
      const input = new Float32Array(asked.length * channels);
      const labels = new Float32Array(asked.length * OBSERVATION_COUNT);
      asked.forEach((position, i) => {
        const place = places.get(position);
        if (place === undefined) throw new RangeError(`feature cache: position ${position} was not announced`);
        input.set(features.subarray(place * channels, (place + 1) * channels), i * channels);
        const row = position * OBSERVATION_COUNT;
        labels.set(targets.subarray(row, row + OBSERVATION_COUNT), i * OBSERVATION_COUNT);
      });
      return { count: asked.length, input, targets: labels };
    },
  };
}

/** Features of all wanted films, wanted x channels: read where a shard has them, else computed and written. */
async function collect(options: FeatureCacheOptions, wanted: Uint32Array, channels: number): Promise<Float32Array> {
  const { store, model, weights, size, signal, reporter } = options;
  const features = new Float32Array(wanted.length * channels);
  const name = nameOf(options, await options.identity(wanted));
  let backbone: FrozenBackbone | undefined;
  try {
    for (let first = 0; first < wanted.length; first += SHARD_FILMS) {
      const part = wanted.subarray(first, first + SHARD_FILMS);
      const into = features.subarray(first * channels, (first + part.length) * channels);
      const key = featureShardKey(name, first / SHARD_FILMS);
      if (await store.head(key)) {
        into.set(decodeShard(await store.get(key), `${store.uri}/${key}`, part.length, channels));
        continue;
      }
      if (backbone === undefined) {
        reporter.note("info", `the backbone is frozen: its features of ${wanted.length} films are computed once`);
        backbone = openFrozenBackbone({ model, size, weights });
      }
      await compute(options, backbone, part, into, (done) => {
        reporter.progress({ done: first + done, total: wanted.length, unit: "films" });
      });
      await store.put(key, encodeShard(into, part.length, channels));
    }
    signal.throwIfAborted();
    return features;
  } finally {
    backbone?.close();
  }
}

async function compute(
  { films, batchSize, signal }: FeatureCacheOptions,
  backbone: FrozenBackbone,
  positions: Uint32Array,
  into: Float32Array,
  onDone: (films: number) => void,
): Promise<void> {
  let done = 0;
  for await (const batch of readAhead(chunks(positions, batchSize), 1, (rows) => films.batch(rows))) {
    into.set(backbone.features(batch.input as Uint8Array, batch.count), done * backbone.channels);
    done += batch.count;
    onDone(done);
    // A call blocks this thread: signals and the reads of the next batch come through here.
    await nextTurn();
    signal.throwIfAborted();
  }
}

/** Everything that decides the features: which films, which network, which weights. */
function nameOf({ model, weights, size }: FeatureCacheOptions, films: string): string {
  const { network, channels, normalisation } = model;
  const hash = createHash("sha256").update(JSON.stringify([network, channels, normalisation, size]));
  hash.update(films);
  // Not the head, which differs from member to member.
  const { backbone } = buildNetwork(model);
  for (const [name, { data }] of weights) {
    if (backbone.has(name.slice(0, name.lastIndexOf("/")))) hash.update(name).update(data);
  }
  return hash.digest("hex").slice(0, 16);
}

const TENSOR = "features";

const encodeShard = (data: Float32Array, films: number, channels: number): Uint8Array =>
  writeSafetensors({
    tensors: new Map([[TENSOR, { dtype: "F32", shape: [films, channels], data }]]),
    metadata: { format: "hilum.features/1" },
  });

/** @throws InputError `features` where the bytes are another shard's */
function decodeShard(bytes: Uint8Array, where: string, films: number, channels: number): Float32Array {
  const tensor = readSafetensors(bytes, where).tensors.get(TENSOR);
  if (tensor?.dtype === "F32" && tensor.shape[0] === films && tensor.shape[1] === channels) return tensor.data;
  throw new InputError("features", `${where}: not ${films} x ${channels} features; delete it`);
}
