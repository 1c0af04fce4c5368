import { shrunkCovariance, whitening } from "./shrunk-covariance.ts";

/** Where a network's pooled features of the films lie that it learned from. */
export interface FeatureSpace {
  /** Of features of length 1. */
  readonly mean: ArrayLike<number>;
  /** Lower triangular, row-major: see whitening(). */
  readonly whitening: ArrayLike<number>;
}

/** Features of length 1; all zeros stay so. */
function normalised(features: ArrayLike<number>): Float64Array {
  let squares = 0;
  for (let i = 0; i < features.length; i += 1) squares += features[i]! ** 2;
  const length = Math.sqrt(squares) || 1;
  return Float64Array.from(features, (value) => value / length);
}

/**
 * @param rows features of each film
 * @returns null where they don't differ
 */
export function fitFeatureSpace(rows: readonly ArrayLike<number>[]): FeatureSpace | null {
  const side = rows[0]?.length ?? 0;
  if (side === 0) return null;
  const vectors = new Float64Array(rows.length * side);
  rows.forEach((row, i) => {
    vectors.set(normalised(row), i * side);
  });
  const { mean, covariance } = shrunkCovariance(vectors, side);
  const matrix = whitening(covariance, side);
  return matrix && { mean, whitening: matrix };
}

/**
 * How far from the training films a film lies: Mahalanobis's distance of its features at length 1 (Lee et al. 2018,
 * arXiv:1807.03888; at length 1 it tells unseen kinds of picture apart better: Mueller and Hein 2025, arXiv:2505.18032).
 */
export function novelty({ mean, whitening }: FeatureSpace, features: ArrayLike<number>): number {
  const side = mean.length;
  const away = normalised(features).map((value, i) => value - mean[i]!);
  let squares = 0;
  for (let i = 0; i < side; i += 1) {
    let sum = 0;
    for (let j = 0; j <= i; j += 1) sum += whitening[i * side + j]! * away[j]!;
    squares += sum * sum;
  }
  return Math.sqrt(squares);
}

/** Share of films of the usual kind that may be beyond the limit; half of the 2 % that the service promises. */
const FALSE_SHARE = 0.01;
/**
 * What the limit lies beyond that quantile: films of one patient are alike, so a few hundred tell less of the far end than
 * their number says. What is no chest film lies further by a third and more.
 */
export const MARGIN = 1.1;
/** With fewer, even the largest distance is passed by more than 2 % of such films. */
export const LEAST_FOR_LIMIT = 49;

/**
 * The distance that films of the same kind pass in one of a hundred cases, or less: a margin beyond the conformal quantile
 * of others that were not learned from (Vovk et al. 2005), at most the largest.
 * @returns null where there are too few to tell
 */
export function noveltyLimit(distances: readonly number[]): number | null {
  if (distances.length < LEAST_FOR_LIMIT) return null;
  const sorted = distances.toSorted((a, b) => a - b);
  const rank = Math.ceil((sorted.length + 1) * (1 - FALSE_SHARE));
  return sorted[Math.min(rank, sorted.length) - 1]! * MARGIN;
}
