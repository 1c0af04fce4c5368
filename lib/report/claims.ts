import type { Evaluation } from "../contracts/evaluation.ts";
import { OBSERVATIONS, type Observation } from "../domain/observations.ts";

/** Fewer positives or negatives than this among the test patients, and a figure is shown but nothing is claimed. */
export const LEAST_FOR_CLAIM = 30;

/** Observations whose figures rest on enough test films of both kinds. */
export const claimed = ({ perObservation }: Evaluation): Observation[] =>
  OBSERVATIONS.filter((name) => {
    const { rows, positives } = perObservation[name];
    return Math.min(positives, rows - positives) >= LEAST_FOR_CLAIM;
  });
