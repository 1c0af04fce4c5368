import { readCsv } from "../data/csv.ts";
import { OBSERVATION_COUNT, OBSERVATIONS } from "../domain/observations.ts";
import type { Part } from "../domain/parts.ts";
import { patientKey } from "../domain/split.ts";
import type { TestedFilms } from "../domain/tested-films.ts";
import { NotFoundError } from "../store/errors.ts";
import type { Store } from "../store/store.ts";

const TEST: Part = "test";

const COLUMNS = [
  ...["part", "source", "path", "patient"],
  ...OBSERVATIONS.map((name) => `label ${name}`),
  ...OBSERVATIONS.map((name) => `probability ${name}`),
];

const number = (cell: string | undefined): number => (cell ? Number(cell) : Number.NaN);

/** The test part of the `predictions.csv` that a run wrote, by film; null where there is none. @throws InputError `csv` */
export async function readTestedFilms(runs: Store, key: string): Promise<TestedFilms | null> {
  const films: { film: string; patient: string; values: number[] }[] = [];
  try {
    await readCsv(`${runs.uri}/${key}`, runs.stream(key), COLUMNS, ({ cells }) => {
      const [part, source = "", path = "", patient = "", ...values] = cells;
      if (part !== TEST) return;
      films.push({ film: `${source}\n${path}`, patient: patientKey(source, patient), values: values.map(number) });
    });
  } catch (error) {
    // Written by a version from before it told the source, or not yet.
    if (error instanceof NotFoundError) return null;
    throw error;
  }
  films.sort((a, b) => (a.film < b.film ? -1 : 1));
  const matrix = (from: number): Float64Array =>
    Float64Array.from(films.flatMap(({ values }) => values.slice(from, from + OBSERVATION_COUNT)));
  return {
    films: films.map(({ film }) => film),
    patients: films.map(({ patient }) => patient),
    labels: matrix(0),
    probabilities: matrix(OBSERVATION_COUNT),
  };
}
