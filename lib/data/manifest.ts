import { InputError } from "../domain/errors.ts";
import type { Store } from "../store/store.ts";
import { decodeTable, encodeTable } from "./arrow-columns.ts";
import { UNKNOWN_AGE } from "./column-codecs.ts";
import { fault, readCsv } from "./csv.ts";
import { labelColumns, MANIFEST_COLUMNS, type Manifest } from "./film-columns.ts";
import { describeShortRow, FILM_COLUMNS, type FilmRow, parseFilmRow } from "./film-row.ts";

/**
 * Every row of the CSV files, in their order.
 *
 * A row whose path stood there before, with the same labels, is marked as a duplicate and left out of every run, since
 * it would count the film twice. With other labels nobody can say which row is right: an error.
 * @param data folder of the CSV files and the films
 * @throws InputError `csv` at the first row that is wrong; `films` where none of a file's films is there
 */
export async function readManifest(data: Store, csvFiles: readonly string[]): Promise<Manifest> {
  const rows: ManifestRow[] = [];
  const firstByPath = new Map<string, ManifestRow>();
  for (const file of csvFiles) {
    const ofFile: ManifestRow[] = [];
    for await (const cells of readCsv(file, data.stream(file), FILM_COLUMNS, describeShortRow)) {
      const parsed = parseFilmRow(file, cells);
      const first = firstByPath.get(parsed.path);
      const row = {
        ...parsed,
        file,
        film: parsed.path,
        duplicateOf: first ? `${first.file} line ${first.line}` : null,
      };
      if (first === undefined) firstByPath.set(parsed.path, row);
      else if (first.labels.some((label, k) => label !== row.labels[k])) {
        throw fault(file, row.line, `the film of ${row.duplicateOf} with other labels, expected each film once`);
      }
      ofFile.push(row);
    }
    const filmKey = await findFilms(data, file, ofFile);
    for (const row of ofFile) rows.push({ ...row, film: filmKey(row.path) });
  }
  if (rows.length === 0) throw new InputError("csv", `${csvFiles.join(", ")}: no rows, expected one a film`);
  return toColumns(rows);
}

interface ManifestRow extends FilmRow {
  readonly file: string;
  readonly film: string;
  readonly duplicateOf: string | null;
}

/** How many films of a file are looked for before giving up. */
const PROBES = 20;

/** Where a path of the CSV lies in the data folder. */
const PLACES: readonly ((path: string) => string)[] = [
  (path) => path,
  // CheXpert's paths start with the name of the folder that holds the CSV.
  (path) => path.slice(path.indexOf("/") + 1),
];

async function findFilms(data: Store, file: string, rows: readonly ManifestRow[]): Promise<(path: string) => string> {
  const spread = Math.max(1, Math.floor(rows.length / PROBES));
  for (const row of rows.filter((_, i) => i % spread === 0).slice(0, PROBES)) {
    for (const place of PLACES) if (await data.head(place(row.path))) return place;
  }
  if (rows.length === 0) return PLACES[0]!;
  const first = rows[0]!;
  throw new InputError(
    "films",
    `${file} line ${first.line}: none of the file's films is there; expected them in ${data.uri} under the path of their row, with or without its first folder`,
  );
}

function toColumns(rows: readonly ManifestRow[]): Manifest {
  const text = <K extends keyof ManifestRow>(name: K) => rows.map((row) => row[name]);
  return {
    file: text("file"),
    line: Uint32Array.from(rows, (row) => row.line),
    path: text("path"),
    film: text("film"),
    duplicateOf: text("duplicateOf"),
    source: text("source"),
    patient: text("patient"),
    study: text("study"),
    view: text("view"),
    projection: text("projection"),
    sex: text("sex"),
    age: Int16Array.from(rows, (row) => row.age ?? UNKNOWN_AGE),
    ...labelColumns(rows.map((row) => row.labels)),
  };
}

export const encodeManifest = (manifest: Manifest): Uint8Array => encodeTable(MANIFEST_COLUMNS, manifest);

export const loadManifest = async (store: Store, key: string): Promise<Manifest> =>
  decodeTable(MANIFEST_COLUMNS, await store.get(key), `${store.uri}/${key}`);
