import { chunks } from "../domain/chunks.ts";
import { readAhead } from "../parallel/read-ahead.ts";
import { takeRows } from "./arrow-columns.ts";
import { LABEL_COLUMNS, type Manifest, SUBJECT_COLUMNS } from "./film-columns.ts";
import { type FilmIdentity, hashFilms } from "./film-hash.ts";
import { warningsCell } from "./film-warnings.ts";
import type { KnownPixels } from "./known-pixels.ts";
import type { FilmTask, PreparedFilm, PreparedFilms } from "./prepare-films.ts";
import type { PreparePool } from "./prepare-pool.ts";
import { filmsPerBatch } from "./shard-format.ts";
import type { PreparedBatch } from "./shard-writer.ts";

/** Tasks of a thread that are asked for before the oldest is answered, at the least: more than it has at once. */
const TASKS_AHEAD = 4;

/** Batches whose tasks are asked for at once, so that no thread waits while one is written. */
const BATCHES_AHEAD = 2;

/** Films of one request to a thread: long enough to keep it busy, short enough that all threads end together. */
export const FILMS_PER_TASK = 16;

const filmTasks = (manifest: Manifest, rows: ArrayLike<number>): FilmTask[] =>
  Array.from(rows, (row) => ({ row, film: manifest.film[row] as string }));

/** Batches of a shard as its films are prepared; those that are known are copied. A batch's pixels are its own until the next is asked for. */
export async function* prepareBatches(
  manifest: Manifest,
  rows: Uint32Array,
  size: number,
  { pool, known }: { readonly pool: PreparePool; readonly known: KnownPixels },
  report: (done: number, films: PreparedFilms) => void,
): AsyncGenerator<PreparedBatch> {
  const stride = size ** 2;
  const tasksPerBatch = Math.max(1, Math.floor(filmsPerBatch(size) / FILMS_PER_TASK));
  const memory = new PixelMemory(tasksPerBatch * FILMS_PER_TASK * stride);
  const ask = (asked: Uint32Array, task: number) => {
    const start = (task % tasksPerBatch) * FILMS_PER_TASK * stride;
    const pixels = memory.ofBatch(Math.floor(task / tasksPerBatch)).subarray(start, start + asked.length * stride);
    return pool.prepare(filmTasks(manifest, asked), pixels);
  };
  let films: PreparedFilm[] = [];
  let task = 0;
  const ahead = Math.max(TASKS_AHEAD * pool.threads, BATCHES_AHEAD * tasksPerBatch);
  for await (const answer of readAhead(chunks(rows, FILMS_PER_TASK), ahead, ask)) {
    const first = (task % tasksPerBatch) * FILMS_PER_TASK;
    films.push(...answer.films.map((film) => ({ ...film, place: first + film.place })));
    task += 1;
    const done = Math.min(rows.length, task * FILMS_PER_TASK);
    report(done, answer);
    if (task % tasksPerBatch !== 0 && done < rows.length) continue;
    const batch = Math.floor((task - 1) / tasksPerBatch);
    yield await joinFilms(manifest, films, memory.ofBatch(batch), stride, known);
    memory.free(batch);
    films = [];
  }
}

/** Memory of batches that threads write pixels into, used again once a batch is written: nothing for the garbage collector. */
class PixelMemory {
  private readonly taken = new Map<number, Uint8Array<SharedArrayBuffer>>();
  private readonly spare: Uint8Array<SharedArrayBuffer>[] = [];
  private readonly bytes: number;

  constructor(bytes: number) {
    this.bytes = bytes;
  }

  ofBatch(batch: number): Uint8Array<SharedArrayBuffer> {
    const pixels = this.taken.get(batch) ?? this.spare.pop() ?? new Uint8Array(new SharedArrayBuffer(this.bytes));
    this.taken.set(batch, pixels);
    return pixels;
  }

  free(batch: number): void {
    this.spare.push(this.taken.get(batch)!);
    this.taken.delete(batch);
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
  for await (const answer of readAhead(chunks(rows, FILMS_PER_TASK), TASKS_AHEAD * pool.threads, ask)) {
    films.push(...answer);
    report(films.length);
  }
  return hashFilms(films);
}

async function joinFilms(
  manifest: Manifest,
  prepared: readonly PreparedFilm[],
  pixels: Uint8Array,
  stride: number,
  known: KnownPixels,
): Promise<PreparedBatch> {
  const films = prepared.map((film) => {
    if (film.isKnown) return { ...film, ...known.factsOf(film.sha256) };
    return { ...film, warnings: warningsCell(film.warnings) };
  });
  const row = Uint32Array.from(films, (film) => film.row);
  return {
    films: {
      row,
      filmSha256: films.map((film) => film.sha256),
      filmWidth: Uint32Array.from(films, (film) => film.width),
      filmHeight: Uint32Array.from(films, (film) => film.height),
      ...takeRows(SUBJECT_COLUMNS, manifest, row),
      ...takeRows(LABEL_COLUMNS, manifest, row),
      warnings: films.map(({ warnings }) => warnings),
    },
    pixels: await joinPixels(prepared, pixels, stride, known),
  };
}

/** Closes the gaps that refused films left, and fetches known ones. */
async function joinPixels(
  films: readonly PreparedFilm[],
  pixels: Uint8Array,
  stride: number,
  known: KnownPixels,
): Promise<Uint8Array> {
  const copies: { sha256: string; into: Uint8Array }[] = [];
  for (const [i, { place, sha256, isKnown }] of films.entries()) {
    if (isKnown) copies.push({ sha256, into: pixels.subarray(i * stride, (i + 1) * stride) });
    else if (place !== i) pixels.copyWithin(i * stride, place * stride, (place + 1) * stride);
  }
  await known.read(copies);
  return pixels.subarray(0, films.length * stride);
}
