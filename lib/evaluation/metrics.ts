import type { Metrics, ObservationMetrics } from "../contracts/evaluation.ts";
import { bootstrap, type FigureRounds, meanRounds, percentileInterval } from "../domain/bootstrap.ts";
import { aurocOf } from "../domain/metrics/auroc.ts";
import { averagePrecisionOf } from "../domain/metrics/average-precision.ts";
import { averages, type Decided } from "../domain/metrics/averages.ts";
import { binaryAccuracy } from "../domain/metrics/binary-accuracy.ts";
import { brier } from "../domain/metrics/brier.ts";
import { calibrationLine } from "../domain/metrics/calibration-line.ts";
import { accuracy, confusion, f1, precision, recall, specificity } from "../domain/metrics/confusion.ts";
import { logLoss } from "../domain/metrics/log-loss.ts";
import { type Numbers, rank } from "../domain/metrics/ranking.ts";
import { expectedCalibrationError, reliability } from "../domain/metrics/reliability.ts";
import { forEachObservation, OBSERVATIONS, type Observation } from "../domain/observations.ts";
import { column, type PredictionTable } from "./prediction-table.ts";

/** Calibrated probabilities, labels and operating point of each observation of a table. */
export const columnsOf = (
  table: Pick<PredictionTable, "labels" | "probabilities">,
  thresholds: readonly number[],
): Decided[] =>
  forEachObservation((_, i) => ({
    scores: column(table.probabilities, i),
    labels: column(table.labels, i),
    threshold: thresholds[i]!,
  }));

/** Whom to resample for the intervals; no rounds give no intervals. */
export interface Resampling {
  /** Number of each row's patient, from 0. */
  readonly patients: Numbers;
  readonly rounds: number;
  readonly seed: number;
}

/** Every figure of 14 observations, and their averages. */
export function metricsOf(columns: readonly Decided[], { patients, rounds, seed }: Resampling): Metrics {
  const resampled = bootstrap(columns, patients, rounds, seed);
  return {
    perObservation: Object.fromEntries(
      OBSERVATIONS.map((name, i) => [name, observationMetrics(columns[i]!, resampled[i]!)]),
    ) as Record<Observation, ObservationMetrics>,
    averages: withInterval(averages(columns), percentileInterval(meanRounds(resampled, "auroc"))),
  };
}

const withInterval = (of: ReturnType<typeof averages>, aurocInterval: [number, number] | null) => ({
  ...of,
  macro: { ...of.macro, aurocInterval },
});

function observationMetrics({ scores, labels, threshold }: Decided, rounds: FigureRounds): ObservationMetrics {
  const ranking = rank(scores, labels);
  const { positives, negatives } = ranking;
  const rows = positives + negatives;
  const counts = confusion(scores, labels, threshold);
  const line = calibrationLine(scores, labels);
  const figures = {
    auroc: aurocOf(ranking),
    averagePrecision: averagePrecisionOf(ranking),
    // Without a positive there is nothing to find, and every alarm is false: that says nothing of the model.
    f1: positives === 0 ? null : f1(counts),
    precision: positives === 0 ? null : precision(counts),
    recall: recall(counts),
    specificity: specificity(counts),
  };
  const intervalOf = (figure: keyof typeof figures) =>
    figures[figure] === null ? null : percentileInterval(rounds[figure]);
  return {
    rows,
    positives,
    prevalence: rows === 0 ? null : positives / rows,
    ...figures,
    aurocInterval: intervalOf("auroc"),
    averagePrecisionInterval: intervalOf("averagePrecision"),
    f1Interval: intervalOf("f1"),
    precisionInterval: intervalOf("precision"),
    recallInterval: intervalOf("recall"),
    specificityInterval: intervalOf("specificity"),
    threshold,
    accuracy: accuracy(counts),
    binaryAccuracy: binaryAccuracy(scores, labels),
    brier: brier(scores, labels),
    logLoss: logLoss(scores, labels),
    calibrationSlope: line.slope,
    calibrationIntercept: line.intercept,
    expectedCalibrationError: expectedCalibrationError(reliability(scores, labels)),
    confusion: counts,
  };
}
