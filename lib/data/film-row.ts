import type { RawLabel } from "../domain/labels.ts";
import { OBSERVATION_COUNT, OBSERVATIONS } from "../domain/observations.ts";
import { type CsvRow, fault } from "./csv.ts";
import { type FilmOrigin, filmOrigin, pathFault } from "./film-path.ts";

/** Columns of CheXpert's CSV files. */
export const FILM_COLUMNS = ["Path", "Sex", "Age", "Frontal/Lateral", "AP/PA", ...OBSERVATIONS] as const;

/** One row of such a file, parsed. */
export interface FilmRow extends FilmOrigin {
  readonly line: number;
  readonly path: string;
  readonly sex: string;
  /** Years, or null where the cell is blank. */
  readonly age: number | null;
  readonly view: string;
  readonly projection: string;
  readonly labels: readonly RawLabel[];
}

/** What a cell may say, and what it means. Real files hold all of these (CheXpert-v1.0-small). */
const SEXES = { Male: "Male", Female: "Female", Unknown: "Unknown", "": "Unknown" } as const;
const VIEWS = { Frontal: "frontal", Lateral: "lateral" } as const;
const PROJECTIONS = { AP: "AP", PA: "PA", LL: "LL", RL: "RL", "": "" } as const;
const LABELS = { "": null, "1": 1, "1.0": 1, "0": 0, "0.0": 0, "-1": -1, "-1.0": -1 } as const;

const OLDEST = 150;

/** @throws InputError `csv` */
export function parseFilmRow(file: string, { line, cells }: CsvRow): FilmRow {
  const [path = "", sex = "", age = "", view = "", projection = "", ...labels] = cells;
  const refuse = (what: string) => fault(file, line, what);
  const choose = <T>(table: Readonly<Record<string, T>>, column: string, text: string): T => {
    const value = Object.hasOwn(table, text.trim()) ? table[text.trim()] : undefined;
    if (value !== undefined) return value;
    const allowed = Object.keys(table).map((key) => key || "blank");
    throw refuse(`${column} is ${quote(text)}, expected ${allowed.slice(0, -1).join(", ")} or ${allowed.at(-1)}`);
  };
  const badPath = pathFault(path);
  if (badPath !== undefined) throw refuse(`Path ${badPath}, expected a relative path such as ${EXAMPLE}`);
  const origin = filmOrigin(path);
  if (origin === undefined) throw refuse(`Path names no patient and study, expected one such as ${EXAMPLE}`);
  return {
    ...origin,
    line,
    path,
    sex: choose(SEXES, "Sex", sex),
    age: parseAge(age, refuse),
    view: choose(VIEWS, "Frontal/Lateral", view),
    projection: choose(PROJECTIONS, "AP/PA", projection),
    labels: labels.map((text, k) => {
      const key = text.trim();
      if (Object.hasOwn(LABELS, key)) return LABELS[key as keyof typeof LABELS];
      throw refuse(`${OBSERVATIONS[k]} is ${quote(text)}, expected 1, 0, -1 or blank`);
    }),
  };
}

const EXAMPLE = "CheXpert-v1.0-small/train/patient00001/study1/view1_frontal.jpg";

function parseAge(text: string, refuse: (what: string) => Error): number | null {
  if (text.trim() === "") return null;
  const age = Number(text);
  if (Number.isInteger(age) && age >= 0 && age <= OLDEST) return age;
  throw refuse(`Age is ${quote(text)}, expected whole years from 0 to ${OLDEST}`);
}

/** A cell as a message shows it, cut short. */
export const quote = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** The labels are what is short where cells are missing at the end of a row, as in a file cut by a spreadsheet. */
export const describeShortRow = (cells: number, expected: number): string => {
  const labels = cells - (expected - OBSERVATION_COUNT);
  const fits = expected === FILM_COLUMNS.length && labels >= 0 && labels < OBSERVATION_COUNT;
  return fits ? ` (${labels} labels, expected ${OBSERVATION_COUNT})` : "";
};
