import type { Store } from "../store/store.ts";
import { decodeTable, encodeTable } from "./arrow-columns.ts";
import { folderOf } from "./descriptions.ts";
import { MANIFEST_COLUMNS, type Manifest } from "./film-columns.ts";
import { findFilms } from "./find-films.ts";
import { ManifestRows } from "./manifest-rows.ts";
import { type CsvFile, readSources } from "./read-sources.ts";

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
  const files = csvFiles.map((name) => ({ name, folder: folderOf(name), stream: () => data.stream(name) }));
  for (const { file, format, first } of await readSources(rows, files)) {
    rows.placeFilms(first.row, first.row + first.count, await findFilms(data, file, format, rows, first));
  }
  return rows.manifest();
}

/**
 * The same of files whose films need not be there: `film` is the path as the row has it.
 * @throws InputError `csv`
 */
export async function readLabels(files: readonly CsvFile[]): Promise<Manifest> {
  const rows = new ManifestRows();
  await readSources(rows, files);
  return rows.manifest();
}

export const encodeManifest = (manifest: Manifest): Uint8Array => encodeTable(MANIFEST_COLUMNS, manifest);

export const loadManifest = async (store: Store, key: string): Promise<Manifest> =>
  decodeTable(MANIFEST_COLUMNS, await store.get(key), `${store.uri}/${key}`);
