/** Mean and covariance of many vectors; matrices are row-major, side x side. */
export interface Spread {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
  /** Share of the sphere in the covariance, 0 to 1. */
  readonly shrinkage: number;
}

/**
 * Covariance drawn towards a sphere of the same variance as far as the error of the sample's own asks for, so that it
 * has an inverse however few the vectors are (Ledoit and Wolf 2004, "A well-conditioned estimator for large-dimensional
 * covariance matrices").
 * @param vectors count x side, count at least 1
 */
export function shrunkCovariance(vectors: ArrayLike<number>, side: number): Spread {
  const count = vectors.length / side;
  const mean = new Float64Array(side);
  for (let i = 0; i < vectors.length; i += 1) mean[i % side]! += vectors[i]! / count;

  const covariance = new Float64Array(side * side);
  const centred = new Float64Array(side);
  let fourth = 0;
  for (let row = 0; row < count; row += 1) {
    let length = 0;
    for (let i = 0; i < side; i += 1) {
      const value = vectors[row * side + i]! - mean[i]!;
      centred[i] = value;
      length += value * value;
    }
    fourth += length * length;
    for (let i = 0; i < side; i += 1) {
      const value = centred[i]! / count;
      for (let j = 0; j <= i; j += 1) covariance[i * side + j]! += value * centred[j]!;
    }
  }
  let [trace, squares] = [0, 0];
  for (let i = 0; i < side; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const value = covariance[i * side + j]!;
      covariance[j * side + i] = value;
      squares += 2 * value * value;
    }
    trace += covariance[i * side + i]!;
    squares += covariance[i * side + i]! ** 2;
  }
  const sphere = trace / side;
  const distance = squares - side * sphere * sphere;
  const error = Math.min(distance, (fourth / count - squares) / count);
  const shrinkage = error > 0 ? error / distance : 0;
  for (let i = 0; i < covariance.length; i += 1) covariance[i]! *= 1 - shrinkage;
  for (let i = 0; i < side; i += 1) covariance[i * side + i]! += shrinkage * sphere;
  return { mean, covariance, shrinkage };
}

/**
 * Lower triangular W with W C W' = I, so that |W (x - mean)| is Mahalanobis's distance: the inverse of Cholesky's factor.
 * @returns row-major, side x side; null where the matrix is not positive definite
 */
export function whitening(covariance: Float64Array, side: number): Float64Array | null {
  const factor = new Float64Array(side * side);
  for (let i = 0; i < side; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let rest = covariance[i * side + j]!;
      for (let k = 0; k < j; k += 1) rest -= factor[i * side + k]! * factor[j * side + k]!;
      if (i === j && !(rest > 0)) return null;
      factor[i * side + j] = i === j ? Math.sqrt(rest) : rest / factor[j * side + j]!;
    }
  }
  const inverse = new Float64Array(side * side);
  for (let i = 0; i < side; i += 1) {
    const pivot = 1 / factor[i * side + i]!;
    const row = inverse.subarray(i * side, (i + 1) * side);
    for (let k = 0; k < i; k += 1) {
      const weight = factor[i * side + k]! * pivot;
      if (weight === 0) continue;
      for (let j = 0; j <= k; j += 1) row[j]! -= weight * inverse[k * side + j]!;
    }
    row[i] = pivot;
  }
  return inverse;
}
