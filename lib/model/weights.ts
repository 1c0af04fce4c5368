/** A tensor of 32-bit floats in row-major order. */
export interface WeightTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Weights by `layer/variable`, named as Keras names them: `conv1/kernel`, `conv1_bn/moving_mean`. */
export type Weights = ReadonlyMap<string, WeightTensor>;
