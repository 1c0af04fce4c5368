import type { Confusion } from "./confusion.ts";

/**
 * What decisions at a threshold are worth, in true positives a film (Vickers & Elkin 2006): whoever acts from the
 * probability t on holds a false positive for t / (1 - t) of a true one. It asks for calibrated probabilities.
 * @param threshold in [0, 1]
 * @returns at most the prevalence; null for a threshold of 1, at which no false positive is worth it, and without films
 */
export function netBenefit(
  { truePositive, falsePositive, trueNegative, falseNegative }: Confusion,
  threshold: number,
): number | null {
  const films = truePositive + falsePositive + trueNegative + falseNegative;
  if (films === 0 || threshold >= 1) return null;
  return (truePositive - (falsePositive * threshold) / (1 - threshold)) / films;
}

/** The same of calling every film positive; of calling none it is 0. */
export const netBenefitOfAll = (counts: Confusion, threshold: number): number | null =>
  netBenefit(
    {
      truePositive: counts.truePositive + counts.falseNegative,
      falsePositive: counts.falsePositive + counts.trueNegative,
      trueNegative: 0,
      falseNegative: 0,
    },
    threshold,
  );
