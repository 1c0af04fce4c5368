import { normalQuantile } from "../intervals/quantiles.ts";
import { normal, random } from "../random.ts";

/** Something measured, by what each patient adds to its error. */
export interface Measured {
  readonly patients: Uint32Array;
  readonly influence: Float64Array;
}

/** Difference of two measured figures, by their places, and its standard error over patients. */
export interface Difference {
  readonly a: number;
  readonly b: number;
  readonly standardError: number;
}

const ROUNDS = 1000;
/** Rounds that are summed at once. */
const BLOCK = 8;

/**
 * The largest of all differences, each over its standard error, where in truth there are none: its distribution by
 * drawing a normal weight for each patient (multiplier bootstrap; Chernozhukov, Chetverikov and Kato 2013), so that
 * differences keep the correlation that they have through their patients and groups. Westfall and Young (1993) correct
 * by it for having looked at them all.
 * @param patients how many there are
 * @returns the largest of each round, rising
 */
export function largestOfMany(
  measured: readonly Measured[],
  differences: readonly Difference[],
  patients: number,
  seed: number,
): Float64Array {
  const next = random(seed, "subgroups");
  const weights = new Float64Array(patients * BLOCK);
  const totals = new Float64Array(measured.length * BLOCK);
  const largest = new Float64Array(ROUNDS);
  const varying = differences.filter(({ standardError }) => standardError > 0);
  for (let round = 0; round < ROUNDS; round += BLOCK) {
    for (let i = 0; i < weights.length; i += 1) weights[i] = normal(next);
    for (const [place, figure] of measured.entries()) sumInto(totals, place * BLOCK, figure, weights);
    for (const { a, b, standardError } of varying) {
      for (let k = 0; k < BLOCK; k += 1) {
        const size = Math.abs(totals[a * BLOCK + k]! - totals[b * BLOCK + k]!) / standardError;
        if (size > largest[round + k]!) largest[round + k] = size;
      }
    }
  }
  return largest.sort();
}

function sumInto(totals: Float64Array, at: number, { patients, influence }: Measured, weights: Float64Array): void {
  let [s0, s1, s2, s3, s4, s5, s6, s7] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < patients.length; i += 1) {
    const value = influence[i]!;
    const from = patients[i]! * BLOCK;
    s0 += value * weights[from]!;
    s1 += value * weights[from + 1]!;
    s2 += value * weights[from + 2]!;
    s3 += value * weights[from + 3]!;
    s4 += value * weights[from + 4]!;
    s5 += value * weights[from + 5]!;
    s6 += value * weights[from + 6]!;
    s7 += value * weights[from + 7]!;
  }
  totals.set([s0, s1, s2, s3, s4, s5, s6, s7], at);
}

/** What the largest exceeds by chance in `error` of all rounds. */
export const criticalValue = (largest: Float64Array, error: number): number =>
  largest[Math.min(largest.length, Math.ceil((largest.length + 1) * (1 - error))) - 1]!;

/** Chance that the largest of all is at least so large where there are no differences. */
export function correctedP(largest: Float64Array, size: number): number {
  const beyond = largest.length - largest.findLastIndex((value) => value < size) - 1;
  return (1 + beyond) / (largest.length + 1);
}

const HALVINGS = 60;

/** Confidence of the two-sided interval that reaches so many standard errors. */
export function confidenceOf(size: number): number {
  let [low, high] = [0, 1];
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = (low + high) / 2;
    if (middle < 1 && normalQuantile((1 + middle) / 2) < size) low = middle;
    else high = middle;
  }
  return low;
}
