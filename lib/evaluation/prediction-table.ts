import { OBSERVATION_COUNT } from "../domain/observations.ts";
import type { Part } from "../domain/parts.ts";
import type { Subject } from "../domain/subgroups.ts";

/** What the serving graph says about the films of one part, beside their labels under the run's policy. */
export interface PredictionTable {
  readonly part: Part;
  readonly count: number;
  /** The data set's own path of each film, which names it in predictions.csv. */
  readonly paths: readonly string[];
  /** The data set's own name of each film's patient. */
  readonly patientIds: readonly string[];
  /** What the data set says of each film's patient and projection. */
  readonly subjects: readonly Subject[];
  /** Number of each film's patient, from 0 without gaps within the part. */
  readonly patients: Uint32Array;
  /** Number of each film's study, from 0 without gaps within the part. */
  readonly studies: Uint32Array;
  /** count x 14; 1, 0 or NaN, which is left out. */
  readonly labels: Float32Array;
  /** count x 14, of the serving graph. */
  readonly logits: Float64Array;
  /** count x 14, raw or calibrated, in [0, 1]. */
  readonly probabilities: Float64Array;
}

/** One observation's values of a table of count x 14. */
export function column<T extends Float32Array | Float64Array>(table: T, observation: number): T {
  const rows = table.length / OBSERVATION_COUNT;
  const values = table.slice(0, rows) as T;
  for (let row = 0; row < rows; row += 1) values[row] = table[row * OBSERVATION_COUNT + observation]!;
  return values;
}

/** Numbers equal names from 0 in the order in which they appear. */
export function numberNames(names: readonly string[]): Uint32Array {
  const numbers = new Map<string, number>();
  return Uint32Array.from(names, (name) => {
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  });
}

export const countPatients = (table: PredictionTable): number => new Set(table.patients).size;
