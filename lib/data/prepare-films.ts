import { createHash } from "node:crypto";
import type { Geometry } from "../contracts/run-config.ts";
import { InputError } from "../domain/errors.ts";
import type { GreyImage } from "../domain/grey-image.ts";
import { decodeFilm, FilmError } from "../engine/decode.ts";
import { resizeToSquare } from "../engine/resize.ts";
import { mediaOf } from "../imaging/media.ts";
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
  const reads = tasks.slice(0, READ_AHEAD).map((task) => fetchFilm(data, task));
  for (const [i, { row }] of tasks.entries()) {
    const next = tasks[i + READ_AHEAD];
    if (next) reads.push(fetchFilm(data, next));
    try {
      const bytes = await reads[i]!;
      const image = await decode(bytes);
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

/** JPEG and PNG, which data sets are made of, by TensorFlow's kernels; the rest as at the door. */
async function decode(bytes: Uint8Array): Promise<GreyImage> {
  const media = mediaOf(bytes);
  if (media === "jpeg" || media === "png" || bytes.length === 0) return decodeFilm(bytes);
  if (media === undefined) throw new FilmError("film-format", "no PNG, JPEG, TIFF, WebP or DICOM file");
  const { readFilm } = await import("../imaging/read-film.ts");
  try {
    return (await readFilm(bytes)).image;
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new FilmError(cause.code, cause.message, { cause });
  }
}

function fetchFilm(data: Store, { film }: FilmTask): Promise<Uint8Array> {
  const read = data.get(film).catch((cause: unknown) => {
    throw cause instanceof NotFoundError ? new FilmError("film-missing", "no such film", { cause }) : cause;
  });
  // Its error is thrown where it is awaited; should an earlier film fail first, it is nobody's.
  read.catch(() => {});
  return read;
}
