import { quantile } from "./bootstrap.ts";
import { patientCount } from "./intervals/clusters.ts";
import { meanDefined } from "./metrics/mean.ts";
import type { Numbers } from "./metrics/ranking.ts";
import { BINS, binOf, expectedCalibrationError, reliability } from "./metrics/reliability.ts";
import { random } from "./random.ts";

export interface CalibratedColumn {
  readonly probabilities: Numbers;
  /** 1, 0, NaN masked. */
  readonly labels: Numbers;
}

export interface ExcessOptions {
  /** Calibration error that a model may have. */
  readonly most: number;
  readonly confidence: number;
  readonly rounds: number;
  readonly seed: number;
}

export interface CalibrationExcess {
  /** Mean expected calibration error of the columns; null where no row is labelled. */
  readonly error: number | null;
  /** What chance takes a model to whose true error is `most`, with the stated confidence. */
  readonly critical: number;
}

/**
 * Consistency resampling (Broecker and Smith 2007) of a model at the limit: expected calibration error has a bias that
 * grows as films get fewer, so that it is compared with what labels drawn from the probabilities themselves would show.
 * They are drawn from probabilities moved towards what was observed in their bins until their error is `most`, which of
 * all models within the limit is the one most like this. In each column all films of a patient share one uniform number,
 * as if their labels were one.
 * @param patients number of each row's patient, from 0
 */
export function calibrationExcess(
  columns: readonly CalibratedColumn[],
  patients: Numbers,
  { most, confidence, rounds, seed }: ExcessOptions,
): CalibrationExcess {
  const error = meanDefined(
    columns.map(({ probabilities, labels }) => expectedCalibrationError(reliability(probabilities, labels))),
  );
  if (error === null || error <= most) return { error, critical: most };
  const moved = columns.map((column) => towardsObserved(column, patients, most / error));
  const next = random(seed, "calibration");
  const uniform = new Float64Array(patientCount(patients));
  const drawn = Float64Array.from(
    { length: rounds },
    () =>
      meanDefined(
        moved.map((column) => {
          for (let patient = 0; patient < uniform.length; patient += 1) uniform[patient] = next();
          return drawnError(column, uniform);
        }),
      ) ?? 0,
  );
  return { error, critical: Math.max(most, quantile(drawn.sort(), confidence)) };
}

/** Labelled rows of a column. */
interface Moved {
  readonly bin: Uint8Array;
  readonly patient: Uint32Array;
  /** Chance of a positive label. */
  readonly chance: Float64Array;
  /** Sum of the reported probabilities of each bin. */
  readonly reported: Float64Array;
}

function towardsObserved({ probabilities, labels }: CalibratedColumn, patients: Numbers, share: number): Moved {
  const rows = Uint32Array.from({ length: labels.length }, (_, row) => row).filter(
    (row) => !Number.isNaN(labels[row]!),
  );
  const bin = Uint8Array.from(rows, (row) => binOf(probabilities[row]!));
  const [held, reported, positives] = [new Float64Array(BINS), new Float64Array(BINS), new Float64Array(BINS)];
  rows.forEach((row, i) => {
    held[bin[i]!]! += 1;
    reported[bin[i]!]! += probabilities[row]!;
    positives[bin[i]!]! += labels[row]! > 0.5 ? 1 : 0;
  });
  const chance = Float64Array.from(rows, (row, i) => {
    const b = bin[i]!;
    return probabilities[row]! + (share * (positives[b]! - reported[b]!)) / held[b]!;
  });
  return { bin, patient: Uint32Array.from(rows, (row) => patients[row]!), chance, reported };
}

const excess = new Float64Array(BINS);

/** Expected calibration error of the reported probabilities against labels drawn by one uniform number a patient. */
function drawnError({ bin, patient, chance, reported }: Moved, uniform: Float64Array): number | null {
  if (bin.length === 0) return null;
  excess.set(reported);
  for (let i = 0; i < bin.length; i += 1) {
    if (uniform[patient[i]!]! < chance[i]!) excess[bin[i]!]! -= 1;
  }
  return excess.reduce((sum, of) => sum + Math.abs(of), 0) / bin.length;
}
