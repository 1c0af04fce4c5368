import type { Numbers } from "./ranking.ts";

/** Probabilities of one tenth of [0, 1], and what came true. */
export interface ReliabilityBin {
  readonly rows: number;
  readonly meanProbability: number;
  /** Share of positives. */
  readonly observed: number;
}

export const BINS = 10;

/** The bin of a probability, from 0: (0.3, 0.4] and so on, 0 in the first (as scikit-learn's calibration_curve). */
export function binOf(probability: number): number {
  let bin = 0;
  while (bin < BINS - 1 && probability > (bin + 1) * (1 / BINS)) bin += 1;
  return bin;
}

/** Ten bins of equal width by rising probability, the empty ones left out. Labels: 1, 0, NaN masked. */
export function reliability(probabilities: Numbers, labels: Numbers): ReliabilityBin[] {
  const bins = Array.from({ length: BINS }, () => ({ rows: 0, probability: 0, positives: 0 }));
  for (let row = 0; row < labels.length; row += 1) {
    const label = labels[row]!;
    if (Number.isNaN(label)) continue;
    const bin = bins[binOf(probabilities[row]!)]!;
    bin.rows += 1;
    bin.probability += probabilities[row]!;
    if (label > 0.5) bin.positives += 1;
  }
  return bins.flatMap(({ rows, probability, positives }) =>
    rows === 0 ? [] : [{ rows, meanProbability: probability / rows, observed: positives / rows }],
  );
}

/**
 * Expected calibration error (Guo et al. 2017): distance of mean probability and share of positives, weighted by the
 * bins' rows; 0 is best, null without rows.
 */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number | null {
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
  if (rows === 0) return null;
  return bins.reduce((sum, bin) => sum + bin.rows * Math.abs(bin.meanProbability - bin.observed), 0) / rows;
}
