import type { Calibration } from "../contracts/model-version.ts";
import type { RunConfig } from "../contracts/run-config.ts";
import { calibrate, fitCalibration } from "../domain/calibration.ts";
import { forEachObservation, OBSERVATION_COUNT } from "../domain/observations.ts";
import { operatingPoint, UNLEARNED_THRESHOLD } from "../domain/operating-point.ts";
import { column, type PredictionTable } from "./prediction-table.ts";

/** How a raw probability becomes a decision, per observation. */
export interface DecisionRules {
  readonly calibration: Calibration[];
  /** On calibrated probabilities; positive where probability >= threshold. */
  readonly thresholds: number[];
}

/**
 * Calibration from the calibration patients alone, then thresholds from the tuning patients alone; the test patients
 * decide nothing.
 * @param trainedOn share of positives among the training labels, by observation; null where there is no label
 */
export function decisionRules(
  config: RunConfig["evaluation"],
  raw: { readonly calibration: PredictionTable; readonly tuning: PredictionTable },
  trainedOn: readonly (number | null)[],
): DecisionRules {
  const calibration = forEachObservation((_, i) =>
    fitCalibration(config.calibration, column(raw.calibration.probabilities, i), column(raw.calibration.labels, i)),
  ) as Calibration[];
  const tuning = calibrated(raw.tuning, calibration);
  const thresholds = forEachObservation((_, i) =>
    trainedOn[i] === null
      ? UNLEARNED_THRESHOLD
      : operatingPoint(config.operatingPoint, column(tuning.probabilities, i), column(tuning.labels, i)),
  );
  return { calibration, thresholds };
}

/** The table with calibrated probabilities. */
export const calibrated = (raw: PredictionTable, calibration: readonly Calibration[]): PredictionTable => ({
  ...raw,
  probabilities: raw.probabilities.map((p, i) => calibrate(calibration[i % OBSERVATION_COUNT]!, p)),
});
