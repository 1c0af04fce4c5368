import type { Geometry } from "../contracts/run-config.ts";
import { InputError, TemporaryError } from "../domain/errors.ts";
import type { SquareFilm } from "../imaging/film.ts";
import { plainJpegToSquare } from "../imaging/plain-jpeg.ts";
import { openReaderPool, type ReaderPool } from "../imaging/reader/reader-pool.ts";
import { ProcessEnded } from "../parallel/call-process.ts";

/**
 * A film to the network's square as serving reads, checks and resizes it; what is not answered is not learned from.
 * @param square size x size; filled, unless the film is refused
 * @throws InputError as FilmReader
 */
export type ReadSquare = (bytes: Uint8Array, geometry: Geometry, square: Uint8Array) => Promise<SquareFilm>;

export interface SquareReader {
  readonly read: ReadSquare;
  close(): Promise<void>;
}

/** Milliseconds of a film on a machine that is busy with others; its limit of processor time comes long before. */
const WALL = 600_000;

/**
 * Plain films on this thread. All others by serving's reader, in a process of its own that is started for the first of them:
 * whatever a file does to its decoder is over with that file.
 */
export function squareReader(open = () => openReaderPool({ wall: WALL, most: 1 })): SquareReader {
  let readers: ReaderPool | undefined;
  const inProcess: ReadSquare = async (bytes, geometry, square) => {
    readers ??= open();
    const { pixels, size, warnings } = await readers.withReader((reader) => reader.read(bytes, geometry));
    square.set(pixels);
    return { ...size, warnings: warnings.map(({ code }) => code) };
  };
  return {
    read: async (bytes, geometry, square) =>
      plainJpegToSquare(bytes, geometry, square) ??
      inProcess(bytes, geometry, square)
        .catch((error: unknown) => {
          // Ended from outside, as where memory is short: once is no fault of the film's.
          if (!(error instanceof ProcessEnded)) throw error;
          return inProcess(bytes, geometry, square);
        })
        .catch(blame),
    close: async () => readers?.close(),
  };
}

/** What no other film does is this film's fault. */
function blame(cause: unknown): never {
  if (cause instanceof ProcessEnded) {
    const message = "the film's decoder was ended twice; the film may need more memory than there is";
    throw new InputError("film-damaged", message, { cause });
  }
  if (cause instanceof TemporaryError) throw new InputError("film-too-slow", cause.message, { cause });
  throw cause;
}
