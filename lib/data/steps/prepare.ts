import { availableParallelism } from "node:os";
import { ShardRecord } from "../../contracts/dataset.ts";
import { datasetKeys, preparationName } from "../../contracts/layout.ts";
import type { StepContext, StepSummary } from "../../steps/run-step.ts";
import { findDocument, writeDocument } from "../../store/documents.ts";
import type { Manifest } from "../film-columns.ts";
import { loadManifest } from "../manifest.ts";
import { FILMS_PER_TASK, filmTasks, prepareBatches } from "../prepare-batches.ts";
import { openPreparePool, type PreparePool } from "../prepare-pool.ts";
import { selectedRows } from "../selection.ts";
import { writeShard } from "../shard-writer.ts";

export interface PrepareOptions {
  readonly threads?: number;
}

/**
 * One part of the manifest's rows -> its shard and ShardRecord. The same bytes whatever the number of threads. A shard
 * that stands there is not made again, also where another run made it, unless films that it lacks can be read now.
 */
export async function prepare(
  { rooms, request, index, signal, progress, note }: StepContext,
  { threads = availableParallelism() }: PrepareOptions = {},
): Promise<StepSummary> {
  const { config, fingerprint } = request;
  const stored = datasetKeys(fingerprint);
  const preparation = preparationName(config);
  const key = stored.shard(preparation, index);
  const recordKey = stored.shardRecord(preparation, index);
  const manifest = await loadManifest(rooms.datasets, stored.manifest);
  const first = index * config.prepare.rowsPerPart;
  const rows = selectedRows(manifest, config.views).subarray(first, first + config.prepare.rowsPerPart);
  const tasks = Math.ceil(rows.length / FILMS_PER_TASK);
  const pool = openPreparePool(Math.min(threads, tasks), request.data, config.geometry);
  try {
    const known = await findDocument(rooms.datasets, recordKey, ShardRecord);
    const isWhole = known && (await rooms.datasets.head(key))?.size === known.bytes;
    if (isWhole && (await allRefused(manifest, known, pool))) {
      note("info", `${known.rows} films prepared by an earlier run`);
      return { films: known.rows, setAside: known.setAside.length, reused: true };
    }
    const started = performance.now();
    const setAside: ShardRecord["setAside"] = [];
    const batches = prepareBatches(manifest, rows, config.geometry.size, pool, (done, refused) => {
      signal.throwIfAborted();
      for (const { row, code, reason } of refused) {
        setAside.push({ row, file: manifest.file[row]!, line: manifest.line[row]!, code, reason });
      }
      progress({ done, total: rows.length, unit: "films" });
    });
    const written = await writeShard(rooms.datasets, key, config.geometry, batches);
    const record = { schema: "hilum.shard/1" as const, key, ...written, setAside };
    await writeDocument(rooms.datasets, recordKey, ShardRecord, record);
    const filmsPerSecond = Math.round(rows.length / ((performance.now() - started) / 1000));
    return { films: written.rows, setAside: setAside.length, reused: false, filmsPerSecond };
  } finally {
    await pool.close();
  }
}

/** Whether the films that were set aside still cannot be read. */
async function allRefused(manifest: Manifest, { setAside }: ShardRecord, pool: PreparePool): Promise<boolean> {
  if (setAside.length === 0) return true;
  const tasks = filmTasks(
    manifest,
    setAside.map(({ row }) => row),
  );
  return (await pool.prepare(tasks)).films.length === 0;
}
