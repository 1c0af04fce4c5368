import type { ShardRecord } from "../contracts/dataset.ts";
import { datasetKeys } from "../contracts/layout.ts";
import type { Rooms } from "../store/open.ts";
import { concatRows } from "./arrow-columns.ts";
import { FILM_COLUMNS, type Films, type Manifest } from "./film-columns.ts";
import { encodeManifest, type FolderFilms } from "./manifest.ts";
import { manifestOf } from "./missing-films.ts";
import { readShard } from "./prepared-shard.ts";
import { leftOut, rowsLeft } from "./selection.ts";
import { type PrepareContext, type PrepareRequest, prepare } from "./steps/prepare.ts";

/** Films of a data folder that belongs to no run, prepared as a model's own films were. */
export interface ExternalFilms {
  readonly manifest: Manifest;
  /** For each row of the manifest why it is left out by rule, or null. */
  readonly reasons: readonly (string | null)[];
  /** In the order of the shards: their place is their position. */
  readonly films: Films;
  readonly shards: readonly ShardRecord[];
}

export interface ExternalRequest extends PrepareRequest {
  /** What the folder holds. Rows without a film are left out. */
  readonly found: FolderFilms;
}

/**
 * CSV files -> manifest -> shards, by the steps that a run is prepared with; what is prepared already is not prepared again.
 * @throws InputError as validate and prepare
 */
export async function prepareExternal(
  rooms: Pick<Rooms, "datasets">,
  request: ExternalRequest,
  { signal, note, progress }: Pick<PrepareContext, "signal" | "note" | "progress">,
): Promise<ExternalFilms> {
  const { datasets } = rooms;
  const manifest = manifestOf(request.found, request.config.data.missing);
  signal.throwIfAborted();
  await datasets.put(datasetKeys(request.fingerprint).manifest, encodeManifest(manifest));
  const reasons = leftOut(manifest, request.config.views);
  const { length } = rowsLeft(reasons);
  const parts = Math.ceil(length / request.config.prepare.rowsPerPart);
  const shards: ShardRecord[] = [];
  const films: Films[] = [];
  for (let index = 0; index < parts; index += 1) {
    const before = index * request.config.prepare.rowsPerPart;
    const reported: PrepareContext["progress"] = ({ done, ...rest }) =>
      progress({ ...rest, done: before + done, total: length });
    await prepare({ rooms, request, index, signal, note, progress: reported });
    const shard = await readShard(datasets, request, index);
    shards.push(shard.record);
    films.push(shard.films);
  }
  return { manifest, reasons, films: concatRows(FILM_COLUMNS, films), shards };
}
