import { fallingOrder } from "./falling-order.ts";

/** Numbers by index: a typed array or a plain one. */
export type Numbers = ArrayLike<number>;

/**
 * Scores of one observation in falling order, equal scores as one entry. Every ranking metric is a sum over it.
 * Labels: 1 is positive, 0 negative, NaN masked and left out.
 */
export interface Ranking {
  /** Distinct scores, falling; entry k stands for the decision "positive where score >= thresholds[k]". */
  readonly thresholds: Float64Array;
  /** Positives among the rows with score >= thresholds[k]. */
  readonly truePositives: Float64Array;
  /** Negatives among the rows with score >= thresholds[k]. */
  readonly falsePositives: Float64Array;
  readonly positives: number;
  readonly negatives: number;
}

/** Rows whose label is not masked, by falling score. @throws RangeError on a score that is NaN */
export function orderByScore(scores: Numbers, labels: Numbers): Uint32Array {
  if (scores.length !== labels.length) throw new RangeError(`${scores.length} scores for ${labels.length} labels`);
  const order = new Uint32Array(scores.length);
  let count = 0;
  for (let row = 0; row < scores.length; row += 1) {
    if (Number.isNaN(labels[row]!)) continue;
    if (Number.isNaN(scores[row]!)) throw new RangeError(`score of row ${row} is not a number`);
    order[count] = row;
    count += 1;
  }
  return fallingOrder(scores, order.subarray(0, count));
}

/** Ranks one observation's scores, in time linear in its rows. */
export function rank(scores: Numbers, labels: Numbers, order = orderByScore(scores, labels)): Ranking {
  const thresholds = new Float64Array(order.length);
  const truePositives = new Float64Array(order.length);
  const falsePositives = new Float64Array(order.length);
  let entries = 0;
  let positives = 0;
  for (let i = 0; i < order.length; i += 1) {
    const row = order[i]!;
    if (labels[row]! > 0.5) positives += 1;
    if (i + 1 < order.length && scores[order[i + 1]!] === scores[row]) continue;
    thresholds[entries] = scores[row]!;
    truePositives[entries] = positives;
    falsePositives[entries] = i + 1 - positives;
    entries += 1;
  }
  return {
    thresholds: thresholds.subarray(0, entries),
    truePositives: truePositives.subarray(0, entries),
    falsePositives: falsePositives.subarray(0, entries),
    positives,
    negatives: order.length - positives,
  };
}
