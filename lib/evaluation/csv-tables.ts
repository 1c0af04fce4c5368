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
  /** rows x 14; NaN throughout where `failed` */
  readonly values: readonly number[];
  /** Rows of films that were not answered for. */
  readonly failed: ReadonlySet<number>;
}

export interface CsvSource {
  readonly file: string;
  /** The file from its beginning; called more than once. */
  readonly open: () => AsyncIterable<Uint8Array>;
}

const PATH = "Path";
/** Why a film has no answer, in the files that `predict` writes; its 14 cells are blank then. */
const ERROR = "Error";

interface CellKind {
  /** A cell's number, or undefined where it is none. */
  readonly parse: (text: string) => number | undefined;
  /** What would be one. */
  readonly expected: string;
  /** Whether the column `Error` may say why a row has no numbers. */
  readonly mayFail: boolean;
}

async function readTable({ file, open }: CsvSource, { parse, expected, mayFail }: CellKind): Promise<CsvTable> {
  const paths: string[] = [];
  const values: number[] = [];
  const failed = new Set<number>();
  const seen = new Set<string>();
  const refuse = (line: number, what: string) => new InputError("csv", `${file} line ${line}: ${what}`);
  const header = await readCsvHeader(file, open());
  const more = [PATH, ...(mayFail ? [ERROR] : [])].filter((name) => header.includes(name));
  await readCsv(file, open(), [...OBSERVATIONS, ...more], ({ line, cells }) => {
    const numbers = cells.slice(0, OBSERVATION_COUNT);
    const cellOf = (name: string) => (more.includes(name) ? cells[OBSERVATION_COUNT + more.indexOf(name)] : undefined);
    const path = cellOf(PATH);
    if (path !== undefined) {
      if (path === "") throw refuse(line, "Path is blank, expected the path of a film");
      if (seen.has(path)) throw refuse(line, `${quote(path)} stands there twice, expected each film once`);
      seen.add(path);
      paths.push(path);
    }
    if ((cellOf(ERROR) ?? "") !== "" && numbers.every((text) => text === "")) {
      failed.add(values.length / OBSERVATION_COUNT);
      values.push(...numbers.map(() => Number.NaN));
      return;
    }
    for (const [k, text] of numbers.entries()) {
      const value = parse(text.trim());
      if (value === undefined) throw refuse(line, `${OBSERVATIONS[k]} is ${quote(text!)}, expected ${expected}`);
      values.push(value);
    }
  });
  return { file, paths: paths.length > 0 ? paths : null, values, failed };
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
  readTable(source, {
    parse: (text) => {
      if (text === "") return blank;
      const value = Number(text);
      return value === -1 ? uncertain : value === 0 || value === 1 ? value : undefined;
    },
    expected: "1, 0, -1 or blank",
    mayFail: false,
  });

/** Probabilities; a film that `predict` could not answer for is a failed row. @throws InputError `csv` */
export const readPredictions = (source: CsvSource): Promise<CsvTable> =>
  readTable(source, {
    parse: (text) => {
      const value = Number(text);
      return text !== "" && value >= 0 && value <= 1 ? value : undefined;
    },
    expected: "a probability from 0 to 1",
    mayFail: true,
  });

/** Labels and predictions of the same films. */
export interface JoinedTables {
  readonly joinedBy: "path" | "order";
  /** With labels and probabilities. */
  readonly films: number;
  /** rows x 14 */
  readonly labels: Float64Array;
  /** rows x 14 */
  readonly probabilities: Float64Array;
  /** Number of each film's patient; each film one of its own where the paths do not tell. */
  readonly patients: Uint32Array;
  readonly patientsKnown: boolean;
  readonly predictionsWithoutLabels: number;
  /** Labelled films left out because they were not answered for. */
  readonly failedPredictions: number;
}

/**
 * Brings predictions to the labels' films: by Path where both files have it, else row by row.
 * @throws InputError `no-prediction` for a labelled film without a row, or where all failed; `row-counts` where rows
 *   cannot stand for each other
 */
export function joinTables(labels: CsvTable, predictions: CsvTable): JoinedTables {
  const labelled = labels.values.length / OBSERVATION_COUNT;
  const predicted = predictions.values.length / OBSERVATION_COUNT;
  const places = placesByPath(labels, predictions);
  if (places === null && labelled !== predicted) {
    const what = `${labelled} rows in ${labels.file} and ${predicted} in ${predictions.file}`;
    throw new InputError("row-counts", `${what}, expected as many, or a column Path in both`);
  }
  if (labelled === 0)
    throw new InputError("row-counts", `${labels.file}: no rows, expected labels of at least one film`);
  const pairs = Array.from({ length: labelled }, (_, row) => ({ row, place: places?.[row] ?? row })).filter(
    ({ place }) => !predictions.failed.has(place),
  );
  if (pairs.length === 0) {
    throw new InputError("no-prediction", `${predictions.file}: none of the ${labelled} films was answered for`);
  }
  const gather = ({ values }: CsvTable, rows: readonly number[]) => {
    const gathered = new Float64Array(rows.length * OBSERVATION_COUNT);
    for (let i = 0; i < gathered.length; i += 1) {
      const column = i % OBSERVATION_COUNT;
      gathered[i] = values[rows[(i - column) / OBSERVATION_COUNT]! * OBSERVATION_COUNT + column]!;
    }
    return gathered;
  };
  const paths = labels.paths ?? predictions.paths;
  const names = patientNames(paths && pairs.map(({ row }) => paths[row]!));
  return {
    joinedBy: places === null ? "order" : "path",
    films: pairs.length,
    labels: gather(
      labels,
      pairs.map(({ row }) => row),
    ),
    probabilities: gather(
      predictions,
      pairs.map(({ place }) => place),
    ),
    patients: names === null ? Uint32Array.from(pairs.keys()) : numberNames(names),
    patientsKnown: names !== null,
    predictionsWithoutLabels: places === null ? 0 : predicted - labelled,
    failedPredictions: labelled - pairs.length,
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
