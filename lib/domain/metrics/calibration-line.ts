import { fitIntercept, type Line, type LineFailure, logisticFit, logit } from "../logistic.ts";
import type { Numbers } from "./ranking.ts";

export interface CalibrationLine {
  /** Of the labels over the logits (Cox 1958): 1 is right, less means that the probabilities are too extreme. */
  readonly slope: number | null;
  /** Calibration in the large (Van Calster et al. 2019), the slope held at 1: 0 is right, less means too high. */
  readonly intercept: number | null;
  /** Why there is no slope; null where there is one. */
  readonly failure: LineFailure | null;
  /** The line that has the slope, and its own intercept. */
  readonly line: Line | null;
  readonly rows: CalibrationRows;
}

/** Unmasked rows of one observation. */
export interface CalibrationRows {
  readonly logits: Float64Array;
  /** 1 or 0 */
  readonly targets: Uint8Array;
  /** Where each stands in the table. */
  readonly rows: Uint32Array;
}

/**
 * Logistic recalibration of the probabilities against the labels (1, 0, NaN masked). The slope is not defined where
 * the probabilities part the classes or are all the same; neither is defined where one class is missing.
 */
export function calibrationLine(probabilities: Numbers, labels: Numbers): CalibrationLine {
  const rows = known(probabilities, labels);
  const found = logisticFit(rows.logits, rows.targets);
  const isLine = typeof found !== "string";
  return {
    slope: isLine ? found.slope : null,
    intercept: fitIntercept(rows.logits, rows.targets),
    failure: isLine ? null : found,
    line: isLine ? found : null,
    rows,
  };
}

function known(probabilities: Numbers, labels: Numbers): CalibrationRows {
  const logits = new Float64Array(labels.length);
  const targets = new Uint8Array(labels.length);
  const rows = new Uint32Array(labels.length);
  let count = 0;
  for (let row = 0; row < labels.length; row += 1) {
    if (Number.isNaN(labels[row]!)) continue;
    logits[count] = logit(probabilities[row]!);
    targets[count] = labels[row]! > 0.5 ? 1 : 0;
    rows[count] = row;
    count += 1;
  }
  return { logits: logits.subarray(0, count), targets: targets.subarray(0, count), rows: rows.subarray(0, count) };
}
