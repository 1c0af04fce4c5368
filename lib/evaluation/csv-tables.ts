import { renamed } from "../data/column-names.ts";
import { quote, readCsv, readCsvHeader } from "../data/csv.ts";
import { labelColumns, labelMatrix } from "../data/film-columns.ts";
import { filmOrigin } from "../data/film-path.ts";
import { markNotLabelled, neverLabelled } from "../data/not-labelled.ts";
import { labelOfCell, labelsOfSource, OBSERVATION_ALIASES } from "../data/sources/cells.ts";
import { InputError } from "../domain/errors.ts";
import { BLANK, NOT_LABELLED, type Policy, targetsOf } from "../domain/label-policy.ts";
import { OBSERVATION_COUNT, OBSERVATIONS, type Observation } from "../domain/observations.ts";
import type { Part } from "../domain/parts.ts";
import { patientKey } from "../domain/split.ts";
import { joinPaths, type PathJoin } from "./join-paths.ts";
import { numberNames } from "./prediction-table.ts";

/** The 14 columns of a CSV file, and the `Path` and the `Patient` of its films where it has those columns. */
export interface CsvTable {
  readonly file: string;
  readonly paths: readonly string[] | null;
  /** Whose each film is, where the file has columns for it. */
  readonly patients: readonly string[] | null;
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

/** Names a film; brings predictions to labels. */
export const PATH_COLUMN = "Path";
/** Names whose film it is, where the path does not tell. */
export const PATIENT_COLUMN = "Patient";

/** Names of a table's columns. */
interface Columns {
  readonly path: string;
  readonly values: readonly string[];
  /** Those that say whose a film is. */
  readonly patient: readonly string[];
  /** The column that says which part of a run a film is in. */
  readonly part: string | null;
}

/** The columns of CheXpert's format, or those of the file `predictions.csv` that a run writes (predictionsCsv). */
function columnsOf(header: readonly string[], kind: CellKind["kind"]): Columns {
  const ofRun = OBSERVATIONS.map((name) => `${kind} ${name}`);
  return ofRun.every((name) => header.includes(name))
    ? { path: "path", values: ofRun, patient: ["source", "patient"], part: "part" }
    : { path: PATH_COLUMN, values: OBSERVATIONS, patient: [PATIENT_COLUMN], part: null };
}

/** Why a film has no answer, in the files that `predict` writes; its 14 cells are blank then. */
const ERROR = "Error";

interface CellKind {
  /** As the columns of a run's own file begin. */
  readonly kind: "label" | "probability";
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
  { kind, parse, expected, mayFail, mayLackColumns }: CellKind,
): Promise<CsvTable & { readonly ofRun: boolean }> {
  const paths: string[] = [];
  const patients: string[] = [];
  const values: number[] = [];
  const failed = new Set<number>();
  const seen = new Set<string>();
  const firstBlank = new Map<number, number>();
  const answered = new Set<number>();
  const refuse = (line: number, what: string) => new InputError("csv", `${file} line ${line}: ${what}`);
  const written = await readCsvHeader(file, open());
  const columns = columnsOf(written, kind);
  const known = [
    columns.path,
    ...columns.patient,
    ...(columns.part === null ? [] : [columns.part]),
    ...(mayFail ? [ERROR] : []),
  ];
  const header = renamed(written, [...columns.values, ...known], OBSERVATION_ALIASES);
  const more = known.filter((name) => header.includes(name));
  await readCsv(
    file,
    open(),
    [...columns.values, ...more],
    ({ line, cells }) => {
      const numbers = cells.slice(0, OBSERVATION_COUNT);
      const cellOf = (name: string) =>
        more.includes(name) ? cells[OBSERVATION_COUNT + more.indexOf(name)] : undefined;
      // Operating points and calibration were fitted on the others.
      if (columns.part !== null && cellOf(columns.part) !== TEST) return;
      const path = cellOf(columns.path);
      const whose = columns.patient.flatMap((name) => cellOf(name) ?? []);
      if (whose.length === columns.patient.length) {
        if (whose.at(-1)!.trim() === "") {
          const expected = "expected whose film it is, or no such column";
          throw refuse(line, `${columns.patient.at(-1)} is blank, ${expected}`);
        }
        patients.push(whose.join("\n"));
      }
      if (path !== undefined) {
        if (path === "") throw refuse(line, `${columns.path} is blank, expected the path of a film`);
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
    },
    { aliases: OBSERVATION_ALIASES },
  );

  for (const [k, line] of firstBlank) {
    if (answered.has(k))
      throw refuse(line, `${OBSERVATIONS[k]} is blank, expected ${expected}, or blank for all films`);
  }
  const whole = <T>(cells: T[]): T[] | null => (cells.length > 0 ? cells : null);
  return { file, paths: whole(paths), patients: whole(patients), values, failed, ofRun: columns.part !== null };
}

const TEST: Part = "test";

/** Labels as the file has them besides what they count as. */
export interface LabelsTable extends CsvTable {
  /** rows x 14, each 1, 0, -1, BLANK or NOT_LABELLED */
  readonly raw: Int8Array;
}

/**
 * Labels: 1, 0, -1 (uncertain), blank or NA (not labelled), as CheXpert writes them; what a source of the file never
 * labels is not labelled either.
 * @param policy what uncertain and blank ones count as
 * @returns values 1, 0, or NaN where masked
 * @throws InputError `csv`
 */
export async function readLabels(source: CsvSource, policy: Policy): Promise<LabelsTable> {
  const { ofRun, ...table } = await readTable(source, {
    kind: "label",
    parse: (text) => labelOfCell(text) ?? [-1, 0, 1].find((label) => label === Number(text)),
    expected: "1, 0, -1, NA or blank",
    mayFail: false,
    mayLackColumns: false,
  });
  const rows = table.values.length / OBSERVATION_COUNT;
  const sources = Array.from({ length: rows }, (_, row) => filmOrigin(table.paths?.[row] ?? "")?.source ?? "");
  const labels = sources.flatMap((name, row) =>
    labelsOfSource(name, table.values.slice(row * OBSERVATION_COUNT, (row + 1) * OBSERVATION_COUNT)),
  );
  // The run's policy has left blank what it leaves out.
  const given = ofRun ? labels.map((label) => (label === BLANK ? NOT_LABELLED : label)) : labels;
  const read = { source: sources, ...labelColumns(given) };
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
    kind: "probability",
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
  readonly joinedBy: PathJoin["joinedBy"] | "order";
  /** With labels and probabilities. */
  readonly films: number;
  /** rows x 14; NaN where masked, or not answered for */
  readonly labels: Float64Array;
  /** rows x 14; NaN where not answered for */
  readonly probabilities: Float64Array;
  /** Observations that the predictions leave blank. */
  readonly notAnswered: readonly Observation[];
  /** Number of each film's patient; each film one of its own where neither column nor paths tell. */
  readonly patients: Uint32Array;
  readonly patientsKnown: boolean;
  /** Labels of these films that nobody looked for. */
  readonly notLabelled: number;
  readonly predictionsWithoutLabels: number;
  readonly labelsWithoutPredictions: number;
  /** Labelled films left out because they were not answered for. */
  readonly failedPredictions: number;
}

/**
 * Brings predictions to the labels' films: by Path where both files have it, else row by row. Labelled films without a row
 * among the predictions are left out and counted.
 * @throws InputError `no-prediction` where no path meets, or all failed; `row-counts` where rows cannot stand for each other
 */
export function joinTables(labels: LabelsTable, predictions: CsvTable): JoinedTables {
  const labelled = labels.values.length / OBSERVATION_COUNT;
  const predicted = predictions.values.length / OBSERVATION_COUNT;
  const { joinedBy, places } = joinRows(labels, predictions);
  if (labelled === 0)
    throw new InputError("row-counts", `${labels.file}: no rows, expected labels of at least one film`);
  const met = places.flatMap((place, row) => (place === undefined ? [] : [{ row, place }]));
  const pairs = met.filter(({ place }) => !predictions.failed.has(place));
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
  const names = patientsOf(labels, predictions, pairs);
  return {
    joinedBy,
    films: pairs.length,
    labels: given.map((label, at) => (Number.isNaN(probabilities[at]!) ? Number.NaN : label)),
    probabilities,
    notAnswered,
    patients: names === null ? Uint32Array.from(pairs.keys()) : numberNames(names),
    patientsKnown: names !== null,
    notLabelled: pairs.reduce((sum, { row }) => sum + notLabelled(row), 0),
    predictionsWithoutLabels: predicted - met.length,
    labelsWithoutPredictions: labelled - met.length,
    failedPredictions: met.length - pairs.length,
  };
}

/** A row of the labels and one of the predictions that are of the same film. */
interface Pair {
  readonly row: number;
  readonly place: number;
}

function joinRows(labels: CsvTable, predictions: CsvTable): Pick<PathJoin, "places"> & Pick<JoinedTables, "joinedBy"> {
  if (labels.paths !== null && predictions.paths !== null) {
    return joinPaths({ file: labels.file, paths: labels.paths }, { file: predictions.file, paths: predictions.paths });
  }
  const [labelled, predicted] = [labels, predictions].map(({ values }) => values.length / OBSERVATION_COUNT);
  if (labelled !== predicted) {
    const what = `${labelled} rows in ${labels.file} and ${predicted} in ${predictions.file}`;
    throw new InputError("row-counts", `${what}, expected as many, or a column Path in both`);
  }
  return { joinedBy: "order", places: Array.from({ length: labelled! }, (_, row) => row) };
}

/** Whose each film is, as a file's columns say, else its paths; null where neither tells. */
function patientsOf(labels: CsvTable, predictions: CsvTable, pairs: readonly Pair[]): string[] | null {
  if (labels.patients !== null) return pairs.map(({ row }) => labels.patients![row]!);
  if (predictions.patients !== null) return pairs.map(({ place }) => predictions.patients![place]!);
  if (labels.paths !== null) return patientNames(pairs.map(({ row }) => labels.paths![row]!));
  return patientNames(predictions.paths && pairs.map(({ place }) => predictions.paths![place]!));
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
