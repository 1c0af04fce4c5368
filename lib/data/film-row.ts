import { BLANK } from "../domain/label-policy.ts";
import { OBSERVATION_COUNT, OBSERVATIONS } from "../domain/observations.ts";
import { UNKNOWN_AGE } from "./column-codecs.ts";
import { type CsvRow, fault } from "./csv.ts";
import { type FilmOrigin, filmOrigin, pathFault } from "./film-path.ts";

/** Columns of CheXpert's CSV files. */
export const FILM_COLUMNS = ["Path", "Sex", "Age", "Frontal/Lateral", "AP/PA", ...OBSERVATIONS] as const;

/** One row of such a file, parsed. */
export interface FilmRow extends FilmOrigin {
  readonly line: number;
  readonly path: string;
  readonly sex: string;
  /** Years, or UNKNOWN_AGE where the cell is blank. */
  readonly age: number;
  readonly view: string;
  readonly projection: string;
  /** 1, 0, -1 or BLANK for each observation. */
  readonly labels: readonly number[];
}

/** What a cell may say, and what it means. Real files hold all of these (CheXpert-v1.0-small). */
const SEXES = new Map([
  ["Male", "Male"],
  ["Female", "Female"],
  ["Unknown", "Unknown"],
  ["", "Unknown"],
]);
const VIEWS = new Map([
  ["Frontal", "frontal"],
  ["Lateral", "lateral"],
]);
const PROJECTIONS = new Map(["AP", "PA", "LL", "RL", ""].map((name) => [name, name]));

/** The label that a cell says, or undefined. A switch: there are three million of them in a large data set. */
function labelOf(text: string): number | undefined {
  switch (text) {
    case "":
      return BLANK;
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

const OLDEST = 150;
const FIRST_LABEL = FILM_COLUMNS.length - OBSERVATION_COUNT;

/** @throws InputError `csv` */
export function parseFilmRow(file: string, row: CsvRow): FilmRow {
  const path = row.cells[0]!;
  const badPath = pathFault(path);
  if (badPath !== undefined)
    throw fault(file, row.line, `Path ${badPath}, expected a relative path such as ${EXAMPLE}`);
  const origin = filmOrigin(path);
  if (origin === undefined) {
    throw fault(file, row.line, `Path names no patient and study, expected one such as ${EXAMPLE}`);
  }
  return {
    source: origin.source,
    patient: origin.patient,
    study: origin.study,
    line: row.line,
    path,
    sex: choose(SEXES, file, row, 1),
    age: parseAge(file, row),
    view: choose(VIEWS, file, row, 3),
    projection: choose(PROJECTIONS, file, row, 4),
    labels: parseLabels(file, row),
  };
}

function choose(table: ReadonlyMap<string, string>, file: string, { line, cells }: CsvRow, column: number): string {
  const text = cells[column]!;
  const value = table.get(text) ?? table.get(text.trim());
  if (value !== undefined) return value;
  const allowed = [...table.keys()].map((key) => key || "blank");
  const expected = `${allowed.slice(0, -1).join(", ")} or ${allowed.at(-1)}`;
  throw fault(file, line, `${FILM_COLUMNS[column]} is ${quote(text)}, expected ${expected}`);
}

function parseLabels(file: string, { line, cells }: CsvRow): number[] {
  const labels = new Array<number>(OBSERVATION_COUNT);
  for (let k = 0; k < OBSERVATION_COUNT; k += 1) {
    const text = cells[FIRST_LABEL + k]!;
    const label = labelOf(text) ?? labelOf(text.trim());
    if (label === undefined)
      throw fault(file, line, `${OBSERVATIONS[k]} is ${quote(text)}, expected 1, 0, -1 or blank`);
    labels[k] = label;
  }
  return labels;
}

const EXAMPLE = "CheXpert-v1.0-small/train/patient00001/study1/view1_frontal.jpg";

function parseAge(file: string, { line, cells }: CsvRow): number {
  const text = cells[2]!;
  if (text.trim() === "") return UNKNOWN_AGE;
  const age = Number(text);
  if (Number.isInteger(age) && age >= 0 && age <= OLDEST) return age;
  throw fault(file, line, `Age is ${quote(text)}, expected whole years from 0 to ${OLDEST}`);
}

/** A cell as a message shows it, cut short. */
export const quote = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** The labels are what is short where cells are missing at the end of a row, as in a file cut by a spreadsheet. */
export const describeShortRow = (cells: number, expected: number): string => {
  const labels = cells - (expected - OBSERVATION_COUNT);
  const fits = expected === FILM_COLUMNS.length && labels >= 0 && labels < OBSERVATION_COUNT;
  return fits ? ` (${labels} labels, expected ${OBSERVATION_COUNT})` : "";
};
