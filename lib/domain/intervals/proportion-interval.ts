import type { Numbers } from "../metrics/ranking.ts";
import { clusterDesignEffect, clusterQuantile, moderated } from "./clusters.ts";
import { type Interval, scoreInterval } from "./score-interval.ts";

/** A mean of values in [0, 1], such as a share of rows, told by patient. */
export interface PatientShares {
  /** Sum of each patient's values: of 1 and 0, how many are 1. */
  readonly sums: Numbers;
  /** Rows of each patient. */
  readonly rows: Numbers;
  /** Sums of all values squared and to the fourth, less their mean; left out where they are 1 and 0. */
  readonly moments?: { readonly squares: number; readonly fourths: number };
}

/** Weight, in rows, of a proportion's variance beside the measured one of values between 0 and 1. */
const SHAPE_WEIGHT = 2;

/**
 * Interval for a proportion, or for a mean of values in [0, 1], over rows of which a patient may have several: Wilson's
 * score interval on the effective sample size, the rows over a design effect (Rao and Scott 1992; Saha, Miller and Wang
 * 2016). Values between 0 and 1 vary less than a proportion, as far as they show it.
 * @returns null without rows
 */
export function proportionInterval({ sums, rows, moments }: PatientShares, confidence = 0.95): Interval | null {
  let [sum, count] = [0, 0];
  for (let patient = 0; patient < rows.length; patient += 1) {
    sum += sums[patient]!;
    count += rows[patient]!;
  }
  if (count === 0) return null;
  const estimate = sum / count;
  const ofProportion = estimate * (1 - estimate);
  const variance = moments === undefined ? ofProportion : moments.squares / count;
  const shape =
    moments === undefined || moments.squares === 0
      ? 1
      : moderated(1, variance / ofProportion, moments.squares ** 2 / moments.fourths, SHAPE_WEIGHT);
  const influence = new Float64Array(rows.length);
  for (let patient = 0; patient < rows.length; patient += 1) {
    influence[patient] = (sums[patient]! - estimate * rows[patient]!) / count;
  }
  const { designEffect, patients } = clusterDesignEffect(influence, rows, variance / count);
  const effective = count / (shape * designEffect);
  return scoreInterval(
    estimate,
    (value) => (value * (1 - value)) / effective,
    clusterQuantile(confidence, designEffect, patients),
  );
}
