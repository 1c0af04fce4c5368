import type { ModelVersion } from "../contracts/model-version.ts";
import { forEachObservation, type Observation } from "../domain/observations.ts";
import type { Prediction } from "./prediction.ts";

/** What the model says of one observation. */
export interface Finding {
  readonly observation: Observation;
  /** Calibrated, in [0, 1]. */
  readonly probability: number;
  /** The version's operating point. */
  readonly threshold: number;
  /** Whether the probability reaches the threshold. */
  readonly positive: boolean;
}

/** All 14, in the order of CheXpert's columns. */
export const findings = (prediction: Prediction, { thresholds }: Pick<ModelVersion, "thresholds">): Finding[] =>
  forEachObservation((observation, index) => {
    const probability = prediction.probabilities[index]!;
    const threshold = thresholds[index]!;
    return { observation, probability, threshold, positive: probability >= threshold };
  });
