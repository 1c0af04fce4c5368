import { patientCount } from "./intervals/clusters.ts";
import { sigmoid } from "./logistic.ts";
import { type Numbers, orderByScore } from "./metrics/ranking.ts";
import { errorsAway, type PairedColumn, type PairedDifference } from "./paired-difference.ts";

/** Positive films, half of their negatives below them, that both models are given: without them 1 would be certain. */
const ADDED = 0.25;

/**
 * Difference of two AUROCs on the same films. Variances and covariance are Obuchowski's (1997), which are DeLong's (1988)
 * with a patient's films taken together; the bound puts together the two models' intervals on the logit scale (MOVER, Zou
 * and Yue 2013), which near 1 are as lopsided as the truth: a symmetric bound errs two to three times as often as stated.
 * @param confidence of the one-sided bound
 * @returns null where fewer than two patients have a positive film, or fewer than two a negative one
 */
export function aurocDifference(column: PairedColumn, confidence: number): PairedDifference | null {
  const { labels, patients } = column;
  const count = patientCount(patients);
  const films = classFilms(labels, patients, count);
  const [withPositive, withNegative] = [holders(films.positive), holders(films.negative)];
  if (withPositive < 2 || withNegative < 2) return null;
  const [ours, theirs] = [column.candidate, column.reference].map((scores) =>
    influence(placements(scores, labels), column, films),
  );
  const of = (a: Influence, b: Influence): number => covariance(a, b, { withPositive, withNegative });
  const value = ours!.auroc - theirs!.auroc;

  // The added films move all three alike and leave the correlation as it was.
  const kept = withPositive / (withPositive + ADDED);
  const eased = (auroc: number): number => kept * auroc + (1 - kept) / 2;
  const added = (auroc: number): number =>
    (ADDED / (withPositive + ADDED) ** 2) * (auroc * (1 - auroc) + (auroc - 0.5) ** 2);
  const [a, b] = [eased(ours!.auroc), eased(theirs!.auroc)];
  const [own, other] = [of(ours!, ours!), of(theirs!, theirs!)];
  const correlation = own * other > 0 ? of(ours!, theirs!) / Math.sqrt(own * other) : 0;
  const [errorA, errorB] = [Math.sqrt(kept ** 2 * own + added(a)), Math.sqrt(kept ** 2 * other + added(b))];

  const away = errorsAway(confidence, films.positive);
  const below = a - onLogitScale(a, -away * errorA);
  const above = onLogitScale(b, away * errorB) - b;
  return {
    value,
    standardError: root(errorA, errorB, correlation),
    lower: value - root(below, above, correlation),
    positives: films.positive.reduce((sum, own) => sum + own, 0),
    patients: withPositive,
  };
}

/** Length of the difference of two errors. */
const root = (a: number, b: number, correlation: number): number =>
  Math.sqrt(Math.max(a * a + b * b - 2 * correlation * a * b, 0));

/** A share moved by so much on the logit scale as `by` is near it; in (0, 1). */
const onLogitScale = (share: number, by: number): number =>
  sigmoid(Math.log(share / (1 - share)) + by / (share * (1 - share)));

/** Films of each patient by class. */
interface ClassFilms {
  readonly positive: Float64Array;
  readonly negative: Float64Array;
}

function classFilms(labels: Numbers, patients: Numbers, count: number): ClassFilms {
  const films = { positive: new Float64Array(count), negative: new Float64Array(count) };
  for (let row = 0; row < labels.length; row += 1) {
    if (!Number.isNaN(labels[row]!)) films[labels[row]! > 0.5 ? "positive" : "negative"][patients[row]!]! += 1;
  }
  return films;
}

/** How far each patient's films of a class move a model's AUROC. */
interface Influence extends ClassFilms {
  readonly auroc: number;
}

function influence(placed: Float64Array, { labels, patients }: PairedColumn, films: ClassFilms): Influence {
  const [positives, negatives] = [films.positive, films.negative].map((own) => own.reduce((sum, n) => sum + n, 0));
  const sums = { positive: new Float64Array(films.positive.length), negative: new Float64Array(films.positive.length) };
  for (let row = 0; row < labels.length; row += 1) {
    if (!Number.isNaN(labels[row]!))
      sums[labels[row]! > 0.5 ? "positive" : "negative"][patients[row]!]! += placed[row]!;
  }
  const auroc = sums.positive.reduce((sum, n) => sum + n, 0) / positives!;
  return {
    auroc,
    positive: sums.positive.map((sum, patient) => (sum - films.positive[patient]! * auroc) / positives!),
    negative: sums.negative.map((sum, patient) => (sum - films.negative[patient]! * auroc) / negatives!),
  };
}

function covariance(
  a: Influence,
  b: Influence,
  { withPositive, withNegative }: { readonly withPositive: number; readonly withNegative: number },
): number {
  const patients = a.positive.length;
  let [positive, negative, mixed] = [0, 0, 0];
  for (let patient = 0; patient < patients; patient += 1) {
    positive += a.positive[patient]! * b.positive[patient]!;
    negative += a.negative[patient]! * b.negative[patient]!;
    mixed += a.positive[patient]! * b.negative[patient]! + a.negative[patient]! * b.positive[patient]!;
  }
  const unbiased = (count: number): number => count / (count - 1);
  return unbiased(withPositive) * positive + unbiased(withNegative) * negative + unbiased(patients) * mixed;
}

/** Share of the other class that each row is on the right side of, ties counting half; 0 where masked. */
function placements(scores: Numbers, labels: Numbers): Float64Array {
  const order = orderByScore(scores, labels);
  const placed = new Float64Array(labels.length);
  let [positivesAbove, negativesAbove] = [0, 0];
  for (let start = 0; start < order.length; ) {
    let end = start;
    let [positives, negatives] = [0, 0];
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) {
      if (labels[order[end]!]! > 0.5) positives += 1;
      else negatives += 1;
      end += 1;
    }
    for (const row of order.subarray(start, end)) {
      placed[row] = labels[row]! > 0.5 ? negativesAbove + negatives / 2 : positivesAbove + positives / 2;
    }
    positivesAbove += positives;
    negativesAbove += negatives;
    start = end;
  }
  for (const row of order) {
    placed[row] = labels[row]! > 0.5 ? 1 - placed[row]! / negativesAbove : placed[row]! / positivesAbove;
  }
  return placed;
}

const holders = (films: Float64Array): number => films.reduce((count, own) => count + (own > 0 ? 1 : 0), 0);
