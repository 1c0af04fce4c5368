import type { Numbers } from "./ranking.ts";

/**
 * Share of right decisions at 0.5 as Keras counts them: positive where the probability is above 0.5, not at it. The
 * published study's "accuracy". Null where every label (1, 0, NaN masked) is masked.
 */
export function binaryAccuracy(probabilities: Numbers, labels: Numbers): number | null {
  let right = 0;
  let rows = 0;
  for (let row = 0; row < labels.length; row += 1) {
    const label = labels[row]!;
    if (Number.isNaN(label)) continue;
    rows += 1;
    if (probabilities[row]! > 0.5 === label > 0.5) right += 1;
  }
  return rows === 0 ? null : right / rows;
}
