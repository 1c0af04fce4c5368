import type { Geometry } from "../contracts/run-config.ts";
import { InputError } from "../domain/errors.ts";
import { FilmError } from "../engine/decode.ts";
import { filmToSquare, type SquareFilm } from "../engine/film-to-square.ts";
import { resizeToSquare } from "../engine/resize.ts";
import { mediaOf } from "../imaging/media.ts";
import { NotFoundError } from "../store/errors.ts";
import type { Store } from "../store/store.ts";
import { hashFilm } from "./film-hash.ts";

/** A row of the manifest and where its film lies. */
export interface FilmTask {
  readonly row: number;
  readonly film: string;
}

/** A film by its bytes; `film-missing` where there are none. */
export interface FilmIdentity {
  readonly row: number;
  readonly sha256: string;
}

export interface PreparedFilm extends FilmIdentity {
  readonly width: number;
  readonly height: number;
  /** Its pixels stand elsewhere and were not made again; its size is not known here. */
  readonly isKnown: boolean;
}

export interface RefusedFilm extends FilmIdentity {
  readonly code: string;
  readonly reason: string;
}

export interface PreparedFilms {
  /** In the order of the tasks. */
  readonly films: readonly PreparedFilm[];
  /** films x size x size, those in `films` that were not known */
  readonly pixels: Uint8Array;
  readonly refused: readonly RefusedFilm[];
}

/** Films that are on their way from the store while one is decoded. */
const READ_AHEAD = 8;

const MISSING = "film-missing";

/**
 * Decodes and resizes films in the order of the tasks; one that cannot be read is set aside, all else is thrown.
 * @param known hashes of films whose pixels stand elsewhere
 */
export async function prepareFilms(
  data: Store,
  tasks: readonly FilmTask[],
  geometry: Geometry,
  known: ReadonlySet<string> = new Set(),
): Promise<PreparedFilms> {
  const stride = geometry.size ** 2;
  const pixels = new Uint8Array(tasks.length * stride);
  const films: PreparedFilm[] = [];
  const refused: RefusedFilm[] = [];
  let decoded = 0;
  await forEachFilm(data, tasks, async (row, read) => {
    let sha256 = MISSING;
    try {
      const bytes = await read();
      sha256 = hashFilm(bytes);
      if (known.has(sha256)) {
        films.push({ row, sha256, width: 0, height: 0, isKnown: true });
        return;
      }
      const film = await squareFilm(bytes, geometry);
      pixels.set(film.pixels, decoded * stride);
      decoded += 1;
      films.push({ row, sha256, width: film.width, height: film.height, isKnown: false });
    } catch (error) {
      if (!(error instanceof FilmError)) throw error;
      refused.push({ row, sha256, code: error.code, reason: error.message });
    }
  });
  return { films, pixels: pixels.slice(0, decoded * stride), refused };
}

/** What stands there now, without decoding anything. */
export async function identifyFilms(data: Store, tasks: readonly FilmTask[]): Promise<FilmIdentity[]> {
  const films: FilmIdentity[] = [];
  await forEachFilm(data, tasks, async (row, read) => {
    const sha256 = await read().then(hashFilm, (error: unknown) => {
      if (error instanceof FilmError) return MISSING;
      throw error;
    });
    films.push({ row, sha256 });
  });
  return films;
}

async function forEachFilm(
  data: Store,
  tasks: readonly FilmTask[],
  use: (row: number, read: () => Promise<Uint8Array>) => Promise<void>,
): Promise<void> {
  const reads = tasks.slice(0, READ_AHEAD).map((task) => fetchFilm(data, task));
  for (const [i, { row }] of tasks.entries()) {
    const next = tasks[i + READ_AHEAD];
    if (next) reads.push(fetchFilm(data, next));
    await use(row, () => reads[i]!);
  }
}

/** JPEG and PNG, which data sets are made of, by TensorFlow's kernels; the rest as at the door. */
async function squareFilm(bytes: Uint8Array, geometry: Geometry): Promise<SquareFilm> {
  const media = mediaOf(bytes);
  if (media === "jpeg" || media === "png" || bytes.length === 0) return filmToSquare(bytes, geometry);
  if (media === undefined) throw new FilmError("film-format", "no PNG, JPEG, TIFF, WebP or DICOM file");
  const { readFilm } = await import("../imaging/read-film.ts");
  try {
    const { image } = await readFilm(bytes);
    return { width: image.width, height: image.height, pixels: resizeToSquare(image, geometry) };
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new FilmError(cause.code, cause.message, { cause });
  }
}

function fetchFilm(data: Store, { film }: FilmTask): Promise<Uint8Array> {
  const read = data.get(film).catch((cause: unknown) => {
    throw cause instanceof NotFoundError ? new FilmError(MISSING, "no such film", { cause }) : cause;
  });
  // Its error is thrown where it is awaited; should an earlier film fail first, it is nobody's.
  read.catch(() => {});
  return read;
}
