import { brier } from "../metrics/brier.ts";
import type { Numbers } from "../metrics/ranking.ts";
import { patientCount } from "./clusters.ts";
import { proportionInterval } from "./proportion-interval.ts";
import type { Interval } from "./score-interval.ts";

/** Interval for a Brier score over rows of which a patient may have several: a mean of squared errors in [0, 1]. */
export function brierInterval(
  probabilities: Numbers,
  labels: Numbers,
  patients: Numbers,
  confidence = 0.95,
): Interval | null {
  const mean = brier(probabilities, labels);
  if (mean === null) return null;
  const count = patientCount(patients);
  const [sums, rows] = [new Float64Array(count), new Float64Array(count)];
  let [squares, fourths] = [0, 0];
  for (let row = 0; row < labels.length; row += 1) {
    const label = labels[row]!;
    if (Number.isNaN(label)) continue;
    const error = probabilities[row]! - (label > 0.5 ? 1 : 0);
    sums[patients[row]!]! += error * error;
    rows[patients[row]!]! += 1;
    const square = (error * error - mean) ** 2;
    squares += square;
    fourths += square * square;
  }
  return proportionInterval({ sums, rows, moments: { squares, fourths } }, confidence);
}
