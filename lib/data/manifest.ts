import type { ColumnMapping } from "../contracts/column-mapping.ts";
import type { RunRequest } from "../contracts/run.ts";
import { InputError } from "../domain/errors.ts";
import { NotFoundError } from "../store/errors.ts";
import type { Store } from "../store/store.ts";
import { decodeTable, encodeTable } from "./arrow-columns.ts";
import { folderOf } from "./descriptions.ts";
import { MANIFEST_COLUMNS, type Manifest } from "./film-columns.ts";
import { findFilms } from "./find-films.ts";
import { ManifestRows } from "./manifest-rows.ts";
import { readMappings } from "./mappings.ts";
import { markNotLabelled, neverLabelled } from "./not-labelled.ts";
import { listedDivision } from "./own-division.ts";
import { type CsvFile, type ReadFile, readSources } from "./read-sources.ts";

/** What a data folder holds. */
export interface FolderFilms {
  /** Every row; each with the key of its film, or of where that would be. */
  readonly manifest: Manifest;
  /** Whether each row's film is there. */
  readonly isThere: readonly boolean[];
  readonly files: readonly ReadFile[];
  /** The folder. */
  readonly uri: string;
}

/**
 * Every row of the CSV files, in their order, and which of their films are there. Reads no film.
 *
 * A row whose path stood there before, with the same labels, is marked as a duplicate and left out of every run, since
 * it would count the film twice. With other labels nobody can say which row is right: an error. An observation that a
 * source fills in no row was not looked for there: not labelled, where it is blank too.
 * @param data folder of the CSV files and the films
 * @param columns what the configuration says of the CSV files' columns
 * @throws InputError `csv` at the first row that is wrong; `films` where it is not clear which film is a row's;
 *   `given-test` where lists of the data set's own division contradict each other
 */
export async function readFolder(
  data: Store,
  { csv, beside = [] }: Pick<RunRequest, "csv" | "beside">,
  columns?: ColumnMapping,
): Promise<FolderFilms> {
  const rows = new ManifestRows();
  const mapping = await readMappings(data, beside, columns);
  const files = csv.map((name) => ({
    name,
    folder: folderOf(name),
    mapping: mapping(name),
    stream: () => data.stream(name),
  }));
  const read = await readSources(rows, files);
  const { films, isThere } = await findFilms(data, read, rows);
  rows.placeFilms(films);
  const manifest = finish(rows);
  const listed = await listedDivision(data, beside, manifest);
  const division = manifest.division.map((part, row) => listed[row] ?? part);
  return { manifest: { ...manifest, division }, isThere, files: read, uri: data.uri };
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
