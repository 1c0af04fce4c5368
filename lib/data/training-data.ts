import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { Dataset } from "../contracts/dataset.ts";
import { runKeys } from "../contracts/layout.ts";
import { Plan } from "../contracts/plan.ts";
import { InputError } from "../domain/errors.ts";
import { targetsOf } from "../domain/label-policy.ts";
import { OBSERVATION_COUNT } from "../domain/observations.ts";
import { readDocument } from "../store/documents.ts";
import type { Rooms } from "../store/open.ts";
import { decodeTable } from "./arrow-columns.ts";
import { EPOCH_PLAN_COLUMNS, labelMatrix, type Rows } from "./film-columns.ts";
import { localShard, SHARD_CACHE } from "./local-shard.ts";
import { loadParts, loadRows, type PartPositions } from "./rows.ts";
import { requireScratch } from "./scratch-space.ts";
import { indexShard } from "./shard-reader.ts";

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
  if (rooms.datasets.localPath === undefined) await requireScratch(dataset.shards, cache);
  const rows = await loadRows(rooms.runs, run);
  const split = await loadParts(rooms.runs, run, plan.protocol, rows);
  const epochPlan = decodeTable(EPOCH_PLAN_COLUMNS, await rooms.runs.get(keys.epochPlan), keys.epochPlan).position;
  const targets = targetsOf(plan.policy, labelMatrix(rows), rows.row);
  const { size } = dataset.geometry;
  const stride = size ** 2;
  const files: FileHandle[] = [];
  const close = async () => {
    await Promise.all(files.splice(0).map((file) => file.close()));
  };
  const places = new PixelPlaces(dataset.rows);
  try {
    for (const shard of dataset.shards) {
      const path = await localShard(rooms.datasets, shard, cache);
      const file = await open(path);
      files.push(file);
      const read = async (start: number, length: number) => {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start);
        return buffer.subarray(0, bytesRead);
      };
      const index = await indexShard({ where: path, bytes: shard.bytes, read });
      if (index.stride !== stride || index.rows !== shard.rows) throw wrongShard(path);
      for (const batch of index.batches) places.add(files.length - 1, batch.pixels, batch.rows, stride);
    }
    if (places.length !== dataset.rows || rows.row.length !== dataset.rows) throw wrongShard(keys.dataset);
  } catch (error) {
    await close();
    throw error;
  }

  const readPixels: TrainingData["readPixels"] = async (positions, into) => {
    await Promise.all(
      Array.from(positions, async (position, i) => {
        const file = files[places.files[position]!]!;
        const { bytesRead } = await file.read(into, i * stride, stride, places.offsets[position]!);
        if (bytesRead !== stride) throw wrongShard(`position ${position}`);
      }),
    );
  };
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

const wrongShard = (where: string): InputError =>
  new InputError("shard", `${where}: not the films that dataset.json tells of; prepare them again`);

/** For each position its shard and the byte at which its pixels start. */
class PixelPlaces {
  readonly files: Uint16Array;
  readonly offsets: Float64Array;
  length = 0;

  constructor(rows: number) {
    this.files = new Uint16Array(rows);
    this.offsets = new Float64Array(rows);
  }

  add(file: number, offset: number, rows: number, stride: number): void {
    for (let i = 0; i < rows; i += 1) {
      this.files[this.length] = file;
      this.offsets[this.length] = offset + i * stride;
      this.length += 1;
    }
  }
}
