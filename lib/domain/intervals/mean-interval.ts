import type { Numbers } from "../metrics/ranking.ts";
import type { Interval } from "./score-interval.ts";

/** A figure in [0, 1] with its interval, and what each patient adds to its error. */
export interface MeanPart {
  readonly value: number;
  readonly interval: Interval;
  readonly influence: Numbers;
}

/**
 * Interval for the mean of figures over the same patients, recovered from their own intervals (MOVER; Zou and Donner
 * 2008): distances from the estimates to their ends add up as standard errors do, with the correlations of what patients
 * add to each. As wide as its parts say, where an ordinary standard error would be 0 too. How lopsided it is falls with the
 * root of the number of independent parts, as the skewness of a mean does.
 * @param parts each of the same patients, in the same order
 * @returns null without parts
 */
export function meanInterval(parts: readonly MeanPart[]): Interval | null {
  if (parts.length === 0) return null;
  const mean = parts.reduce((sum, { value }) => sum + value, 0) / parts.length;
  const lengths = parts.map(({ influence }) => Math.sqrt(product(influence, influence)));
  const reaches = parts.map(({ value, interval }) => [value - interval[0], interval[1] - value] as const);
  let [below, above] = [0, 0];
  for (const [i, a] of parts.entries()) {
    for (const [j, b] of parts.entries()) {
      const scale = lengths[i]! * lengths[j]!;
      const correlation = i === j ? 1 : scale > 0 ? product(a.influence, b.influence) / scale : 0;
      below += correlation * reaches[i]![0] * reaches[j]![0];
      above += correlation * reaches[i]![1] * reaches[j]![1];
    }
  }
  const [low, high] = [below, above].map((square) => Math.sqrt(Math.max(0, square)) / parts.length) as [number, number];
  const meanWidth = reaches.reduce((sum, [a, b]) => sum + a + b, 0) / parts.length;
  const independent = Math.max(1, (meanWidth / (low + high)) ** 2);
  const half = (low + high) / 2;
  const lopsided = (high - low) / 2 / Math.sqrt(independent);
  return [Math.max(0, mean - half + lopsided), Math.min(1, mean + half + lopsided)];
}

function product(a: Numbers, b: Numbers): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i]! * b[i]!;
  return sum;
}
