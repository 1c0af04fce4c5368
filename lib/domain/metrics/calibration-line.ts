import { fitIntercept, fitLogistic, logit } from "../logistic.ts";
import type { Numbers } from "./ranking.ts";

export interface CalibrationLine {
  /** Of the labels over the logits (Cox 1958): 1 is right, less means that the probabilities are too extreme. */
  readonly slope: number | null;
  /** Calibration in the large (Van Calster et al. 2019), the slope held at 1: 0 is right, less means too high. */
  readonly intercept: number | null;
}

const UNDEFINED: CalibrationLine = { slope: null, intercept: null };

/**
 * Logistic recalibration of the probabilities against the labels (1, 0, NaN masked). The slope is not defined where
 * the probabilities part the classes; neither is defined where one class is missing.
 */
export function calibrationLine(probabilities: Numbers, labels: Numbers): CalibrationLine {
  const logits: number[] = [];
  const targets: number[] = [];
  const lowest = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] as [number, number];
  const highest = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY] as [number, number];
  for (let row = 0; row < labels.length; row += 1) {
    if (Number.isNaN(labels[row]!)) continue;
    const target = labels[row]! > 0.5 ? 1 : 0;
    const value = logit(probabilities[row]!);
    lowest[target] = Math.min(lowest[target], value);
    highest[target] = Math.max(highest[target], value);
    logits.push(value);
    targets.push(target);
  }
  if (lowest.includes(Number.POSITIVE_INFINITY)) return UNDEFINED;
  const parted = highest[0] <= lowest[1] || highest[1] <= lowest[0];
  return {
    slope: parted ? null : (fitLogistic(logits, targets)?.slope ?? null),
    intercept: fitIntercept(logits, targets),
  };
}
