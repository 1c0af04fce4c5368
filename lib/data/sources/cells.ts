import { BLANK, NOT_LABELLED } from "../../domain/label-policy.ts";
import { OBSERVATIONS } from "../../domain/observations.ts";
import { isReadersSource } from "../../domain/readers.ts";
import type { Aliases } from "../column-names.ts";
import { fault, shownCell } from "../csv.ts";

/** Other names of the observations in CheXpert's format: an earlier labeller's, and one cut short. */
export const OBSERVATION_ALIASES: Aliases = {
  "Lung Opacity": ["Airspace Opacity"],
  "Enlarged Cardiomediastinum": ["Enlarged Cardiom."],
};

/** The label that a cell says, or undefined. A switch: there are three million of them in a large data set. */
function labelOf(text: string): number | undefined {
  switch (text) {
    case "":
      return BLANK;
    case "NA":
      return NOT_LABELLED;
    case "1.0":
    case "1":
      return 1;
    case "0.0":
    case "0":
      return 0;
    case "-1.0":
    case "-1":
      return -1;
    default:
      return undefined;
  }
}

/** A cell that programs write for a blank one. */
const NOT_A_NUMBER = /^nan$/i;

export const isBlank = (text: string): boolean => text.trim() === "" || NOT_A_NUMBER.test(text.trim());

/** The same of a cell with spaces, in another case, or with a blank written out. */
function oddLabelOf(text: string): number | undefined {
  const plain = text.trim().toUpperCase();
  return labelOf(NOT_A_NUMBER.test(plain) ? "" : plain);
}

/** 1, 0, -1, BLANK or NOT_LABELLED; undefined for what is no label. */
export const labelOfCell = (text: string): number | undefined => labelOf(text) ?? oddLabelOf(text);

/** The labels of the 14 observations, which stand in their order from cell `first` on. @throws InputError `csv` */
export function parseLabels(file: string, line: number, cells: readonly string[], first: number): number[] {
  const labels = new Array<number>(OBSERVATIONS.length);
  for (let k = 0; k < labels.length; k += 1) {
    const text = cells[first + k]!;
    const label = labelOfCell(text);
    if (label === undefined)
      throw fault(file, line, `${OBSERVATIONS[k]} is ${shownCell(text)}, expected 1, 0, -1, NA or blank`);
    labels[k] = label;
  }
  return labels;
}

/** The labels of a row of that source: feedback kept before `NA` was written has blanks where the reader did not judge. */
export const labelsOfSource = (source: string, labels: readonly number[]): readonly number[] =>
  isReadersSource(source) ? labels.map((label) => (label === BLANK ? NOT_LABELLED : label)) : labels;

/**
 * The meaning of a cell by a table, whatever its case and the spaces around it; `nan` is a blank cell.
 * @throws InputError `csv` naming the column and what may stand there
 */
export function choose<T>(table: ReadonlyMap<string, T>, file: string, line: number, column: string, text: string): T {
  const value = table.get(text) ?? oddlyWritten(table, text.trim());
  if (value !== undefined) return value;
  const allowed = [...table.keys()].map((key) => key || "blank");
  const expected = `${allowed.slice(0, -1).join(", ")} or ${allowed.at(-1)}`;
  throw fault(file, line, `${column} is ${shownCell(text)}, expected ${expected}`);
}

function oddlyWritten<T>(table: ReadonlyMap<string, T>, text: string): T | undefined {
  const plain = NOT_A_NUMBER.test(text) ? "" : text.toLowerCase();
  for (const [key, value] of table) if (key.toLowerCase() === plain) return value;
  return undefined;
}

/** Sexes as data sets write them. */
export const SEXES: ReadonlyMap<string, string> = new Map([
  ["Male", "Male"],
  ["Female", "Female"],
  ["M", "Male"],
  ["F", "Female"],
  ["Unknown", "Unknown"],
  ["Other", "Unknown"],
  ["U", "Unknown"],
  ["O", "Unknown"],
  ["", "Unknown"],
]);
