import { quote } from "../data/csv.ts";
import { filmOrigin } from "../data/film-path.ts";
import { InputError } from "../domain/errors.ts";

/** Paths that name films, of a file. */
export interface NamedFilms {
  readonly file: string;
  readonly paths: readonly string[];
}

export interface PathJoin {
  readonly joinedBy: "path" | "path-ending";
  /** For each label its row of the predictions; undefined where there is none. */
  readonly places: readonly (number | undefined)[];
}

/**
 * Brings the paths of labels to those of predictions: the same paths, or, where none is, paths that begin in another folder and
 * go on alike, as `set/valid/…` of a data set does in `/data/set/valid/…` on a disk.
 * @throws InputError `no-prediction` where no path is met, or several folders could be meant
 */
export function joinPaths(labels: NamedFilms, predictions: NamedFilms): PathJoin {
  const same = new Map(predictions.paths.map((path, place) => [path, place]));
  const places = labels.paths.map((path) => same.get(path));
  if (places.some((place) => place !== undefined) || labels.paths.length === 0) return { joinedBy: "path", places };
  const folders = commonFolders(labels, predictions);
  const by = new Map(predictions.paths.map((path, place) => [plain(path), place]));
  return {
    joinedBy: "path-ending",
    places: labels.paths.map((path) => {
      const whole = plain(path);
      return whole.startsWith(folders.labels)
        ? by.get(folders.predictions + whole.slice(folders.labels.length))
        : undefined;
    }),
  };
}

/** Where the films of both files begin, each with its last `/`. */
interface Folders {
  readonly labels: string;
  readonly predictions: string;
}

/** The pair of folders from which on most labels meet a prediction. */
function commonFolders(labels: NamedFilms, predictions: NamedFilms): Folders {
  const byEnding = endings(predictions.paths);
  const met = new Map<string, { readonly folders: Folders; films: number }>();
  for (const path of labels.paths) {
    const folders = foldersOf(path, predictions.paths, byEnding);
    if (folders === undefined) continue;
    const key = JSON.stringify(folders);
    const entry = met.get(key) ?? { folders, films: 0 };
    entry.films += 1;
    met.set(key, entry);
  }
  const [first, second] = [...met.values()].toSorted((a, b) => b.films - a.films);
  const [label, prediction] = [labels.paths[0] ?? "", predictions.paths[0] ?? ""];
  const mend = "give both files the same Path, or leave the column out of one to join them row by row";
  if (first === undefined) {
    const what = `no row for ${quote(label)} of ${labels.file} nor for any other; its paths are like ${quote(prediction)}`;
    throw new InputError("no-prediction", `${predictions.file}: ${what}; ${mend}`);
  }
  if (second?.films === first.films) {
    const meant = [first, second].map(({ folders }) => JSON.stringify(folders.predictions)).join(" or ");
    throw new InputError(
      "no-prediction",
      `${predictions.file}: paths as ${quote(label)} of ${labels.file} could begin in ${meant}; ${mend}`,
    );
  }
  return first.folders;
}

const SEVERAL = -1;

/** Each row by every ending of its path; SEVERAL where it is not the only one. */
function endings(paths: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const [place, path] of paths.entries()) {
    for (const ending of endingsOf(plain(path))) found.set(ending, found.has(ending) ? SEVERAL : place);
  }
  return found;
}

/** `a/b/c`, `b/c`, `c` */
function* endingsOf(path: string): Generator<string> {
  for (let from = 0; from >= 0; ) {
    yield path.slice(from);
    const next = path.indexOf("/", from);
    from = next < 0 ? -1 : next + 1;
  }
}

/** Those before the longest ending that one prediction alone has too; never of two patients. */
function foldersOf(
  path: string,
  predicted: readonly string[],
  byEnding: ReadonlyMap<string, number>,
): Folders | undefined {
  for (const ending of endingsOf(plain(path))) {
    const place = byEnding.get(ending);
    if (place === undefined) continue;
    if (place === SEVERAL) return undefined;
    const [one, other] = [plain(path), plain(predicted[place]!)];
    const [patient, otherPatient] = [one, other].map((film) => filmOrigin(film)?.patient);
    if (patient !== otherPatient) return undefined;
    return {
      labels: one.slice(0, one.length - ending.length),
      predictions: other.slice(0, other.length - ending.length),
    };
  }
  return undefined;
}

/** Without what says nothing: `./`, a root's `/`, an empty segment. */
const plain = (path: string): string =>
  path
    .split("/")
    .filter((segment) => segment !== "" && segment !== ".")
    .join("/");
