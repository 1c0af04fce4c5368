import * as z from "zod";
import { ObservationStatus, OutOfDistribution } from "./model-version.ts";
import { ObservationName, Share, schemaName } from "./primitives.ts";
import { LabelPolicy } from "./run-config.ts";

/** What a person should know before using a model (Mitchell et al. 2019, "Model Cards for Model Reporting"). */
export const ModelCard = z.strictObject({
  schema: schemaName("hilum.card/1"),
  name: z.string(),
  description: z.string(),
  notForClinicalUse: z.literal(true),
  intendedUse: z.array(z.string()),
  limits: z.array(z.string()),
  model: z.strictObject({
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
  }),
  /** What tells films apart that are unlike those it learned from, and how often it is wrong; null where there is none. */
  outOfDistribution: OutOfDistribution.optional(),
  metrics: z.strictObject({
    meanAuroc: z.number().nullable(),
    meanAurocInterval: z.tuple([z.number(), z.number()]).nullable(),
    /** Observations that were learned, with enough positives and negatives among the test films to claim anything. */
    claimed: z.array(ObservationName),
    perObservation: z.partialRecord(
      ObservationName,
      z.strictObject({
        auroc: z.number().nullable(),
        aurocInterval: z.tuple([z.number(), z.number()]).nullable(),
        threshold: Share.nullable(),
        /** Cards of before this was kept lack it. */
        status: ObservationStatus.optional(),
        positives: z.int().min(0),
        films: z.int().min(0),
      }),
    ),
  }),
});
export type ModelCard = z.infer<typeof ModelCard>;
