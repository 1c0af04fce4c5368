import * as z from "zod";
import { LINE_FAILURES } from "../domain/logistic.ts";
import { SUBGROUP_AXES, SUBGROUP_FIGURES } from "../domain/subgroups.ts";
import { Leakage } from "./leakage.ts";
import { ObservationName, perObservation, Share, schemaName } from "./primitives.ts";
import { BlankPolicy, UncertainPolicy } from "./run-config.ts";
import { StudyLevel } from "./study-level.ts";

const Interval = z.tuple([z.number(), z.number()]).nullable();
const Metric = z.number().nullable().describe("null where it is not defined, such as the AUROC of one class");

const INTERVAL = "95 % interval, a patient's films taken together; null where the figure is (docs/statistics.md)";

/** Missing in documents of versions from before it was told. */
const LaterInterval = Interval.default(null).describe(INTERVAL);

/** Figures of one observation; masked labels are left out. */
export const ObservationMetrics = z.strictObject({
  rows: z.int().min(0),
  positives: z.int().min(0),
  prevalence: Metric,
  auroc: Metric,
  aurocInterval: Interval.describe(INTERVAL),
  averagePrecision: Metric,
  averagePrecisionInterval: Interval.describe(INTERVAL),
  threshold: Share.describe("operating point: positive where the probability is at least this"),
  accuracy: Metric.describe("share of right decisions at the operating point"),
  accuracyInterval: LaterInterval,
  f1: Metric,
  f1Interval: Interval.describe(INTERVAL),
  precision: Metric,
  precisionInterval: Interval.describe(INTERVAL),
  recall: Metric,
  recallInterval: Interval.describe(INTERVAL),
  specificity: Metric,
  specificityInterval: Interval.describe(INTERVAL),
  binaryAccuracy: Metric.describe("share of right decisions at 0.5, as Keras counts them: positive above 0.5"),
  brier: Metric.describe("mean squared error of the probability"),
  brierInterval: LaterInterval,
  logLoss: Metric.describe("mean negative log likelihood, in nats"),
  calibrationSlope: Metric.describe("1 is right; less: probabilities too extreme"),
  calibrationSlopeInterval: LaterInterval,
  calibrationSlopeFailure: z
    .enum(LINE_FAILURES)
    .nullable()
    .default(null)
    .describe("why there is no slope: one class, one probability, classes apart, or no fit; null where there is one"),
  calibrationIntercept: Metric.describe("calibration in the large, the slope held at 1; 0 is right, less: too high"),
  calibrationInterceptInterval: LaterInterval,
  expectedCalibrationError: Metric.describe("over ten bins of equal width"),
  confusion: z.strictObject({
    truePositive: z.int(),
    falsePositive: z.int(),
    trueNegative: z.int(),
    falseNegative: z.int(),
  }),
});
export type ObservationMetrics = z.infer<typeof ObservationMetrics>;

const Averaged = z.strictObject({
  precision: Metric,
  recall: Metric,
  f1: Metric,
  auroc: Metric,
  averagePrecision: Metric,
  binaryAccuracy: Metric,
});

/** Averages as scikit-learn makes them; lib/domain/metrics/averages.ts says over what. */
export const MetricAverages = z.strictObject({
  micro: Averaged,
  macro: Averaged.extend({ aurocInterval: Interval.describe(INTERVAL) }),
  weighted: Averaged,
  samples: Averaged,
});
export type MetricAverages = z.infer<typeof MetricAverages>;

/** All 14 observations' figures and their averages. */
export const Metrics = z.strictObject({
  perObservation: z.record(ObservationName, ObservationMetrics),
  averages: MetricAverages,
});
export type Metrics = z.infer<typeof Metrics>;

/** What an uncertain label counts as where nothing is drawn. */
export const CountedUncertain = UncertainPolicy.exclude(["smooth"]);
export type CountedUncertain = z.infer<typeof CountedUncertain>;

/** What `hilum metrics` says of two CSV files. */
export const MetricsReport = Metrics.extend({
  schema: schemaName("hilum.metrics/1"),
  films: z.int().min(0),
  patients: z.int().min(0).nullable().describe("null where the files do not tell whose a film is"),
  joinedBy: z
    .enum(["path", "path-ending", "order"])
    .describe("path-ending: both files' paths go on alike from different folders on"),
  predictionsWithoutLabels: z.int().min(0),
  /** Labelled films without a row among the predictions; no figure is of them. */
  labelsWithoutPredictions: z.int().min(0),
  notLabelled: z
    .int()
    .min(0)
    .describe("labels that nobody looked for, by NA or in no row of a source; no figure is of them"),
  /** Labelled films that `predict` could not answer for; no figure is of them. */
  failedPredictions: z.int().min(0),
  /** Observations that the predictions leave blank, as one that a model did not learn; no figure is of them. */
  notAnswered: z.array(ObservationName),
  policy: z.strictObject({ uncertain: CountedUncertain, blank: BlankPolicy }),
});
export type MetricsReport = z.infer<typeof MetricsReport>;

/** Points of a curve, at most a few hundred, for the report and the page. */
const Curve = z.array(z.tuple([z.number(), z.number()]));

/** Tenths of the probability from 0 to 1 that hold rows. */
const ReliabilityBins = z.array(
  z.strictObject({ rows: z.int().min(1), meanProbability: Share, observed: Share.describe("share of positives") }),
);

/** How far probabilities are what they say, on the test patients, as the network gives them and as they are served. */
const Reliability = z.strictObject({
  before: ReliabilityBins,
  after: ReliabilityBins,
  brierBefore: Metric,
  slopeBefore: Metric,
  interceptBefore: Metric,
  calibrationErrorBefore: Metric,
});

