import { type Numbers, type Ranking, rank } from "./ranking.ts";

/**
 * Area under the ROC curve: the chance that a positive scores above a negative, ties counting half
 * (Hanley and McNeil 1982); null where one class is missing. Labels: 1, 0, NaN masked.
 */
export const auroc = (scores: Numbers, labels: Numbers): number | null => aurocOf(rank(scores, labels));

export function aurocOf(ranking: Ranking): number | null {
  const { truePositives, falsePositives, positives, negatives } = ranking;
  if (positives === 0 || negatives === 0) return null;
  let pairs = 0;
  let lastTrue = 0;
  let lastFalse = 0;
  for (let k = 0; k < truePositives.length; k += 1) {
    pairs += (falsePositives[k]! - lastFalse) * (truePositives[k]! + lastTrue);
    lastTrue = truePositives[k]!;
    lastFalse = falsePositives[k]!;
  }
  return pairs / (2 * positives * negatives);
}
