import type { Room } from "../contracts/layout.ts";
import { READERS_SOURCE } from "../domain/readers.ts";
import type { FunctionStep } from "./functions.ts";
import type { JobStep } from "./jobs.ts";

/**
 * The places a step may reach: the rooms, the data sets that arrive, the films that callers send ahead, and within the
 * data sets readers' own labels.
 */
export type Place = Room | "incoming" | "uploads" | "feedback";

/** Every place is a bucket of its own, save readers' labels: a folder of what arrives. */
export const BUCKET_NAMES = ["incoming", "datasets", "runs", "models", "uploads"] as const satisfies readonly Place[];
export type BucketName = (typeof BUCKET_NAMES)[number];

export const bucketOf = (place: Place): BucketName => (place === "feedback" ? "incoming" : place);

/** Data set in `incoming` that readers' labels make. */
export const FEEDBACK_FOLDER = READERS_SOURCE;

/** Writing is putting whole objects; what is overwritten or deleted can be had back for a while, save uploads. */
export type Right = "read" | "write" | "delete";

export type Access = Readonly<Partial<Record<Place, readonly Right[]>>>;

/** Every step writes its record and its failure into `runs`, and deletes a failure that is past. */
const records = { runs: ["read", "write", "delete"] } as const satisfies Access;

/**
 * What each step reads and writes, and nothing else: with the keys that it writes (lib/contracts/writers.ts) the tables that
 * the roles are made from.
 */
export const STEP_ACCESS: Readonly<Record<FunctionStep | JobStep, Access>> = {
  validate: { ...records, incoming: ["read"], datasets: ["read", "write"], models: ["read"] },
  plan: { ...records, datasets: ["read", "write"] },
  prepare: { ...records, incoming: ["read"], datasets: ["read", "write"] },
  merge: { ...records, datasets: ["read"] },
  upsample: records,
  train: { ...records, datasets: ["read"], models: ["read"] },
  evaluate: { ...records, datasets: ["read"], models: ["read", "write"] },
  gate: { ...records, models: ["read", "write"] },
  promote: { ...records, models: ["read", "write"] },
  notify: records,
};

/** Fingerprints what has arrived, writes the request and what waits; looks through past arrivals. */
export const ON_DATA_ACCESS: Access = { incoming: ["read"], runs: ["read", "write"] };

/** Reads why a run failed and what waits for it, and writes how it ended. */
export const ON_FAILURE_ACCESS: Access = { runs: ["read", "write"] };

/** Uploads are read once and deleted; readers' labels are added to what came before. */
export const API_ACCESS: Access = {
  models: ["read"],
  uploads: ["read", "write", "delete"],
  feedback: ["read", "write"],
};
