import { aurocSpread, intervalOfSpread } from "../intervals/auroc-interval.ts";
import { clusterDesignEffect, clusterQuantile } from "../intervals/clusters.ts";
import { proportionInterval } from "../intervals/proportion-interval.ts";
import { type Interval, scoreInterval } from "../intervals/score-interval.ts";
import type { Numbers } from "../metrics/ranking.ts";

/** By what groups are compared. */
export const SUBGROUP_FIGURES = ["auroc", "falseNegativeRate", "falsePositiveRate", "calibrationInTheLarge"] as const;
export type SubgroupFigureName = (typeof SUBGROUP_FIGURES)[number];

/** A figure of one observation among the films of one group. */
export interface GroupFigure {
  readonly value: number;
  /** What each of the group's patients adds to its error. */
  readonly influence: Float64Array;
  intervalAt(confidence: number): Interval;
}

/** Figures of one observation in one group, null where a class that they need is missing. */
export interface GroupFigures extends Readonly<Record<SubgroupFigureName, GroupFigure | null>> {
  readonly rows: number;
  readonly positives: number;
  /** Mean probability; null without rows. */
  readonly expected: number | null;
}

/** One observation's films of a group. Labels: 1, 0, NaN masked. */
export interface GroupRows {
  readonly scores: Float64Array;
  readonly labels: Float64Array;
  /** Positive where the score is at least this. */
  readonly threshold: number;
  /** Number of each row's patient, from 0. */
  readonly patients: Uint32Array;
  readonly patientCount: number;
  /** Unmasked rows by falling score. */
  readonly order: Uint32Array;
}

/**
 * `falseNegativeRate`: share of positives that the operating point misses; `falsePositiveRate`: share of negatives that
 * it calls positive, which of "No Finding" is the underdiagnosis of Seyyed-Kalantari et al. (2021);
 * `calibrationInTheLarge`: share of positives less mean probability (Van Calster et al. 2019), above 0 where the
 * probabilities are too low.
 */
export function groupFigures(of: GroupRows): GroupFigures {
  const { scores, labels, threshold, patients, patientCount, order } = of;
  const [positives, negatives, errors] = [sums(patientCount), sums(patientCount), sums(patientCount)];
  let [expected, squares] = [0, 0];
  for (const row of order) {
    const isPositive = labels[row]! > 0.5;
    const isCalled = scores[row]! >= threshold;
    const error = Number(isPositive) - scores[row]!;
    add(isPositive ? positives : negatives, patients[row]!, Number(isPositive !== isCalled));
    add(errors, patients[row]!, error);
    expected += scores[row]!;
    squares += error * error;
  }
  const rows = order.length;
  const spread = aurocSpread(scores, labels, patients, order);
  return {
    rows,
    positives: positives.count,
    expected: rows === 0 ? null : expected / rows,
    auroc: spread && {
      value: spread.auroc,
      influence: spread.influence,
      intervalAt: (confidence) => intervalOfSpread(spread, confidence),
    },
    falseNegativeRate: proportion(positives),
    falsePositiveRate: proportion(negatives),
    calibrationInTheLarge: calibration(errors, positives.count, expected, squares),
  };
}

/** Values and rows of each patient, and of all. */
interface Sums {
  readonly sums: Float64Array;
  readonly rows: Float64Array;
  total: number;
  count: number;
}

const sums = (patients: number): Sums => ({
  sums: new Float64Array(patients),
  rows: new Float64Array(patients),
  total: 0,
  count: 0,
});

function add(to: Sums, patient: number, value: number): void {
  to.sums[patient]! += value;
  to.rows[patient]! += 1;
  to.total += value;
  to.count += 1;
}

/** What each patient adds to the error of a mean over rows. */
const influenceOnMean = (of: Sums, mean: number): Float64Array =>
  of.sums.map((sum, patient) => (sum - mean * of.rows[patient]!) / of.count);

function proportion(of: Sums): GroupFigure | null {
  if (of.count === 0) return null;
  const value = of.total / of.count;
  return {
    value,
    influence: influenceOnMean(of, value),
    intervalAt: (confidence) => proportionInterval(of, confidence)!,
  };
}

/**
 * Its interval is that of the share of positives, less the mean probability; by a score interval whose variance is that
 * of the errors, since films of high probability vary less than a proportion does.
 */
function calibration(errors: Sums, positives: number, expected: number, squares: number): GroupFigure | null {
  const rows = errors.count;
  if (positives === 0 || positives === rows) return null;
  const value = errors.total / rows;
  const [observed, predicted] = [positives / rows, expected / rows];
  const influence = influenceOnMean(errors, value);
  const independent = Math.max(0, squares / rows - value * value) / rows;
  const { designEffect, patients } = clusterDesignEffect(influence, errors.rows, independent);
  const scale = (designEffect * independent) / (observed * (1 - observed));
  return {
    value,
    influence,
    intervalAt: (confidence) => {
      const quantile = clusterQuantile(confidence, designEffect, patients);
      const [low, high] = scoreInterval(observed, (share) => scale * share * (1 - share), quantile);
      return [low - predicted, high - predicted];
    },
  };
}

/** Smallest counts of both classes that a comparison by a figure rests on. */
export function isComparable(figure: SubgroupFigureName, { rows, positives }: GroupFigures, least: number): boolean {
  const negatives = rows - positives;
  if (figure === "falseNegativeRate") return positives >= least;
  if (figure === "falsePositiveRate") return negatives >= least;
  return Math.min(positives, negatives) >= least;
}

/** Numbers by index, gathered at the rows. */
export const gather = (values: Numbers, rows: Uint32Array): Float64Array =>
  Float64Array.from(rows, (row) => values[row]!);
