import { fitLogistic, logit, sigmoid } from "./logistic.ts";
import type { Numbers } from "./metrics/ranking.ts";

/** p = sigmoid(slope x logit + intercept), which keeps the order of the scores (slope > 0). */
export interface Platt {
  readonly kind: "platt";
  readonly slope: number;
  readonly intercept: number;
}
/** Probabilities between the knots are interpolated linearly; `x` rises. */
export interface Isotonic {
  readonly kind: "isotonic";
  readonly x: readonly number[];
  readonly y: readonly number[];
}
export type CalibrationMap = { readonly kind: "identity" } | Platt | Isotonic;

/** Fewer positives or negatives than this say too little about a slope: the probabilities stay as they are. */
export const LEAST_OF_EACH_CLASS = 10;

/** The calibrated probability of a raw one. */
export function calibrate(map: CalibrationMap, probability: number): number {
  switch (map.kind) {
    case "identity":
      return probability;
    case "platt":
      return sigmoid(map.slope * logit(probability) + map.intercept);
    case "isotonic":
      return interpolate(map, probability);
  }
}

/**
 * Platt's scaling on the calibration patients, or identity where they say too little or would turn the order round.
 * @param probabilities raw, in [0, 1]
 * @param labels 1, 0, NaN masked
 */
export function fitCalibration(probabilities: Numbers, labels: Numbers): CalibrationMap {
  const logits: number[] = [];
  const positive: boolean[] = [];
  for (let row = 0; row < labels.length; row += 1) {
    if (Number.isNaN(labels[row]!)) continue;
    logits.push(logit(probabilities[row]!));
    positive.push(labels[row]! > 0.5);
  }
  const positives = positive.filter(Boolean).length;
  if (Math.min(positives, positive.length - positives) < LEAST_OF_EACH_CLASS) return { kind: "identity" };
  const fitted = fitPlatt(logits, positive, positives);
  return fitted && fitted.slope > 0 ? fitted : { kind: "identity" };
}

/**
 * Targets are smoothed to (n+ + 1)/(n+ + 2) and 1/(n- + 2) (Platt 1999), so that separable scores still have a finite
 * slope.
 */
function fitPlatt(logits: readonly number[], positive: readonly boolean[], positives: number): Platt | null {
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (positive.length - positives + 2);
  const line = fitLogistic(
    logits,
    positive.map((is) => (is ? high : low)),
  );
  return line && { kind: "platt", ...line };
}

function interpolate({ x, y }: Isotonic, probability: number): number {
  const last = x.length - 1;
  if (last < 0) return probability;
  if (probability <= x[0]!) return y[0]!;
  if (probability >= x[last]!) return y[last]!;
  const right = x.findIndex((knot) => knot >= probability);
  const share = (probability - x[right - 1]!) / (x[right]! - x[right - 1]!);
  return y[right - 1]! + share * (y[right]! - y[right - 1]!);
}
