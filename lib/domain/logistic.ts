import type { Numbers } from "./metrics/ranking.ts";

/** Keeps logits finite where a probability is 0 or 1. */
const SMALLEST = 1e-7;

export const sigmoid = (logit: number): number =>
  logit >= 0 ? 1 / (1 + Math.exp(-logit)) : Math.exp(logit) / (1 + Math.exp(logit));

export function logit(probability: number): number {
  const p = Math.min(Math.max(probability, SMALLEST), 1 - SMALLEST);
  return Math.log(p / (1 - p));
}

/** p = sigmoid(slope x + intercept) */
export interface Line {
  readonly slope: number;
  readonly intercept: number;
}

const NEWTON_ROUNDS = 100;
const SMALL_STEP = 1e-10;
const SMALLEST_SHARE = 1e-10;
/** Part of the loss that its own rounding may hide: so near to the lowest point, the step is better than the sum. */
const ROUNDING = 1e-12;

/**
 * Logistic regression of targets in [0, 1] on one feature: maximum likelihood by Newton's method with halved steps.
 * @returns null where the likelihood has no single highest point
 */
export function fitLogistic(x: Numbers, targets: Numbers): Line | null {
  let line: Line = { slope: 1, intercept: 0 };
  let current = loss(x, targets, line);
  for (let round = 0; round < NEWTON_ROUNDS; round += 1) {
    const step = newtonStep(x, targets, line);
    if (step === null) return null;
    if (Math.abs(step.slope) + Math.abs(step.intercept) < SMALL_STEP) break;
    let share = 1;
    let next = moved(line, step, share);
    let after = loss(x, targets, next);
    const limit = current + ROUNDING * Math.abs(current);
    while (after > limit && share > SMALLEST_SHARE) {
      share /= 2;
      next = moved(line, step, share);
      after = loss(x, targets, next);
    }
    if (after > limit) break;
    line = next;
    current = after;
  }
  return Number.isFinite(line.slope) && Number.isFinite(line.intercept) ? line : null;
}

const moved = ({ slope, intercept }: Line, step: Line, share: number): Line => ({
  slope: slope - share * step.slope,
  intercept: intercept - share * step.intercept,
});

function loss(x: Numbers, targets: Numbers, { slope, intercept }: Line): number {
  let sum = 0;
  for (let i = 0; i < x.length; i += 1) {
    const z = slope * x[i]! + intercept;
    sum += Math.max(z, 0) - targets[i]! * z + Math.log1p(Math.exp(-Math.abs(z)));
  }
  return sum;
}

/** Inverse Hessian times gradient; null where the Hessian has no inverse. */
function newtonStep(x: Numbers, targets: Numbers, { slope, intercept }: Line): Line | null {
  let [g1, g0, h11, h10, h00] = [0, 0, 1e-12, 0, 1e-12];
  for (let i = 0; i < x.length; i += 1) {
    const value = x[i]!;
    const p = sigmoid(slope * value + intercept);
    const error = p - targets[i]!;
    const weight = p * (1 - p);
    g1 += error * value;
    g0 += error;
    h11 += weight * value * value;
    h10 += weight * value;
    h00 += weight;
  }
  const determinant = h11 * h00 - h10 * h10;
  if (!(determinant > 0)) return null;
  return { slope: (h00 * g1 - h10 * g0) / determinant, intercept: (h11 * g0 - h10 * g1) / determinant };
}

/** Logits are within ±17, so that no intercept is beyond this. */
const FURTHEST = 100;

/**
 * The intercept of highest likelihood where the slope is 1: the one at which the probabilities add up to the targets.
 * Newton's method, halving the interval that holds the root wherever a step would leave it. Both classes must be there.
 */
export function fitIntercept(x: Numbers, targets: Numbers): number {
  let expected = 0;
  for (let i = 0; i < targets.length; i += 1) expected += targets[i]!;
  let [low, high] = [-FURTHEST, FURTHEST];
  let intercept = 0;
  for (let round = 0; round < NEWTON_ROUNDS; round += 1) {
    let [excess, weight] = [-expected, 0];
    for (let i = 0; i < x.length; i += 1) {
      const p = sigmoid(x[i]! + intercept);
      excess += p;
      weight += p * (1 - p);
    }
    if (excess > 0) high = intercept;
    else low = intercept;
    const step = intercept - excess / weight;
    const next = step > low && step < high ? step : (low + high) / 2;
    const moved = Math.abs(next - intercept);
    intercept = next;
    if (moved < SMALL_STEP) break;
  }
  return intercept;
}
