import { availableParallelism } from "node:os";
import { refusal } from "../../contracts/codes.ts";
import { type InputError, TemporaryError } from "../../domain/errors.ts";
import type { SquareGeometry } from "../../engine/resize.ts";
import { type CallProcess, type Limit, ProcessEnded, startProcess } from "../../parallel/call-process.ts";
import { limiter, type Waiting } from "../../parallel/limiter.ts";
import { moduleBeside } from "../../parallel/program-modules.ts";
import type { Drawn, DrawOptions, FilmSource, ReaderCalls, ReadFilm, Vitals } from "./reader-calls.ts";

/** A process of one's own for one film. */
export interface FilmReader {
  /**
   * @throws as readFilm and checkPlausibility; InputError `film-too-slow`, `film-damaged` where it ended its process;
   * TemporaryError `predictor-timeout`, `predictor-stopped`
   */
  read(film: FilmSource, geometry: SquareGeometry | null): Promise<ReadFilm>;
  /** The film that was read. */
  draw(options: DrawOptions): Promise<Drawn>;
}

/**
 * Processes that read films, each film in one that reads no other meanwhile: what a file does to its reader happens to
 * nobody else, and is known to be that file's doing. A reader that ended is replaced.
 */
export interface ReaderPool {
  /** Waits for a reader that is free. @throws TemporaryError `predictor-closed`; the signal's reason; what `use` throws */
  withReader<T>(use: (reader: FilmReader) => Promise<T>, waiting?: Waiting): Promise<T>;
  vitals(): Promise<readonly Vitals[]>;
  close(): Promise<void>;
}

/** At least two, so that one slow film never stops the others; more only cost memory. */
const MOST_READERS = Math.min(4, Math.max(2, availableParallelism()));

/** Seconds of processor time for any film, and more for each million bytes of its file, up to a limit. */
const SECONDS = { any: 5, eachMegabyte: 1, most: 30 } as const;

/** Of a file in one message: it is copied by the thread that answers for health, which waits for each one's receipt. */
const PIECE_BYTES = 1 << 20;

/** Signals by which a process ends through its own fault: of its native code, or of V8 out of memory. */
const OWN_FAULTS: ReadonlySet<unknown> = new Set(["SIGSEGV", "SIGBUS", "SIGABRT", "SIGILL", "SIGFPE", "SIGTRAP"]);

type Process = CallProcess<ReaderCalls>;

const PROGRAM = moduleBeside("./reader-program.ts", import.meta.url);
/** Of V8, outside of which a film's pixels lie. */
const HEAP_MIB = 512;

export interface ReaderPoolOptions {
  /** Milliseconds that one call may take, whoever else needs the processor. */
  readonly wall: number;
  /** Processes at one time; the first is started at once. */
  readonly most?: number;
}

export function openReaderPool({ wall, most = MOST_READERS }: ReaderPoolOptions): ReaderPool {
  const all = new Set<Process>();
  const free: Process[] = [];
  const places = limiter({ places: most });
  let closed = false;

  function start(): Process {
    const process: Process = startProcess({ module: PROGRAM, heapMiB: HEAP_MIB });
    all.add(process);
    void process.ended.then(() => {
      all.delete(process);
      const place = free.indexOf(process);
      if (place >= 0) free.splice(place, 1);
      // One is always ready for the next film.
      if (!closed && all.size === 0) free.push(start());
    });
    return process;
  }

  free.push(start());

  return {
    withReader: (use, waiting) =>
      places.run(async () => {
        if (closed) throw new TemporaryError("predictor-closed", "the predictor is closed");
        const process = free.pop() ?? start();
        try {
          return await use(readerOver(process, wall));
        } finally {
          if (all.has(process)) free.push(process);
        }
      }, waiting),
    async vitals() {
      const told = await Promise.all([...all].map((one) => one.call("vitals", null, { wall }).catch(() => undefined)));
      return told.filter((one) => one !== undefined);
    },
    async close() {
      closed = true;
      await Promise.all([...all].map((process) => process.stop()));
    },
  };
}

function readerOver(process: Process, wall: number): FilmReader {
  let limit: Limit = { wall };
  const blamed = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (error) {
      throw error instanceof ProcessEnded && isOwnFault(error) ? unreadable(error) : error;
    }
  };
  return {
    async read(film, geometry) {
      const isFile = film instanceof Uint8Array;
      const bytes = isFile ? film.length : film.image.data.byteLength;
      const processor = Math.min(SECONDS.most, Math.ceil(SECONDS.any + (SECONDS.eachMegabyte * bytes) / 1e6));
      limit = { wall, processor };
      const inPieces = isFile && bytes > PIECE_BYTES;
      for (let at = 0; inPieces && at < bytes; at += PIECE_BYTES) {
        await process.call("take", film.subarray(at, at + PIECE_BYTES), { wall });
      }
      return blamed(process.call("read", { film: inPieces ? null : film, geometry }, limit));
    },
    draw: (options) => blamed(process.call("draw", options, { ...limit, processor: SECONDS.most })),
  };
}

const isOwnFault = ({ end }: ProcessEnded): boolean => OWN_FAULTS.has(end) || (typeof end === "number" && end !== 0);

const unreadable = (cause: ProcessEnded): InputError =>
  refusal("film-damaged", "its decoder failed on it", {
    cause,
  });
