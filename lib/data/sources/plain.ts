import type { ColumnMapping } from "../../contracts/column-mapping.ts";
import { NOT_LABELLED } from "../../domain/label-policy.ts";
import { forEachObservation, OBSERVATIONS, type Observation } from "../../domain/observations.ts";
import { UNKNOWN_AGE } from "../column-codecs.ts";
import { keyOf } from "../column-names.ts";
import { type CsvRow, fault } from "../csv.ts";
import { filmOrigin, pathFault } from "../film-path.ts";
import { choose, isBlank, SEXES } from "./cells.ts";
import { listedLabels } from "./listed-labels.ts";
import { mostReaders } from "./most-readers.ts";
import { observationNames, plainAge, plainLabel, plainView } from "./plain-cells.ts";
import type { FilmRow, SourceFormat } from "./source-format.ts";

/** What a column may be, and how people call it where no mapping says so; of several the first. */
const NAMES = {
  path: ["Path", "Film", "Image Path", "File Path", "Filename", "File", "Image"],
  patient: ["Patient", "Patient ID", "Subject", "Subject ID"],
  study: ["Study", "Study ID", "Accession Number", "Exam"],
  view: ["View", "Frontal/Lateral", "View Position", "Projection", "AP/PA"],
  sex: ["Sex", "Gender", "Patient Sex", "Patient Gender"],
  age: ["Age", "Patient Age"],
  date: ["Date", "Study Date"],
  split: ["Split", "Division"],
  // A mapping alone says so.
  reader: [],
  labels: ["Labels", "Label", "Finding Labels", "Findings", "Finding", "Diagnosis", "Class Name", "Class"],
} as const;
type Role = keyof typeof NAMES;

/** What a table's columns are taken for, by their names in its header. */
export interface PlainColumns {
  readonly roles: Readonly<Partial<Record<Role, string>>>;
  readonly observations: Readonly<Partial<Record<Observation, string>>>;
}

/**
 * What a header's columns are: as a mapping says, or by their names.
 * @returns what is missing instead, where there is no film in it, nothing to learn or not what the mapping names
 */
export function plainColumns(header: readonly string[], mapping?: ColumnMapping): PlainColumns | string {
  const byKey = new Map(header.toReversed().map((name) => [keyOf(name), name]));
  const find = (names: readonly string[]): string | undefined =>
    names.map((name) => byKey.get(keyOf(name))).find((name) => name !== undefined);
  if (mapping !== undefined) {
    const { observations = {}, labels, ...others } = mapping;
    const named = told({ ...others, labels: labels?.column });
    const each = told(observations);
    const absent = [...named, ...each].map(([, name]) => name).filter((name) => find([name]) === undefined);
    if (absent.length > 0) return `no column ${absent.join(", ")}, which the mapping names`;
    const found = (columns: typeof named) => Object.fromEntries(columns.map(([what, name]) => [what, find([name])!]));
    return { roles: found(named), observations: found(each) };
  }
  const roles = Object.fromEntries(
    Object.entries(NAMES).flatMap(([role, names]) => {
      const name = find(names);
      return name === undefined ? [] : [[role, name]];
    }),
  ) as PlainColumns["roles"];
  const observations = Object.fromEntries(
    OBSERVATIONS.flatMap((name) => {
      const column = find(observationNames(name));
      return column === undefined ? [] : [[name, column]];
    }),
  ) as PlainColumns["observations"];
  const isEach = Object.keys(observations).length > 0;
  if (roles.path === undefined) return "no column Path";
  if (!isEach && roles.labels === undefined) return "no column of an observation, nor one of Labels";
  const { labels, ...others } = roles;
  return { roles: isEach ? others : { ...others, ...(labels && { labels }) }, observations };
}

const told = (names: Readonly<Record<string, string | undefined>>): [string, string][] =>
  Object.entries(names).flatMap(([what, name]) => (name === undefined ? [] : [[what, name]]));

const DIVISIONS: ReadonlyMap<string, string | null> = new Map([
  ["train", "train"],
  ["training", "train"],
  ["valid", "valid"],
  ["validation", "valid"],
  ["validate", "valid"],
  ["val", "valid"],
  ["test", "test"],
  ["", null],
]);

/**
 * Somebody's own table of films: `Path`, any of patient, study, view, sex, age, date and split, and observations, a column
 * each or named in one column. A film of no patient's, by no column and no folder of its path, is a patient of its own.
 */
export function plainFormat({ roles, observations }: PlainColumns, mapping?: ColumnMapping): SourceFormat {
  const columns = [...new Set([...Object.values(roles), ...Object.values(observations)])];
  const at = (role: Role): number => columns.indexOf(roles[role] ?? "");
  const places = Object.fromEntries(Object.keys(NAMES).map((role) => [role, at(role as Role)])) as Record<Role, number>;
  const columnOf = OBSERVATIONS.map((name) => columns.indexOf(observations[name] ?? ""));
  const listed = roles.labels === undefined ? undefined : listedLabels(roles.labels, mapping?.labels);
  const projection = columns.indexOf("AP/PA");

  function parse(file: string, { line, cells }: CsvRow): FilmRow {
    const cell = (role: Role): string => cells[places[role]] ?? "";
    const path = asKey(cell("path"));
    const badPath = pathFault(path);
    if (badPath !== undefined) throw fault(file, line, `${roles.path} ${badPath}, expected a path in the data folder`);
    const origin = filmOrigin(path);
    const patient = oneLine(cell("patient"));
    if (places.patient >= 0 && isBlank(patient))
      throw fault(file, line, `${roles.patient} is blank, expected a patient`);
    const { view, projection: seen } = places.view < 0 ? { view: "frontal", projection: "" } : plainView(cell("view"));
    return {
      line,
      path,
      source: origin?.source ?? "",
      patient: patient || (origin?.patient ?? path),
      study: oneLine(cell("study")) || oneLine(cell("date")) || (origin?.study ?? path),
      sex: choose(SEXES, file, line, roles.sex ?? "Sex", cell("sex")),
      age: places.age < 0 ? UNKNOWN_AGE : plainAge(file, line, cell("age")),
      view,
      projection: projection < 0 ? seen : plainView(cells[projection]!).projection,
      division: choose(DIVISIONS, file, line, roles.split ?? "Split", cell("split")),
      labels:
        listed?.parse(cell("labels")) ??
        forEachObservation((name, k) =>
          columnOf[k]! < 0 ? NOT_LABELLED : plainLabel(file, line, observations[name]!, cells[columnOf[k]!]!),
        ),
    };
  }

  return {
    name: "a plain table",
    columns,
    signature: columns,
    parse,
    ...(listed ? { finish: listed.finish } : roles.reader !== undefined && { finish: mostReaders }),
    reads: { ...roles, ...observations },
    known: [],
  };
}

/** A path as other systems write it: with backslashes, a drive, or from the root. What all rows share need not be there. */
const asKey = (text: string): string =>
  text
    .trim()
    .replaceAll("\\", "/")
    .replace(/^[a-z]:(?=\/)/i, "")
    .replace(/^(\.?\/)+/, "");

const oneLine = (text: string): string => text.trim().replace(/\s+/g, " ");
