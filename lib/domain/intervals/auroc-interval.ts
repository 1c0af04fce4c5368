import { type Numbers, orderByScore } from "../metrics/ranking.ts";
import { clusterQuantile, moderated, patientCount } from "./clusters.ts";
import { normalQuantile } from "./quantiles.ts";
import { type Interval, scoreInterval } from "./score-interval.ts";

/** An AUROC and how it varies with its patients. */
export interface AurocSpread {
  readonly auroc: number;
  readonly positives: number;
  readonly negatives: number;
  /** Patients with a row of either class. */
  readonly patients: number;
  /** Variances among positives and among negatives, relative to `componentVariance`. */
  readonly shapes: readonly [positives: number, negatives: number];
  /** Variance relative to that of as many independent rows, at least 1. */
  readonly designEffect: number;
  /** What each patient adds to the AUROC's error. */
  readonly influence: Float64Array;
}

/** Weight, in rows, of the expected shape beside the measured one; in patients, of the expected design effect. */
const SHAPE_WEIGHT = 10;
const DESIGN_WEIGHT = 20;

/**
 * Interval for an AUROC over rows of which a patient may have several: Newcombe's score-based one (2006, part 2, method
 * 5), with three things changed, because his covers 99 % of binormal scores above 0.95, too little where the classes
 * differ in spread, and knows no patients:
 * - the variance among the rows of a class lies between his (exponential scores) and that of normal ones;
 * - it is scaled to what DeLong's components (1988) show of each class, as far as rows enough show it;
 * - it is multiplied by a design effect: from the correlation of ranks within patients, drawn to the ratio of Obuchowski's
 *   clustered variance (1997) to DeLong's as patients become many; never below 1.
 * docs/statistics.md has its coverage beside those of others.
 * @param labels 1, 0, NaN masked
 * @param patients number of each row's patient, from 0
 * @returns null where one class is missing
 */
export function aurocInterval(scores: Numbers, labels: Numbers, patients: Numbers, confidence = 0.95): Interval | null {
  const spread = aurocSpread(scores, labels, patients);
  return spread && intervalOfSpread(spread, confidence);
}

export function intervalOfSpread(
  { auroc, positives, negatives, patients, shapes, designEffect }: AurocSpread,
  confidence = 0.95,
): Interval {
  const weight = (negatives - 1) * shapes[0] + (positives - 1) * shapes[1];
  const variance = (value: number): number =>
    (designEffect / (positives * negatives)) * (value * (1 - value) + weight * componentVariance(value));
  return scoreInterval(auroc, variance, clusterQuantile(confidence, designEffect, patients));
}

/** An AUROC as `meanInterval` takes it. */
export const partOfMean = (spread: AurocSpread) => ({
  value: spread.auroc,
  interval: intervalOfSpread(spread),
  influence: spread.influence,
});

/** Simpson's rule over the angle in `normalVariance`, in so many steps: to 1e-9. */
const STEPS = 16;
const ANGLES = Array.from({ length: STEPS + 1 }, (_, i) => ({
  scale: 1 / (1 + Math.sin((Math.PI / 6) * (i / STEPS))),
  weight: ((i === 0 || i === STEPS ? 1 : i % 2 === 1 ? 4 : 2) * (Math.PI / 6)) / (3 * STEPS) / (2 * Math.PI),
}));

/**
 * Variance over positives of P(a negative scores below) where scores are normal and of one spread: P(two positives above
 * a negative) - AUROC^2, a bivariate normal probability of correlation 1/2 by Plackett's identity (1954).
 */
function normalVariance(auroc: number): number {
  const square = normalQuantile(auroc) ** 2;
  let sum = 0;
  for (const { scale, weight } of ANGLES) sum += weight * Math.exp(-square * scale);
  return sum;
}

/** The same for exponential scores (Hanley and McNeil 1982), the mean of positives' and negatives'. */
const exponentialVariance = (auroc: number): number =>
  (auroc / (2 - auroc) + (2 * auroc * auroc) / (1 + auroc)) / 2 - auroc * auroc;

