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

const NEWTON_ROUNDS = 100;
/** Keeps logits finite where a probability is 0 or 1. */
const SMALLEST = 1e-7;

export const sigmoid = (logit: number): number =>
  logit >= 0 ? 1 / (1 + Math.exp(-logit)) : Math.exp(logit) / (1 + Math.exp(logit));

export function logit(probability: number): number {
  const p = Math.min(Math.max(probability, SMALLEST), 1 - SMALLEST);
  return Math.log(p / (1 - p));
}

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
 * Logistic regression on one feature by Newton's method with halved steps. Targets are smoothed to
 * (n+ + 1)/(n+ + 2) and 1/(n- + 2) (Platt 1999), so that separable scores still have a finite slope.
 */
function fitPlatt(logits: readonly number[], positive: readonly boolean[], positives: number): Platt | null {
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (positive.length - positives + 2);
  const target = (i: number): number => (positive[i] ? high : low);
  const loss = (slope: number, intercept: number): number => {
    let sum = 0;
    for (let i = 0; i < logits.length; i += 1) {
      const z = slope * logits[i]! + intercept;
      sum += Math.max(z, 0) - target(i) * z + Math.log1p(Math.exp(-Math.abs(z)));
    }
    return sum;
  };
  let slope = 1;
  let intercept = 0;
  let current = loss(slope, intercept);
  for (let round = 0; round < NEWTON_ROUNDS; round += 1) {
    let g1 = 0;
    let g0 = 0;
    let h11 = 1e-12;
    let h10 = 0;
    let h00 = 1e-12;
    for (let i = 0; i < logits.length; i += 1) {
      const x = logits[i]!;
      const p = sigmoid(slope * x + intercept);
      const error = p - target(i);
      const weight = p * (1 - p);
      g1 += error * x;
      g0 += error;
      h11 += weight * x * x;
      h10 += weight * x;
      h00 += weight;
    }
    const determinant = h11 * h00 - h10 * h10;
    if (!(determinant > 0)) return null;
    const stepSlope = (h00 * g1 - h10 * g0) / determinant;
    const stepIntercept = (h11 * g0 - h10 * g1) / determinant;
    if (Math.abs(stepSlope) + Math.abs(stepIntercept) < 1e-10) break;
    let size = 1;
    let next = loss(slope - stepSlope, intercept - stepIntercept);
    while (next > current && size > 1e-10) {
      size /= 2;
      next = loss(slope - size * stepSlope, intercept - size * stepIntercept);
    }
    if (next > current) break;
    slope -= size * stepSlope;
    intercept -= size * stepIntercept;
    current = next;
  }
  return Number.isFinite(slope) && Number.isFinite(intercept) ? { kind: "platt", slope, intercept } : null;
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
