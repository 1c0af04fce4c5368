/** How much larger a figure of one model is than the other's on the same films. */
export interface PairedDifference {
  readonly value: number;
  /** What the bound is counted from: `value`, or nearer to 0 where few films ask for it. */
  readonly centre: number;
  readonly standardError: number;
  /** Positive films, and patients that have one. */
  readonly positives: number;
  readonly patients: number;
}

/** Two models' scores of the same rows under the same labels (1, 0, NaN masked). */
export interface PairedColumn {
  readonly labels: ArrayLike<number>;
  readonly candidate: ArrayLike<number>;
  readonly reference: ArrayLike<number>;
  /** Number of each row's patient, from 0. */
  readonly patients: ArrayLike<number>;
}