const componentVariance = (auroc: number): number =>
  auroc <= 0 || auroc >= 1 ? 0 : (normalVariance(auroc) + exponentialVariance(auroc)) / 2;

/** Sums over the rows of one class. */
interface ClassSums {
  rows: number;
  ranks: number;
  rankSquares: number;
  squares: number;
  fourths: number;
  /** By patient: rows, and components less the AUROC. */
  readonly rowsOf: Uint32Array;
  readonly components: Float64Array;
}

const classSums = (patients: number): ClassSums => ({
  ...{ rows: 0, ranks: 0, rankSquares: 0, squares: 0, fourths: 0 },
  rowsOf: new Uint32Array(patients),
  components: new Float64Array(patients),
});

/** @param order of the rows, as `orderByScore` gives it; null where one class is missing */
export function aurocSpread(
  scores: Numbers,
  labels: Numbers,
  patients: Numbers,
  order = orderByScore(scores, labels),
): AurocSpread | null {
  const count = patientCount(patients);
  const [positive, negative] = [classSums(count), classSums(count)];
  const ends = entryEnds(scores, order);
  const auroc = countClasses(labels, order, ends, positive, negative);
  if (auroc === null) return null;
  const standardised = standardiser(positive, negative);
  const rankSums = new Float64Array(count);
  let [start, above, aboveNegative] = [0, 0, 0];
  for (const end of ends) {
    let here = 0;
    for (let i = start; i < end; i += 1) if (labels[order[i]!]! > 0.5) here += 1;
    const negativesHere = end - start - here;
    const ofPositive = 1 - (aboveNegative + negativesHere / 2) / negative.rows - auroc;
    const ofNegative = (above + here / 2) / positive.rows - auroc;
    const rank = (start + end - 1) / 2;
    for (let i = start; i < end; i += 1) {
      const row = order[i]!;
      const patient = patients[row]!;
      const isPositive = labels[row]! > 0.5;
      const of = isPositive ? positive : negative;
      const component = isPositive ? ofPositive : ofNegative;
      const square = component * component;
      of.components[patient]! += component;
      of.rowsOf[patient]! += 1;
      of.squares += square;
      of.fourths += square * square;
      rankSums[patient]! += standardised(rank, isPositive);
    }
    above += here;
    aboveNegative += negativesHere;
    start = end;
  }
  return spreadOf(auroc, positive, negative, rankSums);
}

/** Where each run of equal scores ends in the order. */
function entryEnds(scores: Numbers, order: Uint32Array): Uint32Array {
  const ends = new Uint32Array(order.length);
  let entries = 0;
  for (let i = 0; i < order.length; i += 1) {
    if (i + 1 < order.length && scores[order[i + 1]!] === scores[order[i]!]) continue;
    ends[entries] = i + 1;
    entries += 1;
  }
  return ends.subarray(0, entries);
}

/** Counts rows and ranks of both classes. @returns the AUROC; null where one class is missing */
function countClasses(
  labels: Numbers,
  order: Uint32Array,
  ends: Uint32Array,
  positive: ClassSums,
  negative: ClassSums,
): number | null {
  let [start, pairs] = [0, 0];
  for (const end of ends) {
    const rank = (start + end - 1) / 2;
    const before = positive.rows;
    for (let i = start; i < end; i += 1) {
      const of = labels[order[i]!]! > 0.5 ? positive : negative;
      of.rows += 1;
      of.ranks += rank;
      of.rankSquares += rank * rank;
    }
    const negativesHere = end - start - (positive.rows - before);
    pairs += negativesHere * (positive.rows + before);
    start = end;
  }
  return positive.rows === 0 || negative.rows === 0 ? null : pairs / (2 * positive.rows * negative.rows);
}

