import type { ShardRecord } from "../../contracts/dataset.ts";
import { modelKeys } from "../../contracts/layout.ts";
import type { ModelVersion } from "../../contracts/model-version.ts";
import { decodeTable, encodeTable } from "../../data/arrow-columns.ts";
import { openShardPixels } from "../../data/shard-pixels.ts";
import { OBSERVATION_COUNT, OBSERVATIONS, type Observation } from "../../domain/observations.ts";
import { recordOf } from "../../domain/record-of.ts";
import { openStrangeness } from "../../inference/strangeness.ts";
import { undefinedIfMissing } from "../../store/errors.ts";
import type { Store } from "../../store/store.ts";
import { type Predicting, runBatches } from "../predict.ts";

/** What a version answers for the films of shards, in their order. */
export interface Answers {
  /** films x 14, raw. */
  readonly logits: Float64Array;
  /** 1 for a film that the service would tell is unlike those learned from, 0 for any other, NaN where that has no measure. */
  readonly strange: Float64Array;
}

const COLUMNS = {
  strange: "float64",
  ...recordOf(OBSERVATIONS, () => "float64" as const),
} as const;

/** A version's serving graph, with the folder of its files and what is kept of it. */
export interface Answering extends Pick<Predicting, "graph" | "batchSize" | "signal" | "onFilms"> {
  readonly manifest: ModelVersion;
  readonly folder: string;
  readonly models: Store;
  readonly datasets: Store;
}

/** Answers for each shard are kept as they are made, so that whoever asks again goes on with them. */
export async function answerShards(shards: readonly ShardRecord[], using: Answering): Promise<Answers> {
  const films = shards.reduce((sum, { rows }) => sum + rows, 0);
  const all = {
    logits: new Float64Array(films * OBSERVATION_COUNT),
    strange: new Float64Array(films),
  };
  let first = 0;
  for (const shard of shards) {
    using.signal.throwIfAborted();
    const kept = await findAnswers(shard, using);
    if (kept !== undefined) using.onFilms(shard.rows);
    const { logits, strange } = kept ?? (await keepAnswers(shard, using));
    all.logits.set(logits, first * OBSERVATION_COUNT);
    all.strange.set(strange, first);
    first += shard.rows;
  }
  return all;
}

const keyOf = ({ sha256 }: ShardRecord, { version }: ModelVersion): string =>
  modelKeys.validations(version).answers(sha256);

async function findAnswers(shard: ShardRecord, { models, manifest }: Answering): Promise<Answers | undefined> {
  const key = keyOf(shard, manifest);
  const bytes = await models.get(key).catch(undefinedIfMissing);
  if (bytes === undefined) return undefined;
  const table = decodeTable(COLUMNS, bytes, `${models.uri}/${key}`);
  const logits = new Float64Array(shard.rows * OBSERVATION_COUNT);
  OBSERVATIONS.forEach((name, k) => {
    for (let film = 0; film < shard.rows; film += 1) logits[film * OBSERVATION_COUNT + k] = table[name][film]!;
  });
  return { logits, strange: table.strange };
}

async function keepAnswers(shard: ShardRecord, using: Answering): Promise<Answers> {
  const answers = await answer(shard, using);
  const column = (k: number) =>
    Float64Array.from({ length: shard.rows }, (_, film) => answers.logits[film * OBSERVATION_COUNT + k]!);
  const columns = recordOf(OBSERVATIONS, (_, k) => column(k));
  const table = { strange: answers.strange, ...(columns as Record<Observation, Float64Array>) };
  await using.models.put(keyOf(shard, using.manifest), encodeTable(COLUMNS, table));
  return answers;
}

async function answer(shard: ShardRecord, { datasets, folder, manifest, ...using }: Answering): Promise<Answers> {
  const { size } = manifest.geometry;
  const pixels = await openShardPixels(datasets, [shard], size);
  try {
    const films = {
      size,
      async batch(positions: Uint32Array) {
        const into = new Uint8Array(positions.length * size ** 2);
        await pixels.readPixels(positions, into);
        // Labels are no part of an answer.
        return { count: positions.length, pixels: into, targets: new Float32Array(0) };
      },
    };
    const found = {
      logits: new Float64Array(shard.rows * OBSERVATION_COUNT),
      strange: new Float64Array(shard.rows).fill(Number.NaN),
    };
    let first = 0;
    let tell: Awaited<ReturnType<typeof openStrangeness>> | undefined;
    const positions = Uint32Array.from({ length: shard.rows }, (_, position) => position);
    for await (const { count, logits, features } of runBatches(positions, { ...using, films })) {
      found.logits.set(logits, first * OBSERVATION_COUNT);
      const channels = features.length / count;
      tell ??= await openStrangeness(folder, manifest, channels);
      for (let film = 0; film < count && manifest.outOfDistribution !== null; film += 1) {
        found.strange[first + film] =
          tell(features.subarray(film * channels, (film + 1) * channels)).outOfDistribution === true ? 1 : 0;
      }
      first += count;
    }
    return found;
  } finally {
    await pixels.close();
  }
}
