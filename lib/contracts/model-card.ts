import * as z from "zod";
import { SUBGROUP_AXES } from "../domain/subgroups.ts";
import { CardStatements } from "./card-statements.ts";
import { Composition } from "./composition.ts";
import { Machine } from "./machine.ts";
import { ObservationStatus, OutOfDistribution } from "./model-version.ts";
import { Instant, ObservationName, Share, schemaName } from "./primitives.ts";
import { Provenance } from "./provenance.ts";
import { LabelPolicy } from "./run-config.ts";

const Interval = z.tuple([z.number(), z.number()]).nullable();

/**
 * What a person should know before using a model (Mitchell et al. 2019, "Model Cards for Model Reporting");
 * docs/reporting-guidelines.md has each field's place in the reporting guidelines. What is optional is missing in cards
 * from before it was recorded.
 */
export const ModelCard = z.strictObject({
  schema: schemaName("hilum.card/1"),
  name: z.string(),
  description: z.string(),
  notForClinicalUse: z.literal(true),
  /** Said before all else. */
  caution: z.string().nullable().optional(),
  intendedUse: z.array(z.string()),
  limits: z.array(z.string()),
  /** What its makers say, from card.json, and titles of what they do not. */
  statements: CardStatements.optional(),
  notStated: z.array(z.string()).optional(),
  model: z.strictObject({
    run: z.string().optional(),
    createdAt: Instant.optional().describe("when that run was asked for"),
    network: z.string(),
    parameters: z.int().min(0),
    members: z.int().min(1),
    imageSize: z.int(),
  }),
  data: z.strictObject({
    fingerprint: z.string(),
    policy: LabelPolicy,
    protocol: z.string(),
    trained: z.strictObject({ films: z.int(), patients: z.int() }),
    tested: z.strictObject({ films: z.int(), patients: z.int() }),
    sources: Provenance.optional(),
    composition: Composition.optional(),
  }),
  /** What tells films apart that are unlike those it learned from, and how often it is wrong; null where there is none. */
  outOfDistribution: OutOfDistribution.optional(),
  metrics: z.strictObject({
    meanAuroc: z.number().nullable(),
    meanAurocInterval: Interval,
    /** Observations that were learned, with enough positives and negatives among the test films to claim anything. */
    claimed: z.array(ObservationName),
    perObservation: z.partialRecord(
      ObservationName,
      z.strictObject({
        auroc: z.number().nullable(),
        threshold: Share.nullable(),
        /** Cards of before this was kept lack it. */
        status: ObservationStatus.optional(),
        aurocInterval: Interval,
        sensitivity: z.number().nullable().optional(),
        sensitivityInterval: Interval.optional(),
        specificity: z.number().nullable().optional(),
        specificityInterval: Interval.optional(),
        /** Findings gained in 1,000 films over calling all of them positive, or none, at the threshold. */
        gained: z.number().nullable().optional(),
        trainingPositives: z.int().min(0).optional(),
        positives: z.int().min(0),
        films: z.int().min(0),
      }),
    ),
    subgroups: z
      .array(
        z.strictObject({
          axis: z.enum(SUBGROUP_AXES),
          group: z.string(),
          films: z.int().min(1),
          patients: z.int().min(1),
          meanAuroc: z.number().nullable(),
          meanAurocInterval: Interval,
        }),
      )
      .optional(),
  }),
  robustness: z
    .strictObject({
      /** Films that could not be used, by reason. */
      setAside: z.record(z.string(), z.int().min(1)),
      /** Films that are used with a warning, by its code. */
      warnings: z.record(z.string(), z.int().min(1)).optional(),
    })
    .optional(),
  externalValidation: z.string().optional(),
  monitoring: z.array(z.string()).optional(),
  machine: Machine.optional(),
});
export type ModelCard = z.infer<typeof ModelCard>;
