import type { Numbers } from "./ranking.ts";

/** Mean negative log likelihood, 0 is best; a certainty that is wrong counts as one of 1 - 2^-52 (as in scikit-learn). */
export function logLoss(probabilities: Numbers, labels: Numbers): number | null {
  let sum = 0;
  let rows = 0;
  for (let row = 0; row < labels.length; row += 1) {
    const label = labels[row]!;
    if (Number.isNaN(label)) continue;
    const ofLabel = label > 0.5 ? probabilities[row]! : 1 - probabilities[row]!;
    sum -= Math.log(Math.min(Math.max(ofLabel, Number.EPSILON), 1 - Number.EPSILON));
    rows += 1;
  }
  return rows === 0 ? null : sum / rows;
}
