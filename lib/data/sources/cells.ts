import { BLANK, NOT_LABELLED } from "../../domain/label-policy.ts";
import { OBSERVATIONS } from "../../domain/observations.ts";
import { READERS_SOURCE } from "../../domain/readers.ts";
import { fault, shownCell } from "../csv.ts";

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

/** The labels of the 14 observations, which stand in their order from cell `first` on. @throws InputError `csv` */
export function parseLabels(file: string, line: number, cells: readonly string[], first: number): number[] {
  const labels = new Array<number>(OBSERVATIONS.length);
  for (let k = 0; k < labels.length; k += 1) {
    const text = cells[first + k]!;
    const label = labelOf(text) ?? labelOf(text.trim());
    if (label === undefined)
      throw fault(file, line, `${OBSERVATIONS[k]} is ${shownCell(text)}, expected 1, 0, -1, NA or blank`);
    labels[k] = label;
  }
  return labels;
}

/** The labels of a row of that source: feedback kept before `NA` was written has blanks where the reader did not judge. */
export const labelsOfSource = (source: string, labels: readonly number[]): readonly number[] =>
  source === READERS_SOURCE ? labels.map((label) => (label === BLANK ? NOT_LABELLED : label)) : labels;

/** The meaning of a cell by a table. @throws InputError `csv` naming the column and what may stand there */
export function choose<T>(table: ReadonlyMap<string, T>, file: string, line: number, column: string, text: string): T {
  const value = table.get(text) ?? table.get(text.trim());
  if (value !== undefined) return value;
  const allowed = [...table.keys()].map((key) => key || "blank");
  const expected = `${allowed.slice(0, -1).join(", ")} or ${allowed.at(-1)}`;
  throw fault(file, line, `${column} is ${shownCell(text)}, expected ${expected}`);
}
