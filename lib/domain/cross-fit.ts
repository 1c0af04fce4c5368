import type { Numbers } from "./metrics/ranking.ts";
import { type OperatingPointRule, operatingPoint } from "./operating-point.ts";
import { random } from "./random.ts";

/** Parts into which patients are dealt: each threshold is chosen on four fifths of them. */
export const FOLDS = 5;

/** The fold of each patient, by hash: nobody's depends on who else is there. @param patients patientKey of each row */
export const foldsOf = (patients: readonly string[], seed: number): Uint32Array =>
  Uint32Array.from(patients, (patient) => Math.floor(FOLDS * random(seed, "fold", patient)()));

export interface CrossFitted {
  /** Chosen on all rows. */
  readonly threshold: number;
  /** Of each fold that holds rows, chosen on all others. */
  readonly foldThresholds: number[];
  /** For each row 1 or 0: decided at the threshold of its fold. */
  readonly decisions: Float64Array;
}

/**
 * Thresholds by a rule, and decisions of which none was made at a threshold that its own patient had a say in
 * (cross-fitting: Chernozhukov et al. 2018).
 * @param labels 1, 0, NaN masked
 * @param folds fold of each row, the same for all rows of a patient
 * @returns null where the rows beside a fold lack a class, so that the rule has nothing to choose by
 */
export function crossFit(
  rule: OperatingPointRule,
  { scores, labels }: { readonly scores: Numbers; readonly labels: Numbers },
  folds: Numbers,
): CrossFitted | null {
  const rows = Array.from({ length: labels.length }, (_, row) => row);
  const decisions = new Float64Array(labels.length);
  const foldThresholds: number[] = [];
  const used = new Set(rows.filter((row) => !Number.isNaN(labels[row]!)).map((row) => folds[row]!));
  if (used.size < 2) return null;
  for (const fold of [...used].sort((a, b) => a - b)) {
    const others = rows.filter((row) => folds[row] !== fold && !Number.isNaN(labels[row]!));
    const positives = others.filter((row) => labels[row]! > 0.5).length;
    if (positives === 0 || positives === others.length) return null;
    const threshold = operatingPoint(
      rule,
      others.map((row) => scores[row]!),
      others.map((row) => labels[row]!),
    );
    foldThresholds.push(threshold);
    for (const row of rows) if (folds[row] === fold && scores[row]! >= threshold) decisions[row] = 1;
  }
  return { threshold: operatingPoint(rule, scores, labels), foldThresholds, decisions };
}
