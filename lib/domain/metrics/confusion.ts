import type { Numbers } from "./ranking.ts";

/** Decisions counted. */
export interface Confusion {
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly trueNegative: number;
  readonly falseNegative: number;
}

/** Decisions "positive where score >= threshold" against the labels (1, 0, NaN masked). */
export function confusion(scores: Numbers, labels: Numbers, threshold: number): Confusion {
  const counts = { truePositive: 0, falsePositive: 0, trueNegative: 0, falseNegative: 0 };
  for (let row = 0; row < labels.length; row += 1) {
    const label = labels[row]!;
    if (Number.isNaN(label)) continue;
    const decided = scores[row]! >= threshold;
    if (label > 0.5) counts[decided ? "truePositive" : "falseNegative"] += 1;
    else counts[decided ? "falsePositive" : "trueNegative"] += 1;
  }
  return counts;
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** Shares of right decisions; each null where its denominator is empty. */
export const accuracy = (c: Confusion): number | null =>
  share(c.truePositive + c.trueNegative, c.truePositive + c.falsePositive + c.trueNegative + c.falseNegative);
export const precision = (c: Confusion): number | null => share(c.truePositive, c.truePositive + c.falsePositive);
export const recall = (c: Confusion): number | null => share(c.truePositive, c.truePositive + c.falseNegative);
export const specificity = (c: Confusion): number | null => share(c.trueNegative, c.trueNegative + c.falsePositive);
/** Harmonic mean of precision and recall; null where there is neither a positive nor a positive decision. */
export const f1 = (c: Confusion): number | null =>
  share(2 * c.truePositive, 2 * c.truePositive + c.falsePositive + c.falseNegative);
