import { takeRows } from "./arrow-columns.ts";
import { LABEL_COLUMNS, type Manifest, SUBJECT_COLUMNS } from "./film-columns.ts";
import { hashFilms } from "./film-hash.ts";
import type { KnownPixels } from "./known-pixels.ts";
import type { FilmIdentity, FilmTask, PreparedFilms } from "./prepare-films.ts";
import type { PreparePool } from "./prepare-pool.ts";
import { filmsPerBatch } from "./shard-format.ts";
import type { PreparedBatch } from "./shard-writer.ts";

/** Films of one request to a thread: long enough to keep it busy, short enough that all threads end together. */
export const FILMS_PER_TASK = 16;

const filmTasks = (manifest: Manifest, rows: ArrayLike<number>): FilmTask[] =>
  Array.from(rows, (row) => ({ row, film: manifest.film[row]! }));

/** What a pool answers to tasks one after another, in their order; two tasks a thread are under way, no more. */
async function* inOrder<T>(
  rows: Uint32Array,
  threads: number,
  ask: (rows: Uint32Array) => Promise<T>,
): AsyncGenerator<{ readonly rows: Uint32Array; readonly answer: T; readonly isLast: boolean }> {
  const tasks = Array.from({ length: Math.ceil(rows.length / FILMS_PER_TASK) }, (_, task) =>
    rows.subarray(task * FILMS_PER_TASK, (task + 1) * FILMS_PER_TASK),
  );
  const start = (task: Uint32Array) => {
    const answer = ask(task);
    // Its error is thrown where it is awaited.
    answer.catch(() => {});
    return answer;
  };
  const ahead = 2 * threads;
  const asked = tasks.slice(0, ahead).map(start);
  for (const [i, task] of tasks.entries()) {
    const answer = await asked.shift()!;
    const next = tasks[i + ahead];
    if (next) asked.push(start(next));
    yield { rows: task, answer, isLast: i === tasks.length - 1 };
  }
}

/** Batches of a shard as its films are prepared; those that are known are copied. */
export async function* prepareBatches(
  manifest: Manifest,
  rows: Uint32Array,
  size: number,
  { pool, known }: { readonly pool: PreparePool; readonly known: KnownPixels },
  report: (done: number, films: PreparedFilms) => void,
): AsyncGenerator<PreparedBatch> {
  const tasksPerBatch = Math.max(1, Math.floor(filmsPerBatch(size) / FILMS_PER_TASK));
  let pieces: PreparedFilms[] = [];
  let done = 0;
  for await (const { rows: task, answer, isLast } of inOrder(rows, pool.threads, (asked) =>
    pool.prepare(filmTasks(manifest, asked)),
  )) {
    done += task.length;
    report(done, answer);
    pieces.push(answer);
    if (pieces.length < tasksPerBatch && !isLast) continue;
    yield await joinPieces(manifest, pieces, size ** 2, known);
    pieces = [];
  }
}

/** What stands there now of these rows' films, as hashFilms() sums it up. */
export async function identify(
  manifest: Manifest,
  rows: Uint32Array,
  pool: PreparePool,
  report: (done: number) => void,
): Promise<string> {
  const films: FilmIdentity[] = [];
  const ask = (asked: Uint32Array) => pool.identify(filmTasks(manifest, asked));
  for await (const { answer } of inOrder(rows, pool.threads, ask)) {
    films.push(...answer);
    report(films.length);
  }
  return hashFilms(films);
}

async function joinPieces(
  manifest: Manifest,
  pieces: readonly PreparedFilms[],
  stride: number,
  known: KnownPixels,
): Promise<PreparedBatch> {
  const films = pieces
    .flatMap((piece) => piece.films)
    .map((film) => (film.isKnown ? { ...film, ...known.sizeOf(film.sha256) } : film));
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
    pixels: await joinPixels(pieces, films.length, stride, known),
  };
}

async function joinPixels(
  pieces: readonly PreparedFilms[],
  count: number,
  stride: number,
  known: KnownPixels,
): Promise<Uint8Array> {
  const pixels = new Uint8Array(count * stride);
  const copies: { sha256: string; into: Uint8Array }[] = [];
  let place = 0;
  for (const piece of pieces) {
    let decoded = 0;
    for (const { sha256, isKnown } of piece.films) {
      const into = pixels.subarray(place * stride, (place + 1) * stride);
      place += 1;
      if (isKnown) copies.push({ sha256, into });
      else {
        into.set(piece.pixels.subarray(decoded * stride, (decoded + 1) * stride));
        decoded += 1;
      }
    }
  }
  await known.read(copies);
  return pixels;
}
