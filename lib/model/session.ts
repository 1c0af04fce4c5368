import type { Weights } from "./weights.ts";

/** What a network is shown: count x size x size grey values, or, a head by itself, count x channels features. */
export type Input = Uint8Array | Float32Array;

/** How a batch's films are changed before a step sees them (lib/model/augmentation.ts). */
export interface Augmentation {
  /**
   * count x 8, rows of ImageProjectiveTransformV3: what stands at (x, y) is fetched from
   * (t0 x + t1 y + t2, t3 x + t4 y + t5); t6 = t7 = 0.
   */
  readonly transforms: Float32Array;
  /** count: the share by which grey values move away from the film's mean; 0 leaves them. */
  readonly contrasts: Float32Array;
}

/** Films and what is to be learned from them, `count` of them. */
export interface Batch<I extends Input = Input> {
  readonly count: number;
  readonly input: I;
  /** count x 14 targets in [0, 1]; NaN is left out of the loss and of its gradient. */
  readonly targets: Float32Array;
  /** For a session that augments, which needs it at every step. */
  readonly augmentation?: Augmentation;
}

/** Everything that a step changes: weights (batch statistics too) and Adam's two moments, by weight name. */
export interface TrainingState {
  readonly step: number;
  readonly weights: Weights;
  readonly firstMoments: Weights;
  readonly secondMoments: Weights;
  /** Moving average of all weights, where it is on. */
  readonly average: Weights | null;
}

/** A network under training; hides how a step is computed. State lives with the engine from call to call. */
export interface TrainingSession {
  /** One step of Adam on the mean masked cross-entropy. @returns that loss before the step */
  step(batch: Batch, learningRate: number): Promise<number>;
  /** Logits, count x 14, of the network as it would be served: running statistics, moving average where it is on. */
  infer(input: Input, count: number): Promise<Float32Array>;
  read(): Promise<TrainingState>;
  write(state: TrainingState): Promise<void>;
  dispose(): Promise<void>;
}