/** Ranks less their class's mean, in its standard deviations. */
function standardiser(positive: ClassSums, negative: ClassSums): (rank: number, isPositive: boolean) => number {
  const of = ({ rows, ranks, rankSquares }: ClassSums) => {
    const mean = ranks / rows;
    const variance = rows > 1 ? (rankSquares - ranks * mean) / (rows - 1) : 0;
    return { mean, factor: variance > 1e-9 * mean * mean ? 1 / Math.sqrt(variance) : 0 };
  };
  const [ours, theirs] = [of(positive), of(negative)];
  return (rank, isPositive) => (isPositive ? (rank - ours.mean) * ours.factor : (rank - theirs.mean) * theirs.factor);
}

function spreadOf(auroc: number, positive: ClassSums, negative: ClassSums, rankSums: Float64Array): AurocSpread {
  const [m, n] = [positive.rows, negative.rows];
  const influence = new Float64Array(rankSums.length);
  let [patients, ofPositives, ofNegatives] = [0, 0, 0];
  let [crossed, positiveSquares, negativeSquares] = [0, 0, 0];
  let [positivePairs, negativePairs, mixedPairs, rankProducts] = [0, 0, 0, 0];
  for (let patient = 0; patient < rankSums.length; patient += 1) {
    const [p, q] = [positive.rowsOf[patient]!, negative.rowsOf[patient]!];
    if (p + q === 0) continue;
    const [a, b] = [positive.components[patient]!, negative.components[patient]!];
    patients += 1;
    if (p > 0) ofPositives += 1;
    if (q > 0) ofNegatives += 1;
    positiveSquares += a * a;
    negativeSquares += b * b;
    crossed += a * b;
    positivePairs += p * (p - 1);
    negativePairs += q * (q - 1);
    mixedPairs += p * q;
    rankProducts += rankSums[patient]! ** 2;
    influence[patient] = a / m + b / n;
  }
  const shapes = [shapeOf(auroc, positive, n), shapeOf(auroc, negative, m)] as const;

  // One correlation for all pairs of a patient's rows, within classes and across them.
  const pairs = positivePairs + negativePairs + 2 * mixedPairs;
  const ownProducts = Math.max(0, m - 1) + Math.max(0, n - 1);
  const correlation = pairs === 0 ? 0 : Math.min(1, Math.max(0, (rankProducts - ownProducts) / pairs));
  const [ofM, ofN] = [shapes[0] / m, shapes[1] / n];
  const expected =
    1 +
    (correlation *
      (ofM * (positivePairs / m) +
        ofN * (negativePairs / n) -
        (2 * Math.sqrt(shapes[0] * shapes[1]) * mixedPairs) / (m * n))) /
      (ofM + ofN);

  const besselOf = (clusters: number): number => (clusters > 1 ? clusters / (clusters - 1) : 1);
  const independent = positive.squares / Math.max(1, m - 1) / m + negative.squares / Math.max(1, n - 1) / n;
  const clustered =
    (besselOf(ofPositives) * positiveSquares) / m ** 2 +
    (besselOf(ofNegatives) * negativeSquares) / n ** 2 +
    (2 * besselOf(patients) * crossed) / (m * n);
  const evidence = Math.min(m ** 2 / (positivePairs + m), n ** 2 / (negativePairs + n));
  const measured = independent > 0 ? clustered / independent : expected;
  const designEffect = pairs === 0 ? 1 : Math.max(1, moderated(expected, measured, evidence, DESIGN_WEIGHT));
  return { auroc, positives: m, negatives: n, patients, shapes, designEffect, influence };
}

/** A class's variance relative to the expected one; `others` is the number of rows of the other class. */
function shapeOf(auroc: number, { rows, squares, fourths }: ClassSums, others: number): number {
  if (squares === 0 || rows < 2) return 1;
  const nearest = 1 / (2 * rows * others);
  const expected = componentVariance(Math.min(Math.max(auroc, nearest), 1 - nearest));
  return moderated(1, squares / (rows - 1) / expected, squares ** 2 / fourths, SHAPE_WEIGHT);
}
