import { type Numbers, type Ranking, rank } from "./ranking.ts";

/**
 * Average precision: precision at each distinct score, weighted by the recall gained there, without interpolation
 * (scikit-learn's definition); null where there is no positive.
 */
export const averagePrecision = (scores: Numbers, labels: Numbers): number | null =>
  averagePrecisionOf(rank(scores, labels));

export function averagePrecisionOf(ranking: Ranking): number | null {
  const { truePositives, falsePositives, positives } = ranking;
  if (positives === 0) return null;
  let sum = 0;
  let last = 0;
  for (let k = 0; k < truePositives.length; k += 1) {
    const found = truePositives[k]!;
    sum += ((found - last) * found) / (found + falsePositives[k]!);
    last = found;
  }
  return sum / positives;
}
