import { type Cell, posterior, separation } from "./simulated-films.ts";

/** What every figure of a cell's films comes to over endlessly many films. */
export function truth(cell: Cell) {
  const { auroc, positives, negatives } = cell;
  const d = separation(cell);
  const prevalence = positives / (positives + negatives);
  const sensitivity = upper(-d / 2);
  const falsePositive = prevalence * sensitivity + (1 - prevalence) * (1 - sensitivity);
  let [brier, averagePrecision] = [0, 0];
  for (let score = LOWEST; score < HIGHEST + d; score += STEP) {
    const ofPositive = density(score - d) * STEP;
    const ofNegative = density(score) * STEP;
    const p = posterior(cell, score);
    brier += prevalence * ofPositive * (1 - p) ** 2 + (1 - prevalence) * ofNegative * p ** 2;
    const found = prevalence * upper(score - d);
    averagePrecision += (ofPositive * found) / (found + (1 - prevalence) * upper(score));
  }
  return {
    auroc,
    averagePrecision,
    recall: sensitivity,
    specificity: sensitivity,
    accuracy: sensitivity,
    precision: (prevalence * sensitivity) / falsePositive,
    f1: (2 * prevalence * sensitivity) / (prevalence + falsePositive),
    brier,
    calibrationSlope: 1,
    calibrationIntercept: 0,
  };
}

const [LOWEST, HIGHEST, STEP] = [-8, 8, 0.01];

const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** P(a standard normal number is above x): its density summed up by Simpson's rule, the near tail by Mills's fraction. */
function upper(x: number): number {
  if (x < 0) return 1 - upper(-x);
  if (x > 4) {
    let fraction = x;
    for (let k = 40; k > 0; k -= 1) fraction = x + k / fraction;
    return density(x) / fraction;
  }
  let sum = density(0) + density(x);
  const steps = 200;
  for (let i = 1; i < steps; i += 1) sum += (i % 2 === 1 ? 4 : 2) * density((x * i) / steps);
  return 0.5 - (sum * x) / (3 * steps);
}
