import { type Numbers, type Ranking, rank } from "./metrics/ranking.ts";

/** Used where the tuning patients can't tell: no positive or no negative among them. */
export const DEFAULT_THRESHOLD = 0.5;

/** What a threshold is chosen for: the larger the better, at entry k of a ranking. */
const GAIN = {
  /** F1 of the positive decisions (van Rijsbergen 1979). */
  "max-f1": (r: Ranking, k: number) =>
    (2 * r.truePositives[k]!) / (r.positives + r.truePositives[k]! + r.falsePositives[k]!),
  /** Sensitivity + specificity - 1 (Youden 1950). */
  youden: (r: Ranking, k: number) => r.truePositives[k]! / r.positives - r.falsePositives[k]! / r.negatives,
  "fixed-0.5": null,
} as const;

export type OperatingPointName = keyof typeof GAIN;

/**
 * Threshold for "positive where probability >= threshold", chosen on tuning patients. It stands halfway between the
 * lowest score it accepts and the highest that it refuses; of equally good ones the highest.
 * @param probabilities calibrated, in [0, 1]
 * @param labels 1, 0, NaN masked
 */
export function operatingPoint(rule: OperatingPointName, probabilities: Numbers, labels: Numbers): number {
  const gain = GAIN[rule];
  if (gain === null) return DEFAULT_THRESHOLD;
  const ranking = rank(probabilities, labels);
  if (ranking.positives === 0 || ranking.negatives === 0) return DEFAULT_THRESHOLD;
  let best = 0;
  for (let k = 1; k < ranking.thresholds.length; k += 1) {
    if (gain(ranking, k) > gain(ranking, best) + 1e-12) best = k;
  }
  const accepted = ranking.thresholds[best]!;
  const refused = ranking.thresholds[best + 1];
  if (refused === undefined) return accepted;
  const middle = (accepted + refused) / 2;
  return middle > refused ? middle : accepted;
}
