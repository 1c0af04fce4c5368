import { type Numbers, orderByScore } from "./metrics/ranking.ts";
import type { PairedColumn, PairedDifference } from "./paired-difference.ts";

/**
 * Difference of two AUROCs on the same films with the standard error of Obuchowski (1997, equations 2 to 4), which is
 * DeLong's (1988) with a patient's films taken together.
 * @returns null where fewer than two patients have a positive film, or fewer than two a negative one
 */
export function aurocDifference({ labels, candidate, reference, patients }: PairedColumn): PairedDifference | null {
  const [ours, theirs] = [placements(candidate, labels), placements(reference, labels)];
  const count = 1 + Array.from(patients).reduce((most, patient) => Math.max(most, patient), -1);
  const positives = clusters(count);
  const negatives = clusters(count);
  for (let row = 0; row < labels.length; row += 1) {
    if (Number.isNaN(labels[row]!)) continue;
    const of = labels[row]! > 0.5 ? positives : negatives;
    const patient = patients[row]!;
    of.films[patient]! += 1;
    of.sums[patient]! += ours[row]! - theirs[row]!;
  }
  const [m, n] = [total(positives.films), total(negatives.films)];
  const [withPositive, withNegative] = [holders(positives.films), holders(negatives.films)];
  if (withPositive < 2 || withNegative < 2) return null;
  const value = total(positives.sums) / m;
  const [s10, s01, s11] = [0, 0, 0];
  let [ofPositives, ofNegatives, shared, all] = [s10, s01, s11, 0];
  for (let patient = 0; patient < count; patient += 1) {
    const own = positives.sums[patient]! - positives.films[patient]! * value;
    const other = negatives.sums[patient]! - negatives.films[patient]! * value;
    ofPositives += own * own;
    ofNegatives += other * other;
    shared += own * other;
    if (positives.films[patient]! + negatives.films[patient]! > 0) all += 1;
  }
  const variance =
    ((withPositive / (withPositive - 1)) * ofPositives) / (m * m) +
    ((withNegative / (withNegative - 1)) * ofNegatives) / (n * n) +
    (2 * (all / (all - 1)) * shared) / (m * n);
  const standardError = Math.sqrt(Math.max(variance, 0));
  return { value, centre: value, standardError, positives: m, patients: withPositive };
}

/** Share of the other class that each row is on the right side of, ties counting half; 0 where masked. */
function placements(scores: Numbers, labels: Numbers): Float64Array {
  const order = orderByScore(scores, labels);
  const placed = new Float64Array(labels.length);
  let positivesAbove = 0;
  let negativesAbove = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    let [positives, negatives] = [0, 0];
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) {
      if (labels[order[end]!]! > 0.5) positives += 1;
      else negatives += 1;
      end += 1;
    }
    for (let i = start; i < end; i += 1) {
      const row = order[i]!;
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

interface Clusters {
  /** Films and sums of differences by patient. */
  readonly films: Float64Array;
  readonly sums: Float64Array;
}
const clusters = (count: number): Clusters => ({ films: new Float64Array(count), sums: new Float64Array(count) });
const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
const holders = (films: Float64Array): number => films.reduce((count, own) => count + (own > 0 ? 1 : 0), 0);
