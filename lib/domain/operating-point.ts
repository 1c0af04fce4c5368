import { type Numbers, type Ranking, rank } from "./metrics/ranking.ts";

/** Used where the tuning patients can't tell: no positive or no negative among them. */
export const DEFAULT_THRESHOLD = 0.5;

/** Of an observation that no training film had a label of: whatever its output says was never learned, and calls nothing. */
export const UNLEARNED_THRESHOLD = 1;

/** What a threshold is chosen for: the larger the better, at entry k of a ranking. */
const GAIN = {
  /** F1 of the positive decisions (van Rijsbergen 1979). */
  "max-f1": (r: Ranking, k: number) =>
    (2 * r.truePositives[k]!) / (r.positives + r.truePositives[k]! + r.falsePositives[k]!),
  /** Sensitivity + specificity - 1 (Youden 1950). */
  youden: (r: Ranking, k: number) => r.truePositives[k]! / r.positives - r.falsePositives[k]! / r.negatives,
} as const;

export type OperatingPointName = keyof typeof GAIN | "fixed-0.5";

/**
 * A rule by name, or a sensitivity (recall) or specificity to reach on the tuning patients: the threshold that reaches
 * it and gives away least of the other.
 */
export type OperatingPointRule =
  | OperatingPointName
  | { readonly sensitivity: number }
  | { readonly specificity: number };

/** Rounding of a share of rows. */
const ROUNDING = 1e-12;

/**
 * Threshold for "positive where probability >= threshold", chosen on tuning patients. It stands halfway between the
 * lowest score it accepts and the highest that it refuses; of equally good ones the highest.
 * @param probabilities calibrated, in [0, 1]
 * @param labels 1, 0, NaN masked
 */
export function operatingPoint(rule: OperatingPointRule, probabilities: Numbers, labels: Numbers): number {
  if (rule === "fixed-0.5") return DEFAULT_THRESHOLD;
  const ranking = rank(probabilities, labels);
  if (ranking.positives === 0 || ranking.negatives === 0) return DEFAULT_THRESHOLD;
  return halfway(ranking, lastAccepted(rule, ranking));
}

/** The rule in a few words: `max-f1`, `sensitivity-0.9`. */
export const operatingPointText = (rule: OperatingPointRule): string =>
  typeof rule === "string"
    ? rule
    : "sensitivity" in rule
      ? `sensitivity-${rule.sensitivity}`
      : `specificity-${rule.specificity}`;

/** Entry of the ranking that the rule accepts last; -1 accepts none. */
function lastAccepted(rule: Exclude<OperatingPointRule, "fixed-0.5">, r: Ranking): number {
  if (typeof rule === "string") {
    let best = 0;
    for (let k = 1; k < r.thresholds.length; k += 1) {
      if (GAIN[rule](r, k) > GAIN[rule](r, best) + ROUNDING) best = k;
    }
    return best;
  }
  if ("sensitivity" in rule) {
    return r.truePositives.findIndex((found) => found / r.positives >= rule.sensitivity - ROUNDING);
  }
  return r.falsePositives.findLastIndex((wrong) => 1 - wrong / r.negatives >= rule.specificity - ROUNDING);
}

/** Between the scores on both sides, where that is a number of its own; the next score below is never accepted. */
function halfway({ thresholds }: Ranking, last: number): number {
  const accepted = thresholds[last] ?? 1;
  const refused = thresholds[last + 1];
  if (refused === undefined) return accepted;
  const middle = (accepted + refused) / 2;
  return middle > refused ? middle : accepted;
}
