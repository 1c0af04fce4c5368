import { InputError } from "../domain/errors.ts";
import { NotFoundError } from "../store/errors.ts";
import type { Store } from "../store/store.ts";
import { decodeTable, encodeTable } from "./arrow-columns.ts";
import { folderOf } from "./descriptions.ts";
import { MANIFEST_COLUMNS, type Manifest } from "./film-columns.ts";
import { findFilms } from "./find-films.ts";
import { ManifestRows } from "./manifest-rows.ts";
import { markNotLabelled, neverLabelled } from "./not-labelled.ts";
import { type CsvFile, readSources } from "./read-sources.ts";

/**
 * Every row of the CSV files, in their order.
 *
 * A row whose path stood there before, with the same labels, is marked as a duplicate and left out of every run, since
 * it would count the film twice. With other labels nobody can say which row is right: an error. An observation that a
 * source fills in no row was not looked for there: not labelled, where it is blank too.
 * @param data folder of the CSV files and the films
 * @throws InputError `csv` at the first row that is wrong; `films` where none of a file's films is there
 */
export async function readManifest(data: Store, csvFiles: readonly string[]): Promise<Manifest> {
  const rows = new ManifestRows();
  const files = csvFiles.map((name) => ({ name, folder: folderOf(name), stream: () => data.stream(name) }));
  for (const { file, format, first } of await readSources(rows, files)) {
    rows.placeFilms(first.row, first.row + first.count, await findFilms(data, file, format, rows, first));
  }
  return finish(rows);
}

/**
 * The same of files whose films need not be there: `film` is the path as the row has it.
 * @throws InputError `csv`
 */
export async function readLabels(files: readonly CsvFile[]): Promise<Manifest> {
  const rows = new ManifestRows();
  await readSources(rows, files);
  return finish(rows);
}

function finish(rows: ManifestRows): Manifest {
  const manifest = rows.manifest();
  return markNotLabelled(manifest, neverLabelled(manifest));
}

export const encodeManifest = (manifest: Manifest): Uint8Array => encodeTable(MANIFEST_COLUMNS, manifest);

/** @throws InputError `manifest` where none is there, as in a run that another version began */
export async function loadManifest(store: Store, key: string): Promise<Manifest> {
  const where = `${store.uri}/${key}`;
  const bytes = await store.get(key).catch((cause: unknown) => {
    if (!(cause instanceof NotFoundError)) throw cause;
    throw new InputError("manifest", `${where}: no manifest that this version reads; start a new run`, { cause });
  });
  return decodeTable(MANIFEST_COLUMNS, bytes, where);
}
