import { createHash } from "node:crypto";
import type { Geometry } from "../contracts/run-config.ts";
import { decodeFilm, FilmError } from "../engine/decode.ts";
import { resizeToSquare } from "../engine/resize.ts";
import { NotFoundError } from "../store/errors.ts";
import type { Store } from "../store/store.ts";

/** A row of the manifest and where its film lies. */
export interface FilmTask {
  readonly row: number;
  readonly film: string;
}

export interface PreparedFilm {
  readonly row: number;
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
}

export interface RefusedFilm {
  readonly row: number;
  readonly code: string;
  readonly reason: string;
}

export interface PreparedFilms {
  readonly films: readonly PreparedFilm[];
  /** films x size x size, those in `films` only */
  readonly pixels: Uint8Array;
  readonly refused: readonly RefusedFilm[];
}

/** Films that are on their way from the store while one is decoded. */
const READ_AHEAD = 8;

/** Decodes and resizes films in the order of the tasks; one that cannot be read is set aside, all else is thrown. */
export async function prepareFilms(
  data: Store,
  tasks: readonly FilmTask[],
  geometry: Geometry,
): Promise<PreparedFilms> {
  const stride = geometry.size ** 2;
  const pixels = new Uint8Array(tasks.length * stride);
  const films: PreparedFilm[] = [];
  const refused: RefusedFilm[] = [];
  const reads = tasks.slice(0, READ_AHEAD).map((task) => readFilm(data, task));
  for (const [i, { row }] of tasks.entries()) {
    const next = tasks[i + READ_AHEAD];
    if (next) reads.push(readFilm(data, next));
    try {
      const bytes = await reads[i]!;
      const image = decodeFilm(bytes);
      pixels.set(resizeToSquare(image, geometry), films.length * stride);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      films.push({ row, sha256, width: image.width, height: image.height });
    } catch (error) {
      if (!(error instanceof FilmError)) throw error;
      refused.push({ row, code: error.code, reason: error.message });
    }
  }
  return { films, pixels: pixels.slice(0, films.length * stride), refused };
}

function readFilm(data: Store, { film }: FilmTask): Promise<Uint8Array> {
  const read = data.get(film).catch((cause: unknown) => {
    throw cause instanceof NotFoundError ? new FilmError("film-missing", "no such film", { cause }) : cause;
  });
  // Its error is thrown where it is awaited; should an earlier film fail first, it is nobody's.
  read.catch(() => {});
  return read;
}
