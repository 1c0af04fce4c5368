import { decodeTable, encodeTable, type TableSpec } from "../../data/arrow-columns.ts";
import { OBSERVATIONS } from "../../domain/observations.ts";
import { recordOf } from "../../domain/record-of.ts";
import type { Store } from "../../store/store.ts";
import { column } from "../prediction-table.ts";

/** Films that were answered by one model or by two, by film. */
export interface ExamTable {
  /** Number of each film's patient, from 0. */
  readonly patients: Uint32Array;
  /** 14 columns: 1, 0, NaN masked. */
  readonly labels: readonly Float64Array[];
  /** Calibrated probabilities of each model, 14 columns. */
  readonly scores: Readonly<Record<string, readonly Float64Array[]>>;
}

/** The names under which the table of an exam holds the two models' answers. */
export const EXAMINEES = ["candidate", "reference"] as const;

const named = (what: string): string[] => OBSERVATIONS.map((name) => `${what} ${name}`);
const specOf = (models: readonly string[]): TableSpec => ({
  patient: "uint32",
  ...Object.fromEntries([...named("label"), ...models.flatMap(named)].map((name) => [name, "float64" as const])),
});

export interface ExamAnswers {
  /** Number of each film's patient, from 0. */
  readonly patients: Uint32Array;
  /** films x 14 */
  readonly labels: Float64Array;
  /** Of each model films x 14. */
  readonly scores: Readonly<Record<string, Float64Array>>;
}

/** An exam as an Arrow IPC file: number of the patient, then 14 labels, then 14 probabilities a model. */
export function encodeExam({ patients, labels, scores }: ExamAnswers): Uint8Array {
  const tables = Object.entries({ label: labels, ...scores });
  const columns = tables.flatMap(([what, table]) => named(what).map((name, k) => [name, column(table, k)] as const));
  const rows = { patient: patients, ...Object.fromEntries(columns) };
  return encodeTable(specOf(Object.keys(scores)), rows as never);
}

/** @throws InputError `table` */
export async function readExam(runs: Store, key: string, models: readonly string[]): Promise<ExamTable> {
  const table = decodeTable(specOf(models), await runs.get(key), `${runs.uri}/${key}`);
  const columns = (what: string) => named(what).map((name) => table[name] as Float64Array);
  return {
    patients: table.patient as Uint32Array,
    labels: columns("label"),
    scores: recordOf(models, columns),
  };
}
