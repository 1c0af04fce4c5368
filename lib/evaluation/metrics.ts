import type { Metrics, ObservationMetrics } from "../contracts/evaluation.ts";
import { type AurocSpread, aurocSpread, intervalOfSpread, partOfMean } from "../domain/intervals/auroc-interval.ts";
import { averagePrecisionInterval } from "../domain/intervals/average-precision-interval.ts";
import { brierInterval } from "../domain/intervals/brier-interval.ts";
import { calibrationIntervals } from "../domain/intervals/calibration-intervals.ts";
import { decisionIntervals } from "../domain/intervals/decision-intervals.ts";
import { meanInterval } from "../domain/intervals/mean-interval.ts";
import { aurocOf } from "../domain/metrics/auroc.ts";
import { averagePrecisionOf } from "../domain/metrics/average-precision.ts";
import { averages, type Decided } from "../domain/metrics/averages.ts";
import { binaryAccuracy } from "../domain/metrics/binary-accuracy.ts";
import { brier } from "../domain/metrics/brier.ts";
import { calibrationLine } from "../domain/metrics/calibration-line.ts";
import { accuracy, confusion, f1, precision, recall, specificity } from "../domain/metrics/confusion.ts";
import { logLoss } from "../domain/metrics/log-loss.ts";
import { type Numbers, orderByScore, type Ranking, rank } from "../domain/metrics/ranking.ts";
import { expectedCalibrationError, reliability } from "../domain/metrics/reliability.ts";
import { forEachObservation, OBSERVATIONS } from "../domain/observations.ts";
import { recordOf } from "../domain/record-of.ts";
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

/**
 * Every figure of 14 observations with its 95 % interval, and their averages.
 * @param patients number of each row's patient, from 0
 */
export function metricsOf(columns: readonly Decided[], patients: Numbers): Metrics {
  const judged = columns.map((decided) => judge(decided, patients));
  const spreads = judged.flatMap(({ spread }) => spread ?? []);
  const means = averages(
    columns,
    judged.map(({ ranking }) => ranking),
  );
  const aurocInterval = meanInterval(spreads.map(partOfMean));
  return {
    perObservation: recordOf(OBSERVATIONS, (_, i) => judged[i]!.figures),
    averages: { ...means, macro: { ...means.macro, aurocInterval } },
  };
}

interface Judged {
  readonly figures: ObservationMetrics;
  readonly ranking: Ranking;
  readonly spread: AurocSpread | null;
}

function judge({ scores, labels, threshold }: Decided, patients: Numbers): Judged {
  const order = orderByScore(scores, labels);
  const ranking = rank(scores, labels, order);
  const spread = aurocSpread(scores, labels, patients, order);
  const { positives, negatives } = ranking;
  const rows = positives + negatives;
  const counts = confusion(scores, labels, threshold);
  const decisions = decisionIntervals(scores, labels, threshold, patients);
  const line = calibrationLine(scores, labels);
  const ofLine = calibrationIntervals(line, patients);
  // Without a positive there is nothing to find, and every alarm is false: that says nothing of the model.
  const somePositive = <T>(figure: T): T | null => (positives === 0 ? null : figure);
  const figures: ObservationMetrics = {
    rows,
    positives,
    prevalence: rows === 0 ? null : positives / rows,
    auroc: aurocOf(ranking),
    aurocInterval: spread && intervalOfSpread(spread),
    averagePrecision: averagePrecisionOf(ranking),
    averagePrecisionInterval: averagePrecisionInterval(scores, labels, patients, spread?.designEffect ?? 1, order),
    threshold,
    accuracy: accuracy(counts),
    accuracyInterval: decisions.accuracy,
    f1: somePositive(f1(counts)),
    f1Interval: somePositive(decisions.f1),
    precision: somePositive(precision(counts)),
    precisionInterval: somePositive(decisions.precision),
    recall: recall(counts),
    recallInterval: decisions.recall,
    specificity: specificity(counts),
    specificityInterval: decisions.specificity,
    binaryAccuracy: binaryAccuracy(scores, labels),
    brier: brier(scores, labels),
    brierInterval: brierInterval(scores, labels, patients),
    logLoss: logLoss(scores, labels),
    calibrationSlope: line.slope,
    calibrationSlopeInterval: ofLine.slope,
    calibrationSlopeFailure: line.failure,
    calibrationIntercept: line.intercept,
    calibrationInterceptInterval: ofLine.intercept,
    expectedCalibrationError: expectedCalibrationError(reliability(scores, labels)),
    confusion: counts,
  };
  return { figures, ranking, spread };
}
