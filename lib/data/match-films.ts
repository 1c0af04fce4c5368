import { FILM_NAME } from "../imaging/media.ts";

/** Where the films of a file's rows lie. */
export interface MatchedFilms {
  /** The key of each row's film; null where it is not there. */
  readonly films: (string | null)[];
  /** Rows for which several files are as good as one another, by their place. */
  readonly several: readonly { readonly row: number; readonly keys: readonly string[] }[];
}

/**
 * Which key is whose film; the same whatever the keys' order. A film lies at the path of its row, or at that less some of
 * its first folders, or so in any folder; where it is nowhere so written, in other case, in letters that are composed
 * otherwise (NFC, NFD), or with the ending of another kind of film (`.PNG`, `.jpg` for `.png`).
 * @param paths of the rows, as the file has them
 * @param keys of the folder that the file lies in, relative to it
 * @param spare how many of a path's first folders say nothing of the film, and need not be there
 */
export function matchFilms(
  paths: readonly string[],
  keys: Iterable<string>,
  spare: (path: string) => number,
): MatchedFilms {
  const asked = new Set(paths.map((path) => alike(tail(path, 1))));
  const found = [...keys].filter((key) => asked.has(alike(tail(key, 1))));
  const there = new Set(found);
  const films = paths.map((path) => starts(path, spare).find((start) => there.has(start)) ?? null);
  const several: { row: number; keys: readonly string[] }[] = [];
  if (!films.includes(null)) return { films, several };
  const anywhere = new Tails(found);
  for (const [row, path] of paths.entries()) {
    if (films[row] !== null) continue;
    const candidates = anywhere.of(starts(path, spare));
    if (candidates.length > 1) several.push({ row, keys: candidates.toSorted() });
    else films[row] = candidates[0] ?? null;
  }
  return { films, several };
}

/** The path, and what is left of it with more and more of its spare folders away. */
function starts(path: string, spare: (path: string) => number): string[] {
  const found = [path];
  let rest = path;
  for (let away = spare(path); away > 0; away -= 1) {
    rest = rest.slice(rest.indexOf("/") + 1);
    found.push(rest);
  }
  return found;
}

/** Keys by the end of their path, of as many segments as are asked for. */
class Tails {
  private readonly keys: readonly string[];
  private readonly byLength = new Map<number, Map<string, string[]>>();

  constructor(keys: readonly string[]) {
    this.keys = keys;
  }

  /** Keys that end as the first of these paths that any ends as; those alone that are written as it is, where there are such. */
  of(paths: readonly string[]): readonly string[] {
    for (const path of paths) {
      // A name alone is no film's where its row says more than that: another patient's film may have it.
      if (path !== paths[0] && !path.includes("/")) continue;
      const candidates = this.ofLength(path.split("/").length).get(alike(path)) ?? [];
      const same = candidates.filter((key) => key === path || key.endsWith(`/${path}`));
      if (candidates.length > 0) return same.length > 0 ? same : candidates;
    }
    return [];
  }

  private ofLength(segments: number): Map<string, string[]> {
    let tails = this.byLength.get(segments);
    if (tails === undefined) {
      tails = new Map();
      for (const key of this.keys) {
        const end = alike(tail(key, segments));
        const before = tails.get(end);
        if (before === undefined) tails.set(end, [key]);
        else before.push(key);
      }
      this.byLength.set(segments, tails);
    }
    return tails;
  }
}

/** The last segments of a path; all of a shorter one. */
function tail(path: string, segments: number): string {
  let at = path.length;
  for (let left = segments; left > 0 && at >= 0; left -= 1) at = path.lastIndexOf("/", at - 1);
  return path.slice(at + 1);
}

/** The same for all ways in which a film's path may be written: in case, in composed letters, in a film's ending. */
export const alike = (path: string): string => path.normalize("NFC").replace(FILM_NAME, "").toLowerCase();
