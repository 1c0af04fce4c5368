import { studentQuantile } from "./intervals/quantiles.ts";
import type { Numbers } from "./metrics/ranking.ts";

/** Two models' scores of the same rows under the same labels (1, 0, NaN masked). */
export interface PairedColumn {
  readonly labels: Numbers;
  readonly candidate: Numbers;
  readonly reference: Numbers;
  /** Number of each row's patient, from 0. */
  readonly patients: Numbers;
}

/** How much larger a figure is of the candidate than of the reference on the same films. */
export interface PairedDifference {
  readonly value: number;
  readonly standardError: number;
  /** One-sided confidence bound. */
  readonly lower: number;
  /** Positive films, and patients that have one. */
  readonly positives: number;
  readonly patients: number;
}

/** With fewer the figures say little. */
const LEAST_DEGREES = 3;

/**
 * Standard errors that a one-sided bound is away: Student's t with a degree of freedom less than patients, counted as
 * Kish (1965) does, (sum of films)^2 / sum of films^2, so that a patient of many films is not one of many.
 */
export function errorsAway(confidence: number, filmsByPatient: Numbers): number {
  let [sum, squares] = [0, 0];
  for (let patient = 0; patient < filmsByPatient.length; patient += 1) {
    sum += filmsByPatient[patient]!;
    squares += filmsByPatient[patient]! ** 2;
  }
  return studentQuantile(confidence, Math.max((sum * sum) / squares - 1, LEAST_DEGREES));
}
