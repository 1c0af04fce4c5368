import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { InputError } from "../../../lib/domain/errors.ts";
import { isFormula } from "../../../lib/evaluation/predictions-csv.ts";
import { mediaOf } from "../../../lib/imaging/media.ts";
import { openWithoutWaiting } from "./film-bytes.ts";

/** A file that is to be answered for. */
export interface FilmFile {
  /** As it was named, or under the folder that was; it starts with no character that a spreadsheet runs. */
  readonly path: string;
}

export interface FilmFiles {
  readonly films: readonly FilmFile[];
  /** Files in folders that are no films by name nor by their first bytes. */
  readonly passedOver: number;
}

/** What is a film by its name, whatever is in it: a broken one must be told of. */
const FILM_NAME = /\.(png|jpe?g|tiff?|webp|bmp|gif|dcm|dicom|dic)$/i;

/** As far as a DICOM file's mark lies, and a little more. */
const HEAD_BYTES = 256;

/**
 * Films as named, folders with all that is below them in order of name, each file once. In a folder hidden files are no
 * films, nor are those that have neither a film's name nor its first bytes.
 * @param except a folder that is not looked into, such as the one that heat maps are written to
 * @throws InputError `film-folder` where a folder cannot be read or holds no film
 */
export async function findFilms(named: readonly string[], except?: string): Promise<FilmFiles> {
  const found = new Map<string, string>();
  let passedOver = 0;
  const take = (path: string) => {
    const whole = resolve(path);
    if (!found.has(whole)) found.set(whole, inert(path));
  };
  for (const name of named) {
    if (!(await isFolder(name))) {
      take(name);
      continue;
    }
    const before = found.size;
    let seen = 0;
    for await (const path of filesBelow(name, except === undefined ? [] : [resolve(except)])) {
      seen += 1;
      if (FILM_NAME.test(path) || (await startsLikeFilm(path))) take(path);
      else passedOver += 1;
    }
    if (found.size === before) throw new InputError("film-folder", `${name}: none of its ${seen} files is a film`);
  }
  return { films: [...found.values()].map((path) => ({ path })), passedOver };
}

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() === true;

/** @param shut folders not to go into: those that we are in already, and what the caller excepts */
async function* filesBelow(folder: string, shut: readonly string[]): AsyncGenerator<string> {
  const whole = await realpath(folder).catch(() => resolve(folder));
  if (shut.includes(whole)) return;
  for (const entry of (await entriesOf(folder)).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(path)))) {
      yield* filesBelow(path, [...shut, whole]);
    } else if (entry.isFile() || entry.isSymbolicLink()) yield path;
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw new InputError("film-folder", `${folder}: the folder cannot be read (${(cause as Error).message})`, {
      cause,
    });
  }
}

/** A file that cannot be read is a film until it is known to be none. */
async function startsLikeFilm(path: string): Promise<boolean> {
  const file = await openWithoutWaiting(path).catch(() => undefined);
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
