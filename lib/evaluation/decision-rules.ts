import type { Calibration } from "../contracts/model-version.ts";
import type { RunConfig } from "../contracts/run-config.ts";
import { calibrate, fitCalibration } from "../domain/calibration.ts";
import { forEachObservation, OBSERVATION_COUNT } from "../domain/observations.ts";
import { operatingPoint } from "../domain/operating-point.ts";
import { column, type PredictionTable } from "./prediction-table.ts";

/** How a logit becomes a decision, per observation. */
export interface DecisionRules {
  readonly calibration: Calibration[];
  /** On calibrated probabilities; positive where probability >= threshold. */
  readonly thresholds: number[];
}

/**
 * Calibration from the calibration patients alone, then thresholds from the tuning patients alone; the test patients
 * decide nothing.
 */
export function decisionRules(
  config: RunConfig["evaluation"],
  raw: { readonly calibration: PredictionTable; readonly tuning: PredictionTable },
): DecisionRules {
  const calibration = forEachObservation((_, i) =>
    fitCalibration(config.calibration, {
      logits: column(raw.calibration.logits, i),
      labels: column(raw.calibration.labels, i),
      patients: raw.calibration.patients,
    }),
  ) as Calibration[];
  const tuning = calibrated(raw.tuning, calibration);
  const thresholds = forEachObservation((_, i) =>
    operatingPoint(config.operatingPoint, column(tuning.probabilities, i), column(tuning.labels, i)),
  );
  return { calibration, thresholds };
}

/** The table with calibrated probabilities. */
export const calibrated = (raw: PredictionTable, calibration: readonly Calibration[]): PredictionTable => ({
  ...raw,
  probabilities: calibratedProbabilities(raw, calibration),
});

/** Calibrated probabilities of a table of count x 14. */
export const calibratedProbabilities = (
  { logits }: Pick<PredictionTable, "logits">,
  calibration: readonly Calibration[],
): Float64Array => logits.map((logit, i) => calibrate(calibration[i % OBSERVATION_COUNT]!, logit));
