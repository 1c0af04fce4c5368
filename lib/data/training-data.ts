import { Dataset } from "../contracts/dataset.ts";
import { runKeys } from "../contracts/layout.ts";
import { Plan } from "../contracts/plan.ts";
import { targetsOf } from "../domain/label-policy.ts";
import { OBSERVATION_COUNT } from "../domain/observations.ts";
import { readDocument } from "../store/documents.ts";
import type { Rooms } from "../store/open.ts";
import { decodeTable } from "./arrow-columns.ts";
import { EPOCH_PLAN_COLUMNS, labelMatrix, type Rows } from "./film-columns.ts";
import { SHARD_CACHE } from "./local-shard.ts";
import { loadParts, loadRows, type PartPositions } from "./rows.ts";
import { openShardPixels, wrongShard } from "./shard-pixels.ts";

/** A run's prepared films with their targets under its policy, by position. */
export interface TrainingData {
  readonly plan: Plan;
  readonly rows: Rows;
  /** Positions of each part. */
  readonly split: PartPositions;
  /** Positions of one epoch, as up-sampling planned it. */
  readonly epochPlan: Uint32Array;
  /** Side of a film in pixels. */
  readonly size: number;
  /** positions x 14, NaN where a label does not count */
  readonly targets: Float32Array;
  /**
   * Fills `into` with the films at these positions, in this order; a position may come twice.
   * @param into at least positions x size x size
   */
  readPixels(positions: Uint32Array, into: Uint8Array): Promise<void>;
  /** The films at these positions with their targets. */
  batch(positions: Uint32Array): Promise<{ count: number; pixels: Uint8Array; targets: Float32Array }>;
  /** Closes the shards' files. */
  close(): Promise<void>;
}

/**
 * Opens what prepare, merge and upsample wrote. Shards that are no files of this machine are copied to it first.
 * @param cache folder of those copies
 * @throws InputError `disk-too-small`, `shard`; TemporaryError `disk-full`, `shard-copy`
 */
export async function openTrainingData(rooms: Rooms, run: string, cache = SHARD_CACHE): Promise<TrainingData> {
  const keys = runKeys(run);
  const plan = await readDocument(rooms.runs, keys.plan, Plan);
  const dataset = await readDocument(rooms.runs, keys.dataset, Dataset);
  const rows = await loadRows(rooms.runs, run);
  const split = await loadParts(rooms.runs, run, plan.protocol, rows);
  const epochPlan = decodeTable(EPOCH_PLAN_COLUMNS, await rooms.runs.get(keys.epochPlan), keys.epochPlan).position;
  const targets = targetsOf(plan.policy, labelMatrix(rows), rows.row);
  const { size } = dataset.geometry;
  const { rows: prepared, readPixels, close } = await openShardPixels(rooms.datasets, dataset.shards, size, cache);
  if (prepared !== dataset.rows || rows.row.length !== dataset.rows) {
    await close();
    throw wrongShard(keys.dataset);
  }
  const stride = size ** 2;
  return {
    plan,
    rows,
    split,
    epochPlan,
    size,
    targets,
    readPixels,
    async batch(positions) {
      const pixels = new Uint8Array(positions.length * stride);
      const batchTargets = new Float32Array(positions.length * OBSERVATION_COUNT);
      positions.forEach((position, i) => {
        const start = position * OBSERVATION_COUNT;
        batchTargets.set(targets.subarray(start, start + OBSERVATION_COUNT), i * OBSERVATION_COUNT);
      });
      await readPixels(positions, pixels);
      return { count: positions.length, pixels, targets: batchTargets };
    },
    close,
  };
}
