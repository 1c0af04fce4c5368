import { OBSERVATION_COUNT, OBSERVATIONS } from "../domain/observations.ts";
import { recordOf } from "../domain/record-of.ts";
import type { Columns } from "./arrow-columns.ts";

/** A column of raw labels for each observation, under its name. */
export const LABEL_COLUMNS = recordOf(OBSERVATIONS, () => "label" as const);

/** What is known of a film besides its pixels and labels. */
export const SUBJECT_COLUMNS = {
  source: "text",
  patient: "text",
  study: "text",
  view: "text",
  projection: "text",
  sex: "text",
  age: "age",
} as const;

/** The manifest: every row of the CSV files, in their order; its place counts from 0 and is called `row` elsewhere. */
export const MANIFEST_COLUMNS = {
  file: "text",
  line: "uint32",
  /** As the CSV has it. */
  path: "text",
  /** Key of the film in the data folder; null where it is not there and is left out for that. */
  film: "text?",
  /** Line of the row that it repeats. */
  duplicateOf: "text?",
  /** `train` or `test`, where the data set says so of the row by itself, as a list of NIH's does; no such column before there was one. */
  division: "text?",
  /** Who sent the film to the service; null where nobody did, and in manifests of before it was kept. */
  reader: "text?",
  ...SUBJECT_COLUMNS,
  ...LABEL_COLUMNS,
} as const;
export type Manifest = Columns<typeof MANIFEST_COLUMNS>;

const PREPARED_COLUMNS = {
  row: "uint32",
  ...SUBJECT_COLUMNS,
  filmSha256: "text",
  filmWidth: "uint32",
  filmHeight: "uint32",
  ...LABEL_COLUMNS,
} as const;

/** A prepared film, less its pixels: what stands in a shard beside them. */
export const FILM_COLUMNS = {
  ...PREPARED_COLUMNS,
  /** See lib/data/film-warnings.ts. */
  warnings: "text",
} as const;
export type Films = Columns<typeof FILM_COLUMNS>;

/**
 * rows.arrow: every prepared film in shard order, its place being its position, and its part of the split; none under the
 * published protocol, where a film may be in several parts (sequence.arrow).
 */
export const ROWS_COLUMNS = { ...PREPARED_COLUMNS, part: "text?" } as const;
export type Rows = Columns<typeof ROWS_COLUMNS>;

/** assignments.arrow: for each row of the manifest its part, or why it is left out. */
export const ASSIGNMENT_COLUMNS = { part: "text?", leftOut: "text?" } as const;
export type Assignments = Columns<typeof ASSIGNMENT_COLUMNS>;

/** sequence.arrow: rows of the manifest in the order of their part, again where they are repeated. */
export const SEQUENCE_COLUMNS = { part: "text", row: "uint32" } as const;

/** epoch-plan.arrow */
export const EPOCH_PLAN_COLUMNS = { position: "uint32" } as const;

/** @param labels rows x 14 */
export function labelColumns(labels: ArrayLike<number>): Columns<typeof LABEL_COLUMNS> {
  const rows = labels.length / OBSERVATION_COUNT;
  const column = (k: number) => Int8Array.from({ length: rows }, (_, row) => labels[row * OBSERVATION_COUNT + k]!);
  return recordOf(OBSERVATIONS, (_, k) => column(k)) as unknown as Columns<typeof LABEL_COLUMNS>;
}

/** @returns rows x 14, each 1, 0, -1, BLANK or NOT_LABELLED */
export function labelMatrix(columns: Columns<typeof LABEL_COLUMNS>): Int8Array {
  const rows = columns[OBSERVATIONS[0]].length;
  const matrix = new Int8Array(rows * OBSERVATION_COUNT);
  OBSERVATIONS.forEach((name, k) => {
    const column = columns[name];
    for (let row = 0; row < rows; row += 1) matrix[row * OBSERVATION_COUNT + k] = column[row]!;
  });
  return matrix;
}
