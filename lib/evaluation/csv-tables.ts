import { quote, readCsv, readCsvHeader } from "../data/csv.ts";
import { labelColumns, labelMatrix } from "../data/film-columns.ts";
import { filmOrigin } from "../data/film-path.ts";
import { markNotLabelled, neverLabelled } from "../data/not-labelled.ts";
import { labelsOfSource } from "../data/sources/cells.ts";
import { InputError } from "../domain/errors.ts";
import { BLANK, NOT_LABELLED, type Policy, targetsOf } from "../domain/label-policy.ts";
import { OBSERVATION_COUNT, OBSERVATIONS, type Observation } from "../domain/observations.ts";
import { patientKey } from "../domain/split.ts";
import { numberNames } from "./prediction-table.ts";

/** The 14 columns of a CSV file, and the `Path` of its films where it has that column. */
export interface CsvTable {
  readonly file: string;
  readonly paths: readonly string[] | null;
  /** rows x 14; NaN throughout where `failed`, and in columns that are blank */
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
  /** Whether a column may be blank in all rows: an observation that was not answered for. */
  readonly mayLackColumns: boolean;
}

async function readTable(
  { file, open }: CsvSource,
  { parse, expected, mayFail, mayLackColumns }: CellKind,
): Promise<CsvTable> {
  const paths: string[] = [];
  const values: number[] = [];
  const failed = new Set<number>();
  const seen = new Set<string>();
  const firstBlank = new Map<number, number>();
  const answered = new Set<number>();
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
      if (mayLackColumns && text.trim() === "") {
        if (!firstBlank.has(k)) firstBlank.set(k, line);
        values.push(Number.NaN);
        continue;
      }
      const value = parse(text.trim());
      if (value === undefined) throw refuse(line, `${OBSERVATIONS[k]} is ${quote(text!)}, expected ${expected}`);
      answered.add(k);
      values.push(value);
    }
  });
  for (const [k, line] of firstBlank) {
    if (answered.has(k))
      throw refuse(line, `${OBSERVATIONS[k]} is blank, expected ${expected}, or blank for all films`);
  }
  return { file, paths: paths.length > 0 ? paths : null, values, failed };
}

/** Labels as the file has them besides what they count as. */
export interface LabelsTable extends CsvTable {
  /** rows x 14, each 1, 0, -1, BLANK or NOT_LABELLED */
  readonly raw: Int8Array;
}

/** Cells that are no number. */
const WORDS: ReadonlyMap<string, number> = new Map([
  ["", BLANK],
  ["NA", NOT_LABELLED],
]);

/**
 * Labels: 1, 0, -1 (uncertain), blank or NA (not labelled), as CheXpert writes them; what a source of the file never
 * labels is not labelled either.
 * @param policy what uncertain and blank ones count as
 * @returns values 1, 0, or NaN where masked
 * @throws InputError `csv`
 */
export async function readLabels(source: CsvSource, policy: Policy): Promise<LabelsTable> {
  const table = await readTable(source, {
    parse: (text) => WORDS.get(text) ?? [-1, 0, 1].find((label) => label === Number(text)),
    expected: "1, 0, -1, NA or blank",
    mayFail: false,
    mayLackColumns: false,
  });
  const rows = table.values.length / OBSERVATION_COUNT;
  const sources = Array.from({ length: rows }, (_, row) => filmOrigin(table.paths?.[row] ?? "")?.source ?? "");
  const labels = sources.flatMap((name, row) =>
    labelsOfSource(name, table.values.slice(row * OBSERVATION_COUNT, (row + 1) * OBSERVATION_COUNT)),
  );
  const read = { source: sources, ...labelColumns(labels) };
  const raw = labelMatrix(markNotLabelled(read, neverLabelled(read)));
  return { ...table, values: Array.from(targetsOf(policy, raw)), raw };
}

/**
 * Probabilities; a film that `predict` could not answer for is a failed row, and an observation that is blank for all
 * films was not answered for.
 * @throws InputError `csv`
 */
export const readPredictions = (source: CsvSource): Promise<CsvTable> =>
  readTable(source, {
    parse: (text) => {
      const value = Number(text);
      return text !== "" && value >= 0 && value <= 1 ? value : undefined;
    },
    expected: "a probability from 0 to 1",
    mayFail: true,
    mayLackColumns: true,
  });

/** Labels and predictions of the same films. */
export interface JoinedTables {
  readonly joinedBy: "path" | "order";
  /** With labels and probabilities. */
  readonly films: number;
  /** rows x 14; NaN where masked, or not answered for */
  readonly labels: Float64Array;
  /** rows x 14; NaN where not answered for */
  readonly probabilities: Float64Array;
  /** Observations that the predictions leave blank. */
  readonly notAnswered: readonly Observation[];
  /** Number of each film's patient; each film one of its own where the paths do not tell. */
  readonly patients: Uint32Array;
  readonly patientsKnown: boolean;
  /** Labels of these films that nobody looked for. */
  readonly notLabelled: number;
  readonly predictionsWithoutLabels: number;
  /** Labelled films left out because they were not answered for. */
  readonly failedPredictions: number;
}

/**
 * Brings predictions to the labels' films: by Path where both files have it, else row by row.
 * @throws InputError `no-prediction` for a labelled film without a row, or where all failed; `row-counts` where rows
 *   cannot stand for each other
 */
export function joinTables(labels: LabelsTable, predictions: CsvTable): JoinedTables {
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
  const notLabelled = (row: number): number =>
    labels.raw
      .subarray(row * OBSERVATION_COUNT, (row + 1) * OBSERVATION_COUNT)
      .reduce((sum, label) => sum + Number(label === NOT_LABELLED), 0);
  const notAnswered = OBSERVATIONS.filter((_, k) =>
    Number.isNaN(predictions.values[pairs[0]!.place * OBSERVATION_COUNT + k]!),
  );
  if (notAnswered.length === OBSERVATION_COUNT) {
    throw new InputError("no-prediction", `${predictions.file}: no probability of any observation`);
  }
  const probabilities = gather(
    predictions,
    pairs.map(({ place }) => place),
  );
  const given = gather(
    labels,
    pairs.map(({ row }) => row),
  );
  const paths = labels.paths ?? predictions.paths;
  const names = patientNames(paths && pairs.map(({ row }) => paths[row]!));
  return {
    joinedBy: places === null ? "order" : "path",
    films: pairs.length,
    labels: given.map((label, at) => (Number.isNaN(probabilities[at]!) ? Number.NaN : label)),
    probabilities,
    notAnswered,
    patients: names === null ? Uint32Array.from(pairs.keys()) : numberNames(names),
    patientsKnown: names !== null,
    notLabelled: pairs.reduce((sum, { row }) => sum + notLabelled(row), 0),
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

/** The values of these rows, rows x 14. */
function gather({ values }: Pick<CsvTable, "values">, rows: readonly number[]): Float64Array {
  const gathered = new Float64Array(rows.length * OBSERVATION_COUNT);
  for (let i = 0; i < gathered.length; i += 1) {
    const column = i % OBSERVATION_COUNT;
    gathered[i] = values[rows[(i - column) / OBSERVATION_COUNT]! * OBSERVATION_COUNT + column]!;
  }
  return gathered;
}
