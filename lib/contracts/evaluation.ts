import * as z from "zod";
import { Leakage } from "./leakage.ts";
import { ObservationName, perObservation, Share, schemaName } from "./primitives.ts";

const Interval = z.tuple([z.number(), z.number()]).nullable();
const Metric = z.number().nullable().describe("null where it is not defined, such as the AUROC of one class");

/** Figures of one observation on the test patients; masked labels are left out. */
export const ObservationMetrics = z.strictObject({
  rows: z.int().min(0),
  positives: z.int().min(0),
  prevalence: Metric,
  auroc: Metric,
  aurocInterval: Interval.describe("95 % interval by resampling patients"),
  averagePrecision: Metric,
  threshold: Share,
  accuracy: Metric.describe("share of right decisions at the operating point"),
  f1: Metric,
  precision: Metric,
  recall: Metric,
  specificity: Metric,
  brier: Metric,
  confusion: z.strictObject({
    truePositive: z.int(),
    falsePositive: z.int(),
    trueNegative: z.int(),
    falseNegative: z.int(),
  }),
});
export type ObservationMetrics = z.infer<typeof ObservationMetrics>;

/** Points of a curve, at most a few hundred, for the report and the page. */
const Curve = z.array(z.tuple([z.number(), z.number()]));

/** Where heat maps point, on test films with finding boxes, true positives at the operating point. */
export const Localisation = z.strictObject({
  observation: ObservationName,
  films: z.int().min(0).describe("true positives with a box"),
  hitRate: Metric.describe("share whose heat map's peak lies in a box of that observation (pointing game)"),
  centreHitRate: Metric.describe("the same for always pointing at the centre"),
  untrainedHitRate: Metric.describe("the same for this network before training"),
});
export type Localisation = z.infer<typeof Localisation>;

export const Evaluation = z.strictObject({
  schema: schemaName("hilum.evaluation/1"),
  run: z.string(),
  model: z.string(),
  protocol: z.string(),
  evaluatedOn: z.strictObject({ part: z.literal("test"), rows: z.int(), patients: z.int() }),
  leakage: Leakage.describe("films told apart by the hash of their bytes, so that a copy under another name counts"),
  meanAuroc: Metric.describe("mean over the observations where it is defined"),
  meanAurocInterval: Interval,
  definedObservations: z.int().min(0).max(14),
  perObservation: z.record(ObservationName, ObservationMetrics),
  curves: perObservation(z.strictObject({ roc: Curve, precisionRecall: Curve })),
  /** Sensitivity and specificity on the test patients at each of these thresholds, for the page's slider. */
  operatingCurve: z.strictObject({
    thresholds: z.array(Share),
    sensitivity: perObservation(z.array(Metric)),
    specificity: perObservation(z.array(Metric)),
  }),
  localisation: z.array(Localisation),
  localisationHitRate: Metric.describe("over all true positives with a box"),
  localisationCentreHitRate: Metric,
  localisationUntrainedHitRate: Metric,
});
export type Evaluation = z.infer<typeof Evaluation>;
