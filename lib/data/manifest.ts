import { InputError } from "../domain/errors.ts";
import type { Store } from "../store/store.ts";
import { decodeTable, encodeTable } from "./arrow-columns.ts";
import { readCsv } from "./csv.ts";
import { MANIFEST_COLUMNS, type Manifest } from "./film-columns.ts";
import { describeShortRow, FILM_COLUMNS, parseFilmRow } from "./film-row.ts";
import { ManifestRows } from "./manifest-rows.ts";

/**
 * Every row of the CSV files, in their order.
 *
 * A row whose path stood there before, with the same labels, is marked as a duplicate and left out of every run, since
 * it would count the film twice. With other labels nobody can say which row is right: an error.
 * @param data folder of the CSV files and the films
 * @throws InputError `csv` at the first row that is wrong; `films` where none of a file's films is there
 */
export async function readManifest(data: Store, csvFiles: readonly string[]): Promise<Manifest> {
  const rows = new ManifestRows();
  for (const file of csvFiles) {
    const first = rows.length;
    await readFilmRows(rows, file, data.stream(file));
    rows.placeFilms(first, await findFilms(data, file, rows, first));
  }
  rows.requireSome(csvFiles);
  return rows.manifest();
}

/** A CSV file wherever it lies. */
export interface CsvFile {
  readonly name: string;
  stream(): AsyncIterable<Uint8Array>;
}

/**
 * The same of files whose films need not be there: `film` is the path as the row has it.
 * @throws InputError `csv`
 */
export async function readLabels(files: readonly CsvFile[]): Promise<Manifest> {
  const rows = new ManifestRows();
  for (const { name, stream } of files) await readFilmRows(rows, name, stream());
  rows.requireSome(files.map(({ name }) => name));
  return rows.manifest();
}

const readFilmRows = (rows: ManifestRows, file: string, pieces: AsyncIterable<Uint8Array>): Promise<void> =>
  readCsv(file, pieces, FILM_COLUMNS, (row) => rows.add(file, parseFilmRow(file, row)), describeShortRow);

/** How many films of a file are looked for before giving up. */
const PROBES = 20;

/** Where a path of the CSV lies in the data folder. */
const PLACES: readonly ((path: string) => string)[] = [
  (path) => path,
  // CheXpert's paths start with the name of the folder that holds the CSV.
  (path) => path.slice(path.indexOf("/") + 1),
];

async function findFilms(
  data: Store,
  file: string,
  rows: ManifestRows,
  first: number,
): Promise<(path: string) => string> {
  const count = rows.length - first;
  if (count === 0) return PLACES[0]!;
  const spread = Math.max(1, Math.floor(count / PROBES));
  for (let probe = 0; probe < Math.min(PROBES, count); probe += 1) {
    const path = rows.path(first + probe * spread);
    for (const place of PLACES) if (await data.head(place(path))) return place;
  }
  throw new InputError(
    "films",
    `${file} line ${rows.line(first)}: none of the file's films is there; expected them in ${data.uri} under the path of their row, with or without its first folder`,
  );
}

export const encodeManifest = (manifest: Manifest): Uint8Array => encodeTable(MANIFEST_COLUMNS, manifest);

export const loadManifest = async (store: Store, key: string): Promise<Manifest> =>
  decodeTable(MANIFEST_COLUMNS, await store.get(key), `${store.uri}/${key}`);
