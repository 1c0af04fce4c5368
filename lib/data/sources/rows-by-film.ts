import { fault } from "../csv.ts";
import type { FilmRow } from "./source-format.ts";

/** Rows of each film, by its path, in the order of its first. @throws InputError `csv` for a film of two patients */
export function rowsByFilm(file: string, rows: readonly FilmRow[]): Map<string, FilmRow[]> {
  const films = new Map<string, FilmRow[]>();
  for (const row of rows) {
    const before = films.get(row.path);
    if (before === undefined) {
      films.set(row.path, [row]);
    } else if (before[0]!.patient !== row.patient) {
      throw fault(file, row.line, `the film of line ${before[0]!.line} with another patient, expected the same`);
    } else before.push(row);
  }
  return films;
}
