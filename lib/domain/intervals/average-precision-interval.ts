import { type Numbers, orderByScore } from "../metrics/ranking.ts";
import { clusterQuantile, clusterSpread, moderated, patientCount } from "./clusters.ts";
import { type Interval, scoreInterval } from "./score-interval.ts";

/** Weights, in rows and in patients, of the expected variance and design effect beside the measured ones. */
const SHAPE_WEIGHT = 10;
const DESIGN_WEIGHT = 10;

/**
 * Interval for an average precision over rows of which a patient may have several: a score interval whose variance is a
 * proportion's over the positives (Boyd, Eng and Page 2013) until the linearised variance over rows and patients shows
 * another; the design effect is never below 1.
 * @param designEffect that is expected: of the same rows' AUROC
 * @param order of the rows, as `orderByScore` gives it
 * @returns null without a positive
 */
export function averagePrecisionInterval(
  scores: Numbers,
  labels: Numbers,
  patients: Numbers,
  designEffect: number,
  order = orderByScore(scores, labels),
  confidence = 0.95,
): Interval | null {
  const count = patientCount(patients);
  const { entries, positives, sum, halved } = entriesOf(scores, labels, order);
  if (positives === 0) return null;
  const value = sum / positives;
  const influence = new Float64Array(count);
  const seen = new Uint8Array(count);
  let [ofPositives, ofNegatives, squares, fourths] = [0, 0, 0, 0];
  // From the lowest score up: what a row adds depends on the positives at its score and below.
  for (let k = entries.length - 1; k >= 0; k -= 1) {
    const { start, end, found, truePositives } = entries[k]!;
    const called = end;
    ofPositives += (found * (called - truePositives)) / called ** 2;
    ofNegatives -= (found * truePositives) / called ** 2;
    for (let i = start; i < end; i += 1) {
      const row = order[i]!;
      const isPositive = labels[row]! > 0.5;
      const own = (isPositive ? truePositives / called - value + ofPositives : ofNegatives) / positives;
      influence[patients[row]!]! += own;
      seen[patients[row]!] = 1;
      squares += own * own;
      fourths += own ** 4;
    }
  }
  const known = seen.reduce((total, one) => total + one, 0);
  const binomial = Math.max(value * (1 - value), 1e-12) / positives;
  const shape = squares > 0 ? moderated(1, squares / binomial, squares ** 2 / fourths, SHAPE_WEIGHT) : 1;
  const { variance, evidence } = clusterSpread(influence, known);
  const measured = squares > 0 ? variance / squares : designEffect;
  const effect = Math.max(1, moderated(designEffect, measured, evidence, DESIGN_WEIGHT));
  const effective = positives / (shape * effect);
  const around = (estimate: number): Interval =>
    scoreInterval(estimate, (v) => (v * (1 - v)) / effective, clusterQuantile(confidence, effect, known));
  return [around(halved / positives)[0], around(value)[1]];
}

/** Rows of one score in the order. */
interface Entry {
  readonly start: number;
  readonly end: number;
  /** Positives of that score, and of that or a higher one. */
  readonly found: number;
  readonly truePositives: number;
}

function entriesOf(scores: Numbers, labels: Numbers, order: Uint32Array) {
  const entries: Entry[] = [];
  let [start, before, positives, sum, halved] = [0, 0, 0, 0, 0];
  for (let i = 0; i < order.length; i += 1) {
    if (labels[order[i]!]! > 0.5) positives += 1;
    if (i + 1 < order.length && scores[order[i + 1]!] === scores[order[i]!]) continue;
    entries.push({ start, end: i + 1, found: positives - before, truePositives: positives });
    sum += ((positives - before) * positives) / (i + 1);
    halved += ((positives - before) * (positives - 0.5)) / (i + 0.5);
    before = positives;
    start = i + 1;
  }
  return { entries, positives, sum, halved };
}
