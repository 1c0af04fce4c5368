import * as z from "zod";
import { perObservation, Sha256, schemaName } from "./primitives.ts";
import { Geometry } from "./run-config.ts";

/** A film that could not be used, and why; `line` counts from 1 with the header as line 1. */
export const SetAside = z.strictObject({
  row: z.int().min(0),
  file: z.string(),
  line: z.int().min(1),
  code: z.string(),
  reason: z.string(),
});
export type SetAside = z.infer<typeof SetAside>;

/** What preparing one part of the manifest gave; written after its shard, so that a shard without it is not whole. */
export const ShardRecord = z.strictObject({
  schema: schemaName("hilum.shard/2"),
  key: z.string(),
  /** Counts the shards of this part whose films were replaced. */
  edition: z.int().min(0),
  /** Hash over the films' own hashes, set aside or not (lib/data/film-hash.ts): says whether these films stand there still. */
  films: Sha256,
  rows: z.int().min(0),
  bytes: z.int().min(0),
  sha256: Sha256,
  setAside: z.array(SetAside),
});
export type ShardRecord = z.infer<typeof ShardRecord>;

/** A prepared data set: its shards in order. Positions count through them from 0. */
export const Dataset = z.strictObject({
  schema: schemaName("hilum.dataset/1"),
  fingerprint: Sha256,
  geometry: Geometry,
  shards: z.array(z.strictObject({ key: z.string(), rows: z.int().min(0), bytes: z.int().min(0), sha256: Sha256 })),
  rows: z.int().min(0),
  /** Rows of them that the run uses; all, where no reader had more than a share of them, and in documents of before. */
  used: z.int().min(0).optional(),
  setAside: z.array(SetAside),
  /** Films that are used with a warning, by its code; one with several counts in each. Missing in documents from before it was recorded. */
  warnings: z.record(z.string(), z.int().min(1)).optional(),
});
export type Dataset = z.infer<typeof Dataset>;

/** What up-sampling did; the indices themselves stand in epoch-plan.arrow (one uint32 column `position`). */
export const UpsamplingRecord = z.strictObject({
  schema: schemaName("hilum.upsampling/1"),
  factors: perObservation(z.int().min(0)),
  rowsBefore: z.int().min(0),
  rowsAfter: z.int().min(0),
  naturalPrevalence: perObservation(z.number().nullable()),
  plannedPrevalence: perObservation(z.number().nullable()),
  /** What an added row does to the other 13: of the rows positive for one observation, the share positive for each, where it counts. */
  alsoPositive: perObservation(perObservation(z.number().nullable())),
});
export type UpsamplingRecord = z.infer<typeof UpsamplingRecord>;
