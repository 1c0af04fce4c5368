import { quote, readCsv, readCsvHeader } from "../data/csv.ts";
import { filmOrigin } from "../data/film-path.ts";
import { InputError } from "../domain/errors.ts";
import { OBSERVATION_COUNT, OBSERVATIONS } from "../domain/observations.ts";
import { patientKey } from "../domain/split.ts";
import { numberNames } from "./prediction-table.ts";

/** The 14 columns of a CSV file, and the `Path` of its films where it has that column. */
export interface CsvTable {
  readonly file: string;
  readonly paths: readonly string[] | null;
  /** rows x 14 */
  readonly values: readonly number[];
}

export interface CsvSource {
  readonly file: string;
  /** The file from its beginning; called more than once. */
  readonly open: () => AsyncIterable<Uint8Array>;
}

const PATH = "Path";

/** @param parse a cell's number, or undefined where it is none; `expected` says what would be one */
async function readTable(
  { file, open }: CsvSource,
  parse: (text: string) => number | undefined,
  expected: string,
): Promise<CsvTable> {
  const paths: string[] = [];
  const values: number[] = [];
  const seen = new Set<string>();
  const refuse = (line: number, what: string) => new InputError("csv", `${file} line ${line}: ${what}`);
  const header = await readCsvHeader(file, open());
  const columns = header.includes(PATH) ? [...OBSERVATIONS, PATH] : OBSERVATIONS;
  await readCsv(file, open(), columns, ({ line, cells }) => {
    const [path, ...numbers] = [cells[OBSERVATION_COUNT], ...cells.slice(0, OBSERVATION_COUNT)];
    if (path !== undefined) {
      if (path === "") throw refuse(line, "Path is blank, expected the path of a film");
      if (seen.has(path)) throw refuse(line, `${quote(path)} stands there twice, expected each film once`);
      seen.add(path);
      paths.push(path);
    }
    for (const [k, text] of numbers.entries()) {
      const value = parse(text!.trim());
      if (value === undefined) throw refuse(line, `${OBSERVATIONS[k]} is ${quote(text!)}, expected ${expected}`);
      values.push(value);
    }
  });
  return { file, paths: paths.length > 0 ? paths : null, values };
}

/** What the cells of a labels file stand for. */
export interface LabelMeaning {
  /** Of -1; NaN is masked. */
  readonly uncertain: number;
  /** Of a blank cell; NaN is masked. */
  readonly blank: number;
}

/** Labels: 1, 0, -1 (uncertain) or blank, as CheXpert writes them. @throws InputError `csv` */
export const readLabels = (source: CsvSource, { uncertain, blank }: LabelMeaning): Promise<CsvTable> =>
  readTable(
    source,
    (text) => {
      if (text === "") return blank;
      const value = Number(text);
      return value === -1 ? uncertain : value === 0 || value === 1 ? value : undefined;
    },
    "1, 0, -1 or blank",
  );

/** Probabilities. @throws InputError `csv` */
export const readPredictions = (source: CsvSource): Promise<CsvTable> =>
  readTable(
    source,
    (text) => {
      const value = Number(text);
      return text !== "" && value >= 0 && value <= 1 ? value : undefined;
    },
    "a probability from 0 to 1",
  );

/** Labels and predictions of the same films. */
export interface JoinedTables {
  readonly joinedBy: "path" | "order";
  readonly films: number;
  /** rows x 14 */
  readonly labels: Float64Array;
  /** rows x 14 */
  readonly probabilities: Float64Array;
  /** Number of each film's patient; each film one of its own where the paths do not tell. */
  readonly patients: Uint32Array;
  readonly patientsKnown: boolean;
  readonly predictionsWithoutLabels: number;
}

/**
 * Brings predictions to the labels' films: by Path where both files have it, else row by row.
 * @throws InputError `no-prediction` for a labelled film without one, `row-counts` where rows cannot stand for each other
 */
export function joinTables(labels: CsvTable, predictions: CsvTable): JoinedTables {
  const films = labels.values.length / OBSERVATION_COUNT;
  const predicted = predictions.values.length / OBSERVATION_COUNT;
  const places = placesByPath(labels, predictions);
  if (places === null && films !== predicted) {
    const what = `${films} rows in ${labels.file} and ${predicted} in ${predictions.file}`;
    throw new InputError("row-counts", `${what}, expected as many, or a column Path in both`);
  }
  if (films === 0) throw new InputError("row-counts", `${labels.file}: no rows, expected labels of at least one film`);
  const rows = places ?? Array.from({ length: films }, (_, row) => row);
  const probabilities = new Float64Array(films * OBSERVATION_COUNT);
  rows.forEach((place, row) => {
    for (let k = 0; k < OBSERVATION_COUNT; k += 1) {
      probabilities[row * OBSERVATION_COUNT + k] = predictions.values[place * OBSERVATION_COUNT + k]!;
    }
  });
  const names = patientNames(labels.paths ?? predictions.paths);
  return {
    joinedBy: places === null ? "order" : "path",
    films,
    labels: Float64Array.from(labels.values),
    probabilities,
    patients: names === null ? Uint32Array.from({ length: films }, (_, row) => row) : numberNames(names),
    patientsKnown: names !== null,
    predictionsWithoutLabels: places === null ? 0 : predicted - films,
  };
}

function placesByPath(labels: CsvTable, predictions: CsvTable): number[] | null {
  if (labels.paths === null || predictions.paths === null) return null;
  const places = new Map(predictions.paths.map((path, place) => [path, place]));
  return labels.paths.map((path) => {
    const place = places.get(path);
    if (place !== undefined) return place;
    throw new InputError("no-prediction", `${predictions.file}: no row for ${quote(path)} of ${labels.file}`);
  });
}

/** Whose each film is, where every path tells. */
function patientNames(paths: readonly string[] | null): string[] | null {
  const names = (paths ?? []).flatMap((path) => {
    const origin = filmOrigin(path);
    return origin === undefined ? [] : [patientKey(origin.source, origin.patient)];
  });
  return paths !== null && names.length === paths.length ? names : null;
}
