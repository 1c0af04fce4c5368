import { takeRows } from "./arrow-columns.ts";
import { LABEL_COLUMNS, type Manifest, SUBJECT_COLUMNS } from "./film-columns.ts";
import type { FilmTask, PreparedFilms } from "./prepare-films.ts";
import type { PreparePool } from "./prepare-pool.ts";
import { filmsPerBatch } from "./shard-format.ts";
import type { PreparedBatch } from "./shard-writer.ts";

/** Films of one request to a thread: long enough to keep it busy, short enough that all threads end together. */
export const FILMS_PER_TASK = 16;

export const filmTasks = (manifest: Manifest, rows: ArrayLike<number>): FilmTask[] =>
  Array.from(rows, (row) => ({ row, film: manifest.film[row]! }));

/** Keeps every thread busy with the task after its present one, and no more than that in memory. */
export async function* prepareBatches(
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
    const answer = pool.prepare(filmTasks(manifest, task));
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
