import { InputError } from "../domain/errors.ts";
import type { Store } from "../store/store.ts";
import type { ManifestRows } from "./manifest-rows.ts";
import { matchFilms } from "./match-films.ts";
import type { ReadFile } from "./read-sources.ts";

/** Where the films of all rows lie. */
export interface FoundFilms {
  /** Key of each row's film; where it is not there, of where it would be beside the others of its file. */
  readonly films: readonly string[];
  readonly isThere: readonly boolean[];
}

/**
 * Looks for the films of all rows in one listing of each folder that has CSV files: on S3 a call for each thousand of its
 * objects, and none for a film.
 * @throws InputError `films` where a row may mean several files, or two rows mean one
 */
export async function findFilms(data: Store, files: readonly ReadFile[], rows: ManifestRows): Promise<FoundFilms> {
  const films = new Array<string>(rows.length);
  const isThere = new Array<boolean>(rows.length).fill(false);
  for (const folder of new Set(files.map(({ file }) => file.folder))) {
    const under = (path: string): string => (folder === "" ? path : `${folder}/${path}`);
    const start = under("").length;
    const keys: string[] = [];
    for await (const { key } of data.list(under(""))) keys.push(key.slice(start));
    for (const { file, format, first } of files) {
      if (file.folder !== folder) continue;
      const paths = rows.paths(first.row, first.row + first.count);
      // What tells rows of one file apart is never spared.
      const shared = sharedFolders(paths);
      const spare = (path: string) => Math.min(shared, format.spareFolders?.(path) ?? shared);
      const { films: found, several } = matchFilms(paths, keys, spare);
      if (several.length > 0) throw unclear(rows.place(first.row + several[0]!.row), several[0]!.keys, several.length);
      const expected = beside(paths, found);
      paths.forEach((path, i) => {
        films[first.row + i] = under(found[i] ?? expected(path));
        isThere[first.row + i] = found[i] !== null;
      });
    }
  }
  requireOwn(rows, films, isThere);
  return { films, isThere };
}

/** How many folders all paths start with. */
function sharedFolders(paths: readonly string[]): number {
  let shared = (paths[0] ?? "").split("/").slice(0, -1);
  for (const path of paths) {
    if (path.startsWith(`${shared.join("/")}/`)) continue;
    const folders = path.split("/").slice(0, -1);
    const differ = shared.findIndex((folder, i) => folder !== folders[i]);
    if (differ >= 0) shared = shared.slice(0, differ);
  }
  return shared.length;
}

/** Where a film would be that lay as the file's first one does. */
function beside(paths: readonly string[], found: readonly (string | null)[]): (path: string) => string {
  const at = found.findIndex((film) => film !== null);
  const film = found[at];
  const segments = paths[at]?.split("/") ?? [];
  const away = segments.findIndex((_, i) => film?.endsWith(segments.slice(i).join("/")));
  if (film === undefined || film === null || away < 0) return (path) => path;
  const before = film.slice(0, film.length - segments.slice(away).join("/").length);
  return (path) => `${before}${path.split("/").slice(away).join("/")}`;
}

function unclear(place: string, keys: readonly string[], rows: number): InputError {
  const folders = new Set(keys.map((key) => key.slice(0, key.lastIndexOf("/") + 1))).size;
  const more = rows === 1 ? "" : `, and so it is with ${rows - 1} more rows`;
  return new InputError(
    "films",
    `${place}: ${keys.length} files in ${folders === 1 ? "one folder" : `${folders} folders`} may be its film${more}; expected one: say in its row which folder, or take the others out of the data folder`,
  );
}

/** @throws InputError `films` where rows of different paths have one film: one of them has another's labels */
function requireOwn(rows: ManifestRows, films: readonly string[], isThere: readonly boolean[]): void {
  const owners = new Map<string, number>();
  films.forEach((film, row) => {
    if (!isThere[row] || rows.isRepeated(row)) return;
    const owner = owners.get(film);
    if (owner === undefined) owners.set(film, row);
    else {
      throw new InputError(
        "films",
        `${rows.place(row)}: its film is the one of ${rows.place(owner)}, expected one of its own`,
      );
    }
  });
}
