import * as z from "zod";
import { Instant, Sha256, StoreUri, schemaName } from "./primitives.ts";
import { RunConfig } from "./run-config.ts";

/** Name of a run: its configuration's name and a hash of data and configuration, so that the same work has one name. */
export const RunId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/);
export type RunId = z.infer<typeof RunId>;

/** What starts a run; written by the command line or by functions/on-data before the state machine starts. */
export const RunRequest = z.strictObject({
  schema: schemaName("hilum.request/1"),
  run: RunId,
  /** Folder with the CSV files and the films. */
  data: StoreUri,
  /** CSV files in that folder, in the order in which their rows count. */
  csv: z.array(z.string()).min(1),
  /** Files beside them that are read too: boxes, and lists of the data set's own division. */
  beside: z.array(z.string()).optional(),
  /** Tables there that are none of these. */
  passedOver: z.array(z.string()).optional(),
  /** SHA-256 over these files, which names the data set; see fingerprintOf() in lib/data/request.ts. */
  fingerprint: Sha256,
  /** SHA-256 over hilum.dataset.json and card.json; missing where there are none. */
  descriptions: Sha256.optional(),
  config: RunConfig,
  createdAt: Instant,
});
export type RunRequest = z.infer<typeof RunRequest>;

/** A step that has finished, with what it wrote. */
export const StepRecord = z.strictObject({
  schema: schemaName("hilum.step/1"),
  step: z.string(),
  index: z.int().min(0).optional(),
  startedAt: Instant,
  endedAt: Instant,
  /** Figures worth showing beside the state, such as rows or images a second. */
  summary: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])),
});
export type StepRecord = z.infer<typeof StepRecord>;

/** Why a step failed, read by whoever tells of it: the command line, the run page, functions/on-failure. */
export const FailureRecord = z.strictObject({
  schema: schemaName("hilum.failure/1"),
  step: z.string(),
  index: z.int().min(0).optional(),
  code: z.string(),
  message: z.string(),
  exitCode: z.int(),
  at: Instant,
});
export type FailureRecord = z.infer<typeof FailureRecord>;

/** How a run may end; `stopped` by somebody, on a stage. */
const EndStatus = z.enum(["promoted", "not-promoted", "failed", "stopped"]);

/** How a run ended; written by its last step, or where it failed by the runner or functions/on-failure. */
export const RunOutcome = z.strictObject({
  schema: schemaName("hilum.outcome/1"),
  run: RunId,
  /** Earlier documents say `kept`, of the champion, where the run's model was not promoted. */
  status: z.preprocess((status) => (status === "kept" ? "not-promoted" : status), EndStatus),
  model: z.string().nullable().describe("version, where one was made"),
  failure: FailureRecord.nullable(),
  at: Instant,
});
export type RunOutcome = z.infer<typeof RunOutcome>;

const WELL: ReadonlySet<string> = new Set<RunOutcome["status"]>(["promoted", "not-promoted"]);

/** Whether a run of this status is done for good; one that failed or was stopped may be gone on with. */
export const endedWell = (status: string): boolean => WELL.has(status);
