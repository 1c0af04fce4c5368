import { type Line, sigmoid } from "../logistic.ts";
import type { CalibrationLine, CalibrationRows } from "../metrics/calibration-line.ts";
import type { Numbers } from "../metrics/ranking.ts";
import { clusterDesignEffect, clusterQuantile, patientCount } from "./clusters.ts";
import type { Interval } from "./score-interval.ts";

export interface CalibrationIntervals {
  readonly slope: Interval | null;
  readonly intercept: Interval | null;
}

/**
 * Intervals of a calibration line over rows of which a patient may have several: standard errors of the logistic fit,
 * raised by the design effect of the sandwich over patients (Liang and Zeger 1986; Cameron and Miller 2015), which counts
 * as far as patients enough show it and is never below 1. The intercept's inverts the score test, and so is as lopsided as
 * few positives make it. Null where the figure is not defined.
 * @param patients number of each row's patient in the table, from 0
 */
export function calibrationIntervals(
  { line, intercept, rows }: CalibrationLine,
  patients: Numbers,
  confidence = 0.95,
): CalibrationIntervals {
  return {
    slope: line && slopeInterval(rows, line, patients, confidence),
    intercept: intercept === null ? null : interceptInterval(rows, intercept, patients, confidence),
  };
}

function slopeInterval(rows: CalibrationRows, line: Line, patients: Numbers, confidence: number): Interval {
  const count = patientCount(patients);
  const [bySlope, byIntercept, seen] = [new Float64Array(count), new Float64Array(count), new Uint32Array(count)];
  let [h11, h10, h00] = [0, 0, 0];
  for (let i = 0; i < rows.logits.length; i += 1) {
    const x = rows.logits[i]!;
    const p = sigmoid(line.slope * x + line.intercept);
    const error = rows.targets[i]! - p;
    const patient = patients[rows.rows[i]!]!;
    bySlope[patient]! += error * x;
    byIntercept[patient]! += error;
    seen[patient]! += 1;
    h11 += p * (1 - p) * x * x;
    h10 += p * (1 - p) * x;
    h00 += p * (1 - p);
  }
  const variance = h00 / (h11 * h00 - h10 * h10);
  const influence = bySlope.map((g, patient) => variance * (g - (h10 / h00) * byIntercept[patient]!));
  const { designEffect, patients: known } = clusterDesignEffect(influence, seen, variance);
  const quantile = clusterQuantile(confidence, designEffect, known);
  const reach = quantile * Math.sqrt(designEffect * variance);
  return [line.slope - reach, line.slope + reach];
}

/** Steps towards an end; each has at least half the distance of the one before it. */
const MOST_STEPS = 60;
const SMALL_STEP = 1e-6;

function interceptInterval(rows: CalibrationRows, at: number, patients: Numbers, confidence: number): Interval {
  const count = patientCount(patients);
  const [errors, seen] = [new Float64Array(count), new Uint32Array(count)];
  for (let i = 0; i < rows.logits.length; i += 1) {
    const patient = patients[rows.rows[i]!]!;
    errors[patient]! += rows.targets[i]! - sigmoid(rows.logits[i]! + at);
    seen[patient]! += 1;
  }
  const information = scoreAt(rows, at).information;
  const { designEffect, patients: known } = clusterDesignEffect(errors, seen, information);
  const quantile = clusterQuantile(confidence, designEffect, known);
  const reach = quantile * Math.sqrt(designEffect / information);
  const end = (sign: -1 | 1): number => {
    let [within, out] = [at, Number.NaN];
    let value = at + sign * reach;
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const { score, information: here } = scoreAt(rows, value);
      // Beyond the end the score is too many of its standard errors away.
      const excess = Math.abs(score) / Math.sqrt(designEffect * here) - quantile;
      if (excess > 0) out = value;
      else within = value;
      if (Math.abs(excess) < SMALL_STEP) break;
      const next = value - sign * excess * Math.sqrt(designEffect / here);
      const isBetween = Number.isNaN(out) || (next - within) * (next - out) < 0;
      value = isBetween ? next : (within + out) / 2;
    }
    return value;
  };
  return [end(-1), end(1)];
}

/** Targets less probabilities, and the variance of that sum over independent rows. */
function scoreAt({ logits, targets }: CalibrationRows, intercept: number) {
  let [score, information] = [0, 0];
  for (let i = 0; i < logits.length; i += 1) {
    const p = sigmoid(logits[i]! + intercept);
    score += targets[i]! - p;
    information += p * (1 - p);
  }
  return { score, information };
}
