import { availableParallelism } from "node:os";
import { ShardRecord } from "../../contracts/dataset.ts";
import { datasetKeys, preparationName } from "../../contracts/layout.ts";
import type { StepContext, StepSummary } from "../../steps/run-step.ts";
import { findDocument, writeDocument } from "../../store/documents.ts";
import { takeRows } from "../arrow-columns.ts";
import { LABEL_COLUMNS, type Manifest, SUBJECT_COLUMNS } from "../film-columns.ts";
import { loadManifest } from "../manifest.ts";
import type { PreparedFilms } from "../prepare-films.ts";
import { openPreparePool, type PreparePool } from "../prepare-pool.ts";
import { selectedRows } from "../selection.ts";
import { filmsPerBatch } from "../shard-format.ts";
import { type PreparedBatch, writeShard } from "../shard-writer.ts";

/** Films of one request to a thread: long enough to keep it busy, short enough that all threads end together. */
const FILMS_PER_TASK = 16;

export interface PrepareOptions {
  readonly threads?: number;
}

/**
 * One part of the manifest's rows -> its shard and ShardRecord. The same bytes whatever the number of threads; a shard
 * whose record stands there is not made again, also where another run made it.
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
  const known = await findDocument(rooms.datasets, recordKey, ShardRecord);
  if (known && (await rooms.datasets.head(key))?.size === known.bytes) {
    note("info", `${known.rows} films prepared by an earlier run`);
    return { films: known.rows, setAside: known.setAside.length, reused: true };
  }
  const manifest = await loadManifest(rooms.datasets, stored.manifest);
  const first = index * config.prepare.rowsPerPart;
  const rows = selectedRows(manifest, config.views).subarray(first, first + config.prepare.rowsPerPart);
  const started = performance.now();
  const setAside: ShardRecord["setAside"] = [];
  const pool = openPreparePool(
    Math.min(threads, Math.ceil(rows.length / FILMS_PER_TASK)),
    request.data,
    config.geometry,
  );
  try {
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

/** Keeps every thread busy with the task after its present one, and no more than that in memory. */
async function* prepareBatches(
  manifest: Manifest,
  rows: Uint32Array,
  size: number,
  pool: PreparePool,
  report: (done: number, refused: PreparedFilms["refused"]) => void,
): AsyncGenerator<PreparedBatch> {
  const tasks = Array.from({ length: Math.ceil(rows.length / FILMS_PER_TASK) }, (_, task) =>
    rows.subarray(task * FILMS_PER_TASK, (task + 1) * FILMS_PER_TASK),
  );
  const ask = (task: Uint32Array) => {
    const answer = pool.prepare(Array.from(task, (row) => ({ row, film: manifest.film[row]! })));
    // Its error is thrown where it is awaited.
    answer.catch(() => {});
    return answer;
  };
  const ahead = 2 * pool.threads;
  const asked = tasks.slice(0, ahead).map(ask);
  const tasksPerBatch = Math.max(1, Math.floor(filmsPerBatch(size) / FILMS_PER_TASK));
  let pieces: PreparedFilms[] = [];
  let done = 0;
  for (const [i, task] of tasks.entries()) {
    const piece = await asked.shift()!;
    const next = tasks[i + ahead];
    if (next) asked.push(ask(next));
    done += task.length;
    report(done, piece.refused);
    pieces.push(piece);
    if (pieces.length < tasksPerBatch && i < tasks.length - 1) continue;
    yield joinPieces(manifest, pieces);
    pieces = [];
  }
}

function joinPieces(manifest: Manifest, pieces: readonly PreparedFilms[]): PreparedBatch {
  const films = pieces.flatMap((piece) => piece.films);
  const row = Uint32Array.from(films, (film) => film.row);
  return {
    films: {
      row,
      filmSha256: films.map((film) => film.sha256),
      filmWidth: Uint32Array.from(films, (film) => film.width),
      filmHeight: Uint32Array.from(films, (film) => film.height),
      ...takeRows(SUBJECT_COLUMNS, manifest, row),
      ...takeRows(LABEL_COLUMNS, manifest, row),
    },
    pixels: Buffer.concat(pieces.map((piece) => piece.pixels)),
  };
}