/** Where heat maps point, on test films with finding boxes, true positives at the operating point. */
export const Localisation = z.strictObject({
  observation: ObservationName,
  films: z.int().min(0).describe("true positives with a box"),
  hitRate: Metric.describe("share whose heat map's peak lies in a box of that observation (pointing game)"),
  centreHitRate: Metric.describe("the same for always pointing at the centre"),
  iou: Metric.describe("mean intersection over union of boxes and heat map, cut at Otsu's threshold (CheXlocalize)"),
  untrainedIou: Metric.describe("the same for this network before training"),
  untrainedHitRate: Metric.describe("the same for this network before training"),
});
export type Localisation = z.infer<typeof Localisation>;

const BY_GROUP = "95 % interval that allows for films of the same patient";

/**
 * Figures among the test films of one sex, age band, both, projection or source. Versions evaluated before groups were
 * compared by more than AUROC have that alone.
 */
const Subgroup = z.strictObject({
  axis: z.enum(SUBGROUP_AXES),
  group: z.string(),
  films: z.int().min(1),
  patients: z.int().min(1),
  meanAuroc: Metric.describe("mean over the observations where it is defined in this group"),
  meanAurocInterval: Interval,
  perObservation: z.record(
    ObservationName,
    z.strictObject({
      rows: z.int().min(0),
      positives: z.int().min(0),
      auroc: Metric,
      aurocInterval: Interval.describe(BY_GROUP),
      falseNegativeRate: Metric.optional().describe("share of positives that the operating point misses"),
      falseNegativeRateInterval: Interval.optional().describe(BY_GROUP),
      falsePositiveRate: Metric.optional().describe(
        'share of negatives called positive; of "No Finding", underdiagnosis (Seyyed-Kalantari et al. 2021)',
      ),
      falsePositiveRateInterval: Interval.optional().describe(BY_GROUP),
      meanProbability: Metric.optional(),
      calibrationInTheLarge: Metric.optional().describe("share of positives less mean probability; above 0: too low"),
      calibrationInTheLargeInterval: Interval.optional().describe(BY_GROUP),
    }),
  ),
});

/** How far a figure of one observation in one group of test films lies above that in another of the same axis. */
const SubgroupGap = z.strictObject({
  figure: z.enum(SUBGROUP_FIGURES),
  axis: z.enum(SUBGROUP_AXES),
  observation: ObservationName,
  higher: z.string(),
  lower: z.string(),
  values: z.tuple([z.number(), z.number()]).describe("the figure in the higher and in the lower group"),
  gap: z.number().min(0),
  interval: z.tuple([z.number(), z.number()]).describe("corrected; the gap is shown where it begins above 0"),
  p: Share.describe("chance of a gap as sure as this in any comparison, were there none"),
});
export type SubgroupGap = z.infer<typeof SubgroupGap>;

/** Every comparison of two groups that have films enough, corrected for how many there are; docs/subgroups.md. */
const SubgroupGaps = z.strictObject({
  comparisons: z.int().min(0),
  confidence: Share.nullable().describe("of each interval by itself, so that all hold with 95 %; null without any"),
  gaps: z
    .array(SubgroupGap)
    .describe("the largest of each figure on each axis and every other that is shown, the surest first"),
});
export type SubgroupGaps = z.infer<typeof SubgroupGaps>;

/** What versions evaluated before that have instead: a difference of mean AUROC, uncorrected. */
const MeanAurocGap = z.strictObject({
  axis: z.enum(SUBGROUP_AXES),
  better: z.string(),
  worse: z.string(),
  gap: z.number().describe("difference of the mean AUROC over `observations`"),
  interval: Interval,
  observations: z.array(ObservationName),
});

/** How a model does on its test patients; part of its version, whose id is a hash over this too. */
export const Evaluation = z.strictObject({
  schema: schemaName("hilum.evaluation/1"),
  run: z.string(),
  protocol: z.string(),
  evaluatedOn: z.strictObject({ part: z.literal("test"), rows: z.int(), patients: z.int() }),
  leakage: Leakage.describe("films told apart by the hash of their bytes, so that a copy under another name counts"),
  meanAuroc: Metric.describe("mean over the observations where it is defined"),
  meanAurocInterval: Interval,
  definedObservations: z.int().min(0).max(14),
  ...Metrics.shape,
  studyLevel: StudyLevel.optional().describe("absent from evaluations that were made before there was one"),
  curves: perObservation(z.strictObject({ roc: Curve, precisionRecall: Curve })),
  reliability: perObservation(Reliability),
  subgroups: z.array(Subgroup).describe("axes on which all test films are alike are left out"),
  subgroupGaps: SubgroupGaps.optional(),
  largestSubgroupGap: MeanAurocGap.nullable().optional(),
  /** Sensitivity and specificity on the test patients at each of these thresholds, for the page's slider. */
  operatingCurve: z.strictObject({
    thresholds: z.array(Share),
    sensitivity: perObservation(z.array(Metric)),
    specificity: perObservation(z.array(Metric)),
  }),
  localisation: z.array(Localisation),
  localisationHitRate: Metric.describe("over all true positives with a box"),
  localisationCentreHitRate: Metric,
  localisationIou: Metric.describe("mean over the same true positives"),
  localisationUntrainedIou: Metric,
  localisationUntrainedHitRate: Metric,
});
export type Evaluation = z.infer<typeof Evaluation>;

/** The same among a run's documents, with the version that it judges. */
export const RunEvaluation = Evaluation.extend({ model: z.string() });
export type RunEvaluation = z.infer<typeof RunEvaluation>;
