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

/** Why there is no line of highest likelihood. */
export const LINE_FAILURES = ["one-class", "constant", "parted", "not-converged"] as const;
export type LineFailure = (typeof LINE_FAILURES)[number];

const MOST_ROUNDS = 200;
/** Gradient, as a part of the sum of its terms' sizes, at which a fit has converged; the step after it is taken too. */
const SMALL_GRADIENT = 1e-9;
/** Damping, as a part of the curvature: where it begins, and where no step helps any more. */
const [LEAST_DAMPING, MOST_DAMPING] = [1e-9, 1e12];
/** Part of the loss that its own rounding may hide. */
const ROUNDING = 1e-13;

/**
 * Logistic regression of targets in [0, 1] on one feature: maximum likelihood by Newton's method on the standardised
 * feature, damped where a step would raise the loss (Levenberg 1944, Marquardt 1963).
 * @returns null where the likelihood has no single highest point
 */
export function fitLogistic(x: Numbers, targets: Numbers): Line | null {
  const found = logisticFit(x, targets);
  return typeof found === "string" ? null : found;
}

/** The same; where there is no line, why. */
export function logisticFit(x: Numbers, targets: Numbers): Line | LineFailure {
  const failure = unfit(x, targets);
  if (failure !== null) return failure;
  const { mean, deviation } = spread(x);
  if (!(deviation > 0)) return "constant";
  const z = Float64Array.from(x, (value) => (value - mean) / deviation);
  const share = spread(targets).mean;
  let line: Line = { slope: 0, intercept: Math.log(share / (1 - share)) };
  let here = curvature(z, targets, line);
  let damping = 0;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const next = stepped(line, here, damping);
    const after = curvature(z, targets, next);
    if (after.loss <= here.loss + ROUNDING * here.loss) {
      const hadConverged = here.isFlat;
      line = next;
      here = after;
      damping = damping > LEAST_DAMPING ? damping / 10 : 0;
      if (hadConverged) break;
    } else if (here.isFlat || damping > MOST_DAMPING) break;
    else damping = Math.max(LEAST_DAMPING, damping * 10);
  }
  if (!here.isFlat) return "not-converged";
  const slope = line.slope / deviation;
  return { slope, intercept: line.intercept - slope * mean };
}

/** Reasons that the rows themselves show: no line, or no single one, is best. */
function unfit(x: Numbers, targets: Numbers): LineFailure | null {
  // Where the feature of rows with some of a positive begins and ends, and of those with some of a negative.
  const [least, most] = [
    [Infinity, Infinity],
    [-Infinity, -Infinity],
  ] as [[number, number], [number, number]];
  for (let row = 0; row < x.length; row += 1) {
    for (const kind of [0, 1] as const) {
      if (targets[row] === 1 - kind) continue;
      least[kind] = Math.min(least[kind], x[row]!);
      most[kind] = Math.max(most[kind], x[row]!);
    }
  }
  if (least.includes(Infinity)) return "one-class";
  if (Math.min(...least) === Math.max(...most)) return "constant";
  return most[0] <= least[1] || most[1] <= least[0] ? "parted" : null;
}

function spread(values: Numbers): { readonly mean: number; readonly deviation: number } {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i]!;
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i += 1) squares += (values[i]! - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

interface Curvature {
  readonly loss: number;
  readonly gradient: Line;
  /** Second derivatives: by slope, by slope and intercept, by intercept. */
  readonly h11: number;
  readonly h10: number;
  readonly h00: number;
  /** The gradient is nought beside the terms that it is the sum of. */
  readonly isFlat: boolean;
}

function curvature(x: Numbers, targets: Numbers, { slope, intercept }: Line): Curvature {
  let [loss, g1, g0, h11, h10, h00, size1, size0] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < x.length; i += 1) {
    const value = x[i]!;
    const z = slope * value + intercept;
    const small = Math.exp(-Math.abs(z));
    const p = (z >= 0 ? 1 : small) / (1 + small);
    const error = p - targets[i]!;
    const weight = small / ((1 + small) * (1 + small));
    loss += Math.max(z, 0) - targets[i]! * z + Math.log1p(small);
    g1 += error * value;
    g0 += error;
    size1 += Math.abs(error * value);
    size0 += Math.abs(error);
    h11 += weight * value * value;
    h10 += weight * value;
    h00 += weight;
  }
  const isFlat = Math.abs(g1) <= SMALL_GRADIENT * size1 && Math.abs(g0) <= SMALL_GRADIENT * size0;
  return { loss, gradient: { slope: g1, intercept: g0 }, h11, h10, h00, isFlat };
}

/** Newton's step, each curvature raised by so large a part of it. */
function stepped(line: Line, { gradient, h11, h10, h00 }: Curvature, damping: number): Line {
  const [a, b] = [h11 * (1 + damping) + 1e-300, h00 * (1 + damping) + 1e-300];
  const determinant = a * b - h10 * h10;
  // Of no use where rounding makes it singular: the loss will not fall, and damping takes over.
  return {
    slope: line.slope - (b * gradient.slope - h10 * gradient.intercept) / determinant,
    intercept: line.intercept - (a * gradient.intercept - h10 * gradient.slope) / determinant,
  };
}

const SMALL_STEP = 1e-12;

/**
 * The intercept of highest likelihood where the slope is 1: the one at which the probabilities add up to the targets.
 * Newton's method, halving the interval that holds the root wherever a step would leave it or not halve the last one.
 * @returns null where all targets are 1, or all 0
 */
export function fitIntercept(x: Numbers, targets: Numbers): number | null {
  let expected = 0;
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < targets.length; i += 1) {
    expected += targets[i]!;
    least = Math.min(least, x[i]!);
    most = Math.max(most, x[i]!);
  }
  if (!(expected > 0 && expected < targets.length)) return null;
  // Where the highest, or the lowest, probability is the mean of the targets.
  const middle = Math.log(expected / (targets.length - expected));
  let [low, high] = [middle - most, middle - least];
  let [intercept, lastMove] = [Math.min(Math.max(0, low), high), high - low];
  // Every second move at least is half of the one before: some 80 of them are enough.
  while (lastMove > SMALL_STEP * Math.max(1, Math.abs(intercept))) {
    let [excess, weight] = [-expected, 0];
    for (let i = 0; i < x.length; i += 1) {
      const p = sigmoid(x[i]! + intercept);
      excess += p;
      weight += p * (1 - p);
    }
    if (excess > 0) high = intercept;
    else low = intercept;
    const step = intercept - excess / weight;
    const isGood = step >= low && step <= high && Math.abs(step - intercept) <= lastMove / 2;
    const next = isGood ? step : (low + high) / 2;
    lastMove = isGood ? Math.abs(next - intercept) : (high - low) / 2;
    intercept = next;
  }
  return intercept;
}
