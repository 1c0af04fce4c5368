import type { Numbers } from "../metrics/ranking.ts";
import { studentQuantile } from "./quantiles.ts";

/** How far a figure varies when patients are drawn anew, from what each of them adds to it. */
export interface ClusterSpread {
  /** Variance of the sum of what the patients add. */
  readonly variance: number;
  /** How many patients stand behind that variance: all where they add alike, few where few add most. */
  readonly evidence: number;
}

/**
 * @param influence what each patient adds to the figure's error; they sum to 0
 * @param patients those with a row in the figure
 */
export function clusterSpread(influence: Numbers, patients: number): ClusterSpread {
  let [squares, fourths] = [0, 0];
  for (let patient = 0; patient < influence.length; patient += 1) {
    const square = influence[patient]! * influence[patient]!;
    squares += square;
    fourths += square * square;
  }
  return {
    variance: patients > 1 ? (squares * patients) / (patients - 1) : 0,
    evidence: fourths > 0 ? (squares * squares) / fourths : 0,
  };
}

/** A measured ratio of variances drawn to the expected one, which counts as so much evidence (Smyth 2004). */
export const moderated = (expected: number, measured: number, evidence: number, weight: number): number =>
  (weight * expected + evidence * measured) / (weight + evidence);

/** Correlation of one patient's rows that is taken for granted, by so many patients' weight, until rows tell another. */
const [EXPECTED_CORRELATION, EXPECTED_WEIGHT] = [0.5, 5];

/**
 * Variance over patients relative to that of as many independent rows, at least 1. Few errors say little of it, and none
 * at all nothing: what was measured is drawn to what a correlation of 0.5 within patients would make.
 * @param influence what each patient adds to the figure's error
 * @param rows of each patient in the figure
 * @param independent the figure's variance over independent rows
 */
export function clusterDesignEffect(influence: Numbers, rows: Numbers, independent: number) {
  let [patients, count, pairs] = [0, 0, 0];
  for (let patient = 0; patient < rows.length; patient += 1) {
    if (rows[patient] === 0) continue;
    patients += 1;
    count += rows[patient]!;
    pairs += rows[patient]! * (rows[patient]! - 1);
  }
  const expected = 1 + (EXPECTED_CORRELATION * pairs) / Math.max(1, count);
  const { variance, evidence } = clusterSpread(influence, patients);
  const measured = independent > 0 ? variance / independent : expected;
  const drawn = moderated(expected, measured, evidence, EXPECTED_WEIGHT);
  return { patients, designEffect: pairs === 0 ? 1 : Math.max(1, drawn) };
}

/**
 * Quantile for a standard error of which the design effect was measured on so many patients: of all the variance the
 * part that is due to patients has patients - 1 degrees of freedom (Satterthwaite 1946).
 */
export function clusterQuantile(confidence: number, designEffect: number, patients: number): number {
  const share = (designEffect - 1) / designEffect;
  return studentQuantile((1 + confidence) / 2, Math.max(1, patients - 1) / (share * share));
}

/** One more than the highest number of a patient. */
export function patientCount(patients: Numbers): number {
  let most = -1;
  for (let row = 0; row < patients.length; row += 1) if (patients[row]! > most) most = patients[row]!;
  return most + 1;
}
