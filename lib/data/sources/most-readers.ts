import { BLANK, NOT_LABELLED } from "../../domain/label-policy.ts";
import { rowsByFilm } from "./rows-by-film.ts";
import type { FilmRow } from "./source-format.ts";

const UNCERTAIN = -1;

/**
 * Films that several readers labelled, each in a row of his own, as one row each: what most of those say who say anything, and
 * uncertain where as many say the one as the other.
 * @throws InputError `csv` for a film of two patients
 */
export const mostReaders = (file: string, rows: readonly FilmRow[]): FilmRow[] =>
  [...rowsByFilm(file, rows).values()].map((readings) => ({
    ...readings[0]!,
    labels: readings[0]!.labels.map((_, k) => mostOf(readings.map(({ labels }) => labels[k]!))),
  }));

function mostOf(labels: readonly number[]): number {
  const said = labels.filter((label) => label !== BLANK && label !== NOT_LABELLED);
  if (said.length === 0) return labels.includes(BLANK) ? BLANK : NOT_LABELLED;
  const [present, absent] = [1, 0].map((value) => said.filter((label) => label === value).length) as [number, number];
  if (2 * present > said.length) return 1;
  return 2 * absent > said.length ? 0 : UNCERTAIN;
}
