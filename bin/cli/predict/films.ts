import { isUtf8 } from "node:buffer";
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { InputError } from "../../../lib/domain/errors.ts";
import { escapeText } from "../../../lib/domain/shown.ts";
import { isFormula } from "../../../lib/evaluation/predictions-csv.ts";
import { FILM_NAME, mediaOf } from "../../../lib/imaging/media.ts";
import { NoFileError, openFile } from "../../../lib/store/open-file.ts";

/** A file that is to be answered for. */
export interface FilmFile {
  /** As it was named, or under the folder that was; it starts with no character that a spreadsheet runs. */
  readonly path: string;
  /** The same as the file system has it, where that can't be shown: control characters, or no text in UTF-8. */
  readonly bytes?: Buffer;
}

export interface FilmFiles {
  readonly films: readonly FilmFile[];
  /** Files in folders that are no films by name nor by their first bytes. */
  readonly passedOver: number;
}

/** As far as a DICOM file's mark lies, and a little more. */
const HEAD_BYTES = 256;

/**
 * Films as named, folders with all that is below them in order of name, each file once. In a folder hidden files are no
 * films, nor are those that have neither a film's name nor its first bytes.
 * @param except a folder that is not looked into, such as the one that heat maps are written to
 * @throws InputError `film-folder` where a folder cannot be read or holds no film
 */
export async function findFilms(named: readonly string[], except?: string): Promise<FilmFiles> {
  const found = new Map<string, FilmFile>();
  let passedOver = 0;
  const take = ({ path, ...more }: FilmFile) => {
    const whole = resolve(path);
    if (!found.has(whole)) found.set(whole, { path: inert(path), ...more });
  };
  for (const name of named) {
    if (!(await isFolder(name))) {
      take(filmAt(Buffer.from(name)));
      continue;
    }
    const before = found.size;
    let seen = 0;
    for await (const at of filesBelow(Buffer.from(name), except === undefined ? [] : [latin1(resolve(except))])) {
      seen += 1;
      if (FILM_NAME.test(at.toString()) || (await startsLikeFilm(at))) take(filmAt(at));
      else passedOver += 1;
    }
    if (found.size === before) throw new InputError("film-folder", `${name}: none of its ${seen} files is a film`);
  }
  return { films: [...found.values()], passedOver };
}

/** Bytes as a text that is compared alone. */
const latin1 = (path: string): string => Buffer.from(path).toString("latin1");

/** A file by a path that can be shown, with its own where that is another. */
function filmAt(at: Buffer): FilmFile {
  const text = at.toString();
  const path = isUtf8(at) ? escapeText(text) : escapeText(byteText(at));
  return path === text ? { path } : { path, bytes: at };
}

/** A name that is no UTF-8 with its bytes written out: `caf\\xe9.png`. */
const byteText = (name: Buffer): string =>
  name.toString("latin1").replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);

const isFolder = async (path: string | Buffer): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() === true;

/** @param shut folders not to go into: those that we are in already, and what the caller excepts */
async function* filesBelow(folder: Buffer, shut: readonly string[]): AsyncGenerator<Buffer> {
  const whole = await realpath(folder, "latin1").catch(() => folder.toString("latin1"));
  if (shut.includes(whole)) return;
  for (const entry of (await entriesOf(folder)).sort((a, b) => Buffer.compare(a.name, b.name))) {
    if (entry.name[0] === DOT) continue;
    const path = inFolder(folder, entry.name);
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(path)))) {
      yield* filesBelow(path, [...shut, whole]);
    } else if (entry.isFile() || entry.isSymbolicLink()) yield path;
  }
}

const [DOT, SLASH] = [0x2e, 0x2f];

const inFolder = (folder: Buffer, name: Buffer): Buffer =>
  Buffer.concat(folder.at(-1) === SLASH ? [folder, name] : [folder, Buffer.of(SLASH), name]);

async function entriesOf(folder: Buffer): Promise<Dirent<Buffer>[]> {
  try {
    return await readdir(folder, { withFileTypes: true, encoding: "buffer" });
  } catch (cause) {
    throw new InputError("film-folder", `${folder}: the folder cannot be read (${(cause as Error).message})`, {
      cause,
    });
  }
}

/** A file that cannot be read is a film until it is known to be none. */
async function startsLikeFilm(path: Buffer): Promise<boolean> {
  const file = await openFile(path).catch((error: unknown) => {
    if (error instanceof NoFileError) return null;
    return undefined;
  });
  if (file === null) return false;
  if (file === undefined) return true;
  try {
    if (!(await file.stat()).isFile()) return false;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return mediaOf(buffer.subarray(0, bytesRead)) !== undefined;
  } finally {
    await file.close();
  }
}

/** The same path, but never a formula to a spreadsheet (OWASP, CSV injection). */
const inert = (path: string): string => (isFormula(path) ? `./${path}` : path);
