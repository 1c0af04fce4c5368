/** What the serving graph answers for one film, arrays in the order of the observations. */
export interface Prediction {
  readonly logits: Float32Array;
  /** Calibrated, in [0, 1]. */
  readonly probabilities: Float32Array;
  /** Grad-CAM of every observation, 14 x rows x columns, each at least 0 and not normalised; null when not asked for. */
  readonly maps: { readonly rows: number; readonly columns: number; readonly values: Float32Array } | null;
}
