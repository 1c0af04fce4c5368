import type { Numbers } from "./ranking.ts";

/** Mean squared distance of probability and label (Brier 1950), 0 is best; null where every label is masked. */
export function brier(probabilities: Numbers, labels: Numbers): number | null {
  let sum = 0;
  let rows = 0;
  for (let row = 0; row < labels.length; row += 1) {
    const label = labels[row]!;
    if (Number.isNaN(label)) continue;
    sum += (probabilities[row]! - (label > 0.5 ? 1 : 0)) ** 2;
    rows += 1;
  }
  return rows === 0 ? null : sum / rows;
}
