import type { Geometry, Links } from "../contracts/run-config.ts";
import { InputError } from "../domain/errors.ts";
import { ENGINE_MISSING } from "../engine/own-addon.ts";
import { codeOf } from "../store/disk-errors.ts";
import { NotFoundError } from "../store/errors.ts";
import { getNow } from "../store/get-now.ts";
import type { Store } from "../store/store.ts";
import { type FilmIdentity, hashFilm } from "./film-hash.ts";
import type { ReadSquare } from "./read-square.ts";

/** Where films lie, and what is done about links there. */
export interface DataFolder {
  readonly store: Store;
  readonly links: Links;
}

/** A row of the manifest and where its film lies. */
export interface FilmTask {
  readonly row: number;
  readonly film: string;
}

export interface PreparedFilm extends FilmIdentity {
  /** Place among the tasks, and of its pixels. */
  readonly place: number;
  readonly width: number;
  readonly height: number;
  /** See SquareFilm. */
  readonly warnings: readonly string[];
  /** Its pixels stand elsewhere and were not made again; neither size nor warnings are known here. */
  readonly isKnown: boolean;
}

export interface RefusedFilm extends FilmIdentity {
  readonly code: string;
  readonly reason: string;
}

export interface PreparedFilms {
  /** In the order of the tasks. */
  readonly films: readonly PreparedFilm[];
  readonly refused: readonly RefusedFilm[];
}

/** Why a film is set aside; all else ends the step. */
class FilmError extends InputError {}

/** Films that are on their way from a store that is not of this machine while one is decoded. */
const READ_AHEAD = 8;

const MISSING = "film-missing";
/** What may stand in a film's place in a folder of this machine, by the store's code or the system's. */
const IN_ITS_PLACE: Readonly<Record<string, readonly [code: string, reason: string]>> = {
  "store-link": [
    MISSING,
    'a link leads to it out of the data folder; follow such links with --follow-links, or "data": { "links": "follow" } in the configuration, if you know who made them',
  ],
  "store-no-file": [MISSING, "no file, but a pipe or a device"],
  "store-file-size": ["film-size", "the file is too large for a film"],
  EACCES: [MISSING, "the file may not be read"],
};

/**
 * Decodes and resizes films in the order of the tasks; one that cannot be read is set aside, all else is thrown.
 * @param pixels tasks x size x size; each film's place is filled, less those that are refused or known
 * @param known hashes of films whose pixels stand elsewhere
 */
export async function prepareFilms(
  data: DataFolder,
  tasks: readonly FilmTask[],
  geometry: Geometry,
  pixels: Uint8Array,
  readSquare: ReadSquare,
  known: ReadonlySet<string> = new Set(),
): Promise<PreparedFilms> {
  const stride = geometry.size ** 2;
  const films: PreparedFilm[] = [];
  const refused: RefusedFilm[] = [];
  await forEachFilm(data, tasks, async (place, row, read) => {
    let sha256 = MISSING;
    try {
      const bytes = await read();
      sha256 = hashFilm(bytes);
      if (known.has(sha256)) {
        films.push({ place, row, sha256, width: 0, height: 0, warnings: [], isKnown: true });
        return;
      }
      const square = pixels.subarray(place * stride, (place + 1) * stride);
      const film = await readSquare(bytes, geometry, square).catch(aside);
      films.push({ place, row, sha256, ...film, isKnown: false });
    } catch (error) {
      if (!(error instanceof FilmError)) throw error;
      refused.push({ row, sha256, code: error.code, reason: error.message });
    }
  });
  return { films, refused };
}

/** What is wrong with a film costs that film; what is wrong here, the step. */
function aside(cause: unknown): never {
  if (!(cause instanceof InputError) || cause.code === ENGINE_MISSING) throw cause;
  throw new FilmError(cause.code, cause.message, { cause });
}

/** What stands there now, without decoding anything. */
export async function identifyFilms(data: DataFolder, tasks: readonly FilmTask[]): Promise<FilmIdentity[]> {
  const films: FilmIdentity[] = [];
  await forEachFilm(data, tasks, async (_, row, read) => {
    const sha256 = await read().then(hashFilm, (error: unknown) => {
      if (error instanceof FilmError) return MISSING;
      throw error;
    });
    films.push({ row, sha256 });
  });
  return films;
}

async function forEachFilm(
  { store, links }: DataFolder,
  tasks: readonly FilmTask[],
  use: (place: number, row: number, read: () => Promise<Uint8Array>) => Promise<void>,
): Promise<void> {
  const ahead = store.localPath === undefined ? READ_AHEAD : 0;
  const get = getNow(store, { followLinks: links === "follow" });
  const reads = tasks.slice(0, ahead).map((task) => fetchFilm(get, task));
  for (const [i, { row }] of tasks.entries()) {
    const next = tasks[i + ahead];
    if (next) reads.push(fetchFilm(get, next));
    await use(i, row, () => reads[i]!);
  }
}

function fetchFilm(get: ReturnType<typeof getNow>, { film }: FilmTask): Promise<Uint8Array> {
  const got = (async () => get(film))();
  const read = got.catch((cause: unknown) => {
    if (cause instanceof NotFoundError) throw new FilmError(MISSING, "no such film", { cause });
    const found = IN_ITS_PLACE[codeOf(cause) ?? ""];
    throw found === undefined ? cause : new FilmError(...found, { cause });
  });
  // Its error is thrown where it is awaited; should an earlier film fail first, it is nobody's.
  read.catch(() => {});
  return read;
}
