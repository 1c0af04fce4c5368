import { availableParallelism } from "node:os";
import { ShardRecord } from "../../contracts/dataset.ts";
import { datasetKeys, preparationName } from "../../contracts/layout.ts";
import type { RunRequest } from "../../contracts/run.ts";
import type { RunConfig } from "../../contracts/run-config.ts";
import type { StepContext, StepSummary } from "../../steps/run-step.ts";
import { findDocument, writeDocument } from "../../store/documents.ts";
import type { Rooms } from "../../store/open.ts";
import type { Manifest } from "../film-columns.ts";
import { type FilmIdentity, hashFilms } from "../film-hash.ts";
import { KnownPixels } from "../known-pixels.ts";
import { loadManifest } from "../manifest.ts";
import { FILMS_PER_TASK, identify, prepareBatches } from "../prepare-batches.ts";
import { openPreparePool, type PreparePool } from "../prepare-pool.ts";
import { selectedRows } from "../selection.ts";
import { writeShard } from "../shard-writer.ts";

export interface PrepareOptions {
  readonly threads?: number;
}

/** Which films are prepared how; of a run, or of a data set that a model is validated on. */
export interface PrepareRequest extends Pick<RunRequest, "data" | "fingerprint"> {
  readonly config: Pick<RunConfig, "geometry" | "views" | "prepare"> & {
    readonly data: Omit<RunConfig["data"], "readerShare">;
  };
}

/** What preparing needs of a step's context. */
export interface PrepareContext extends Pick<StepContext, "index" | "signal" | "note" | "progress"> {
  readonly request: PrepareRequest;
  readonly rooms: Pick<Rooms, "datasets">;
}

/**
 * One part of the manifest's rows -> its shard and ShardRecord. The same bytes whatever the number of threads. A shard
 * of the very films that stand there now is not made again, also where another run made it; pixels of a film that is in
 * any shard of this geometry are copied, so that only new films are decoded.
 */
export async function prepare(
  context: PrepareContext,
  { threads = availableParallelism() }: PrepareOptions = {},
): Promise<StepSummary> {
  const { rooms, request, index, note } = context;
  const { config, fingerprint } = request;
  const stored = datasetKeys(fingerprint);
  const manifest = await loadManifest(rooms.datasets, stored.manifest);
  const first = index * config.prepare.rowsPerPart;
  const rows = selectedRows(manifest, config.views).subarray(first, first + config.prepare.rowsPerPart);
  const tasks = Math.ceil(rows.length / FILMS_PER_TASK);
  const recordKey = stored.shardRecord(preparationName(config), index);
  const record = await findDocument(rooms.datasets, recordKey, ShardRecord);
  const open = (known: readonly string[]) =>
    openPreparePool({
      threads: Math.min(threads, tasks),
      dataUri: request.data,
      links: config.data.links,
      geometry: config.geometry,
      known,
    });

  if (record && (await isCurrent(context, manifest, rows, record, open([])))) {
    note("info", `${record.rows} films prepared by an earlier run`);
    return { films: record.rows, setAside: record.setAside.length, decoded: 0, reused: true };
  }
  const known = await KnownPixels.find(rooms.datasets, config.geometry);
  const pool = open(known.hashes);
  try {
    return await writePart(context, manifest, rows, { known, pool, edition: record ? record.edition + 1 : 0 });
  } finally {
    await pool.close();
  }
}

/** Whether a shard is whole and made of the films that stand there now. */
async function isCurrent(
  { rooms, signal, progress }: PrepareContext,
  manifest: Manifest,
  rows: Uint32Array,
  record: ShardRecord,
  pool: PreparePool,
): Promise<boolean> {
  try {
    if ((await rooms.datasets.head(record.key))?.size !== record.bytes) return false;
    const films = await identify(manifest, rows, pool, (done) => {
      signal.throwIfAborted();
      progress({ done, total: rows.length, unit: "films looked at" });
    });
    return films === record.films;
  } finally {
    await pool.close();
  }
}

async function writePart(
  { rooms, request, index, signal, progress }: PrepareContext,
  manifest: Manifest,
  rows: Uint32Array,
  using: { readonly known: KnownPixels; readonly pool: PreparePool; readonly edition: number },
): Promise<StepSummary> {
  const { geometry } = request.config;
  const { edition } = using;
  const stored = datasetKeys(request.fingerprint);
  const preparation = preparationName(request.config);
  const key = stored.shard(preparation, index, edition);
  const started = performance.now();
  const setAside: ShardRecord["setAside"] = [];
  const films: FilmIdentity[] = [];
  let decoded = 0;
  const batches = prepareBatches(manifest, rows, geometry.size, using, (done, prepared) => {
    signal.throwIfAborted();
    films.push(...prepared.films, ...prepared.refused);
    decoded += prepared.films.filter(({ isKnown }) => !isKnown).length;
    for (const { row, code, reason } of prepared.refused) {
      setAside.push({ row, file: manifest.file[row]!, line: manifest.line[row]!, code, reason });
    }
    progress({ done, total: rows.length, unit: "films" });
  });
  const written = await writeShard(rooms.datasets, key, geometry, batches);
  films.sort((a, b) => a.row - b.row);
  const record = { schema: "hilum.shard/2" as const, key, edition, films: hashFilms(films), ...written, setAside };
  await writeDocument(rooms.datasets, stored.shardRecord(preparation, index), ShardRecord, record);
  const filmsPerSecond = Math.round(rows.length / ((performance.now() - started) / 1000));
  return { films: written.rows, setAside: setAside.length, decoded, reused: false, filmsPerSecond };
}
