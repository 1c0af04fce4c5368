import * as z from "zod";
import { EXTERNAL_LEFT_OUT } from "../domain/external-films.ts";
import { ObservationMetrics } from "./evaluation.ts";
import { VersionId } from "./model-version.ts";
import { Instant, ObservationName, perObservation, Sha256, Share, StoreUri, schemaName } from "./primitives.ts";
import { LabelPolicy, OperatingPointRule, RunConfig } from "./run-config.ts";
import { StudyLevel } from "./study-level.ts";

const Count = z.int().min(0);
const Counts = z.record(z.string(), Count);
const Figure = z.number().nullable().describe("null where it is not defined");
const Interval = z.tuple([z.number(), z.number()]).nullable();

/** Name of a validation: the data folder's and a hash of data, views and policy, so that the same question has one name. */
export const ValidationId = z.string().regex(/^[a-z0-9][a-z0-9-]*-[0-9a-f]{8}$/);
export type ValidationId = z.infer<typeof ValidationId>;

/** Figures that stand beside each other, of the films judged here and of the model's own test films. */
const Compared = ObservationMetrics.pick({
  rows: true,
  positives: true,
  auroc: true,
  aurocInterval: true,
  recall: true,
  specificity: true,
  brier: true,
  calibrationSlope: true,
  calibrationIntercept: true,
  expectedCalibrationError: true,
}).extend({
  observedToExpected: Figure.describe("positives over the sum of the probabilities: 1 is right, less: too high"),
});

/**
 * Decisions at thresholds that were chosen on these films by the model's own rule. No film is judged by a threshold that it
 * had a say in: the patients are dealt into `folds`, and each fold is decided at the threshold of all others (cross-fitting).
 */
const Refitted = z.strictObject({
  threshold: Share.describe("chosen on all films: the one to use there; the figures beside it are those of the folds"),
  foldThresholds: z.array(Share),
  ...ObservationMetrics.pick({
    recall: true,
    recallInterval: true,
    specificity: true,
    specificityInterval: true,
    precision: true,
    f1: true,
    confusion: true,
  }).shape,
});

/** Decisions at the model's own threshold, of the films alone that get one as served. */
const Decided = ObservationMetrics.pick({
  rows: true,
  positives: true,
  recall: true,
  recallInterval: true,
  specificity: true,
  specificityInterval: true,
  precision: true,
  confusion: true,
});

const ValidatedObservation = z.strictObject({
  /** At the model's own threshold, which is transferred as it is, over all films: those without a decision as served too. */
  external: ObservationMetrics.extend({ observedToExpected: Compared.shape.observedToExpected }),
  decided: Decided.nullable()
    .optional()
    .describe("null where the model has no check, so that every film gets a decision; older validations lack it"),
  internal: Compared.nullable().describe("null where the model's evaluation does not tell"),
  refitted: Refitted.nullable().describe("null where a fold would have no positive or no negative to choose by"),
});
export type ValidatedObservation = z.infer<typeof ValidatedObservation>;

/**
 * How a model does on films of another hospital, without training on any (external validation: Collins et al. 2024,
 * TRIPOD+AI). Stands beside the version, and changes nothing of it.
 */
export const ExternalValidation = z.strictObject({
  schema: schemaName("hilum.external-validation/1"),
  id: ValidationId,
  createdAt: Instant,
  model: z.strictObject({ version: VersionId, name: z.string(), run: z.string() }),
  caution: z.string().nullable().optional().describe("said before all else; older validations lack it"),
  data: z.strictObject({
    name: z.string(),
    uri: StoreUri,
    csv: z.array(z.string()).min(1),
    fingerprint: Sha256,
    views: RunConfig.shape.views,
    policy: LabelPolicy,
  }),
  films: z.strictObject({
    read: Count,
    judged: Count,
    leftOut: Counts.describe(
      `by reason: of a row, of a film that could not be read, or: ${EXTERNAL_LEFT_OUT.join("; ")}`,
    ),
  }),
  warnings: Counts.optional().describe("judged films with a warning, by its code; older validations lack it"),
  overlap: z.strictObject({
    unchecked: z.string().nullable().describe("why it could not be told which films the model was fitted on"),
    ownTestFilms: Count.nullable().describe("films judged here whose film or patient is in the model's own test part"),
  }),
  subjects: z.strictObject({
    patients: Count,
    studies: Count,
    sex: Counts,
    age: z
      .strictObject({
        median: z.number(),
        quartiles: z.tuple([z.number(), z.number()]),
        youngest: Count,
        oldest: Count,
      })
      .nullable()
      .describe("years, over films; null where none is known"),
    ageUnknown: Count,
    projection: Counts,
    source: Counts,
  }),
  outOfDistribution: z
    .strictObject({ films: Count, share: Share })
    .nullable()
    .describe(
      "films that the service would tell are unlike those learned from, and give no decision; null where the model has no measure of it",
    ),
  seed: Count.describe("by which patients were dealt out to choose thresholds anew"),
  meanAuroc: z.strictObject({
    external: Figure.describe("over the observations where it is defined"),
    externalInterval: Interval,
    /** Over the observations that are defined on both sides, so that like is compared with like. */
    common: z.strictObject({ observations: z.array(ObservationName), external: Figure, internal: Figure }),
  }),
  operatingPoint: OperatingPointRule,
  thresholds: perObservation(Share).optional().describe("the model's own, as `hilum metrics --thresholds` reads them"),
  folds: z.int().min(2),
  perObservation: z.partialRecord(ObservationName, ValidatedObservation),
  notJudged: z.partialRecord(ObservationName, z.string()).describe("why an observation has no figures"),
  studyLevel: StudyLevel,
});
export type ExternalValidation = z.infer<typeof ExternalValidation>;
