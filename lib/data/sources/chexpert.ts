import type { Source } from "../../contracts/provenance.ts";
import { OBSERVATION_COUNT, OBSERVATIONS } from "../../domain/observations.ts";
import { CHEXPERT } from "../../domain/provenance.ts";
import { isReadersSource, READER_COLUMN, READER_NAME, READERS_SOURCE, UNKNOWN_READER } from "../../domain/readers.ts";
import { UNKNOWN_AGE } from "../column-codecs.ts";
import type { Aliases } from "../column-names.ts";
import { type CsvRow, fault, shownCell } from "../csv.ts";
import { divisionOfPath, filmOrigin, foldersOfSource, pathFault } from "../film-path.ts";
import { choose, isBlank, labelsOfSource, OBSERVATION_ALIASES, parseLabels, SEXES } from "./cells.ts";
import type { FilmRow, SourceFormat } from "./source-format.ts";

/** Columns of CheXpert's CSV files. */
export const FILM_COLUMNS = ["Path", "Sex", "Age", "Frontal/Lateral", "AP/PA", ...OBSERVATIONS] as const;

const ALIASES: Aliases = {
  ...OBSERVATION_ALIASES,
  Sex: ["Gender", "Patient Sex", "Patient Gender"],
  Age: ["Patient Age"],
};

/** What a cell may say, and what it means. Real files hold all of these (CheXpert-v1.0-small). */
const VIEWS = new Map([
  ["Frontal", "frontal"],
  ["Lateral", "lateral"],
]);
const PROJECTIONS = new Map(["AP", "PA", "LL", "RL", ""].map((name) => [name, name]));

const OLDEST = 150;
/** `50`, or `50.0` as pandas writes a column with gaps. */
const WHOLE_YEARS = /^\s*\d{1,3}(\.0*)?\s*$/;
const FIRST_LABEL = FILM_COLUMNS.length - OBSERVATION_COUNT;

function parse(file: string, row: CsvRow): FilmRow {
  const { line, cells } = row;
  const path = cells[0]!;
  const badPath = pathFault(path);
  if (badPath !== undefined) throw fault(file, line, `Path ${badPath}, expected a relative path such as ${EXAMPLE}`);
  const origin = filmOrigin(path);
  if (origin === undefined) {
    throw fault(file, line, `Path names no patient and study, expected one such as ${EXAMPLE}`);
  }
  return {
    source: origin.source,
    patient: origin.patient,
    study: origin.study,
    line,
    path,
    sex: choose(SEXES, file, line, "Sex", cells[1]!),
    age: parseAge(file, row),
    view: choose(VIEWS, file, line, "Frontal/Lateral", cells[3]!),
    projection: choose(PROJECTIONS, file, line, "AP/PA", cells[4]!),
    labels: labelsOfSource(origin.source, parseLabels(file, line, cells, FIRST_LABEL)),
    ...(isReadersSource(origin.source) && { reader: readerOf(file, row) }),
  };
}

/** Of another source the column may say whatever it likes. */
function readerOf(file: string, { line, cells }: CsvRow): string {
  const text = cells[FILM_COLUMNS.length] ?? "";
  if (isBlank(text)) return UNKNOWN_READER;
  if (READER_NAME.test(text)) return text;
  throw fault(
    file,
    line,
    `${READER_COLUMN} is ${shownCell(text)}, expected a pseudonym as the service writes it, or blank`,
  );
}

const EXAMPLE = "CheXpert-v1.0-small/train/patient00001/study1/view1_frontal.jpg";

function parseAge(file: string, { line, cells }: CsvRow): number {
  const text = cells[2]!;
  if (isBlank(text)) return UNKNOWN_AGE;
  const age = WHOLE_YEARS.test(text) ? Number(text) : Number.NaN;
  if (age <= OLDEST) return age;
  throw fault(file, line, `Age is ${shownCell(text)}, expected whole years from 0 to ${OLDEST}`);
}

/** The labels are what is short where cells are missing at the end of a row, as in a file cut by a spreadsheet. */
const describeShortRow = (cells: number, expected: number): string => {
  const labels = cells - (expected - OBSERVATION_COUNT);
  const fits = expected === FILM_COLUMNS.length && labels >= 0 && labels < OBSERVATION_COUNT;
  return fits ? ` (${labels} labels, expected ${OBSERVATION_COUNT})` : "";
};

/** Stanford's own release (Irvin et al. 2019). */
const RELEASE: Source = {
  name: CHEXPERT,
  kind: "public",
  source: "https://stanfordmlgroup.github.io/competitions/chexpert/ (Irvin et al. 2019)",
  licence: "Stanford University Dataset Research Use Agreement",
  labeller: "CheXpert labeller (rule-based, from reports); of valid.csv, radiologists",
  referenceStandard: "radiologists' reports, read by a program; of valid.csv, the majority of three radiologists",
  dates: "October 2002 to July 2017",
};

/** Labels that the service was sent (functions/api/feedback). */
const FEEDBACK: Source = { name: "feedback", kind: "own", labeller: "readers, through the service" };

/** CheXpert, and every data set that is written as it is. */
export const chexpert: SourceFormat = {
  name: "CheXpert",
  columns: FILM_COLUMNS,
  optional: READER_COLUMN,
  aliases: ALIASES,
  signature: FILM_COLUMNS,
  parse,
  describe: describeShortRow,
  known: [
    { folder: /^CheXpert-v1\.0/, source: RELEASE },
    { folder: new RegExp(`^${READERS_SOURCE}$`), source: FEEDBACK },
  ],
  // CheXpert's paths start with the name of the folder that holds the CSV.
  spareFolders: foldersOfSource,
  archiveOf: (path) => `${divisionOfPath(path) ?? filmOrigin(path)!.source}/`,
};
