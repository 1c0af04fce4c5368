import * as z from "zod";
import { PARTS } from "../domain/parts.ts";
import { recordOf } from "../domain/record-of.ts";
import { CardStatements } from "./card-statements.ts";
import { Leakage } from "./leakage.ts";
import { perObservation, Sha256, schemaName } from "./primitives.ts";
import { Provenance } from "./provenance.ts";
import { ReadersTable } from "./readers.ts";
import { RunId } from "./run.ts";
import { Division, Geometry, LabelPolicy, Protocol } from "./run-config.ts";

const PartCounts = z.strictObject(recordOf(PARTS, () => z.int().min(0)));

/** Labels of one observation, counted. */
export const LabelCounts = z.strictObject({
  positive: z.int().min(0),
  negative: z.int().min(0),
  uncertain: z.int().min(0),
  blank: z.int().min(0),
  /** Of which nobody looked for it; 0 in plans from before they were told from blank ones. */
  notLabelled: z.int().min(0).default(0),
});
export type LabelCounts = z.infer<typeof LabelCounts>;

/**
 * What a run does with its data, decided before a pixel is read. Shards know nothing of it, so that a new policy or
 * split never rewrites pixels. The part of each row stands beside it in assignments.arrow.
 */
export const Plan = z.strictObject({
  schema: schemaName("hilum.plan/1"),
  run: RunId,
  fingerprint: Sha256,
  geometry: Geometry,
  policy: LabelPolicy,
  protocol: Protocol,
  /** Plans of before there was a choice were all drawn. */
  division: Division.default("drawn"),
  /** Salt of the patient hash; kept, so that a patient never moves when data is added. Null where films were split. */
  salt: z.string().nullable(),
  rows: z.strictObject({
    read: z.int().min(0),
    used: z.int().min(0),
    /** Rows left out by a rule, such as lateral views, by reason. */
    leftOut: z.record(z.string(), z.int().min(0)),
  }),
  /** Rows and patients in each part. */
  parts: PartCounts,
  patients: PartCounts,
  leakage: Leakage,
  /** Who taught what; missing where no reader sent any film, and in plans of before. */
  readers: ReadersTable.optional(),
  labels: perObservation(LabelCounts),
  /**
   * Share of positive targets among the unmasked ones before up-sampling: in training, or in all rows where up-sampling
   * came before the split.
   */
  naturalPrevalence: perObservation(z.number().nullable()),
  provenance: Provenance.optional(),
  statements: CardStatements.optional(),
  /** Preparation jobs: one array member each. */
  prepareJobs: z.int().min(1).max(10_000),
  /** Training jobs: one ensemble member each. */
  trainJobs: z.int().min(1).max(10_000),
});
export type Plan = z.infer<typeof Plan>;
