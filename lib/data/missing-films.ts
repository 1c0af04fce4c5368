import { createHash } from "node:crypto";
import type { Missing, RunConfig } from "../contracts/run-config.ts";
import { InputError } from "../domain/errors.ts";
import type { Manifest } from "./film-columns.ts";
import type { FolderFilms } from "./manifest.ts";
import { leftOut } from "./selection.ts";

/** Archives, or folders, that a message names before it only counts. */
const SHOWN = 12;

/** The manifest of a run that leaves rows without a film out, or of one that takes those for unreadable films. */
export const manifestOf = ({ manifest, isThere }: FolderFilms, missing: Missing): Manifest =>
  missing === "set-aside"
    ? manifest
    : { ...manifest, film: manifest.film.map((film, row) => (isThere[row] ? film : null)) };

/**
 * A data set's fingerprint where rows without a film are left out: shards are of those that are there alone, so that more
 * films make it another.
 * @param fingerprint of its CSV files
 */
export const fingerprintOfFilms = (fingerprint: string, { isThere }: Pick<FolderFilms, "isThere">): string =>
  isThere.every(Boolean)
    ? fingerprint
    : createHash("sha256").update(fingerprint).update(Uint8Array.from(isThere, Number)).digest("hex");

/** Rows of the views that count whose films are there, and those whose films are not. */
export function countFilms({ manifest, isThere }: FolderFilms, views: RunConfig["views"]) {
  const wanted = leftOut(manifest, views).flatMap((reason, row) => (reason === null ? [row] : []));
  const absent = wanted.filter((row) => !isThere[row]);
  return { there: wanted.length - absent.length, absent };
}

/**
 * Asks whether a run can be made of the films that are there, before it looks at any.
 * @throws InputError `films` with the counts, and the ways on
 */
export function requireFilms(
  found: FolderFilms,
  { data, views, prepare }: Pick<RunConfig, "data" | "views" | "prepare">,
) {
  const { manifest, isThere, files } = found;
  const without = files.filter(
    ({ first }) => first.count > 0 && !isThere.slice(first.row, first.row + first.count).includes(true),
  );
  const isNone = !isThere.includes(true);
  if (isNone || (without.length > 0 && data.missing === "set-aside")) throw noneOf(found, without[0]!);
  const { there, absent } = countFilms(found, views);
  const all = there + absent.length;
  if (data.missing === "leave-out" || absent.length <= prepare.maxSetAsideShare * all) return;
  const first = absent[0]!;
  const others = absent.length - 1;
  const too = others === 0 ? "" : `, and so ${others === 1 ? "is 1 other" : `are ${whole(others)} others`}`;
  const share = `${Number((100 * prepare.maxSetAsideShare).toFixed(1))} %`;
  throw new InputError(
    "films",
    `${manifest.file[first]} line ${manifest.line[first]}: its film is missing${too} (${whole(there)} of ${whole(all)} films are there); expected all but ${share} (prepare.maxSetAsideShare). Two ways on: leave them out with --leave-out-missing, or "data": { "missing": "leave-out" } in the configuration, which makes the run of the films that are there; or put them into ${found.uri}${archives(found, absent)}`,
  );
}

function noneOf({ manifest, uri }: FolderFilms, { file, first }: FolderFilms["files"][number]): InputError {
  return new InputError(
    "films",
    `${file.name} line ${manifest.line[first.row]}: none of the file's films is there (0 of ${whole(first.count)}); expected them in ${uri} under the path of their row, with or without its first folders, in whatever folder`,
  );
}

/** What they are published in, with how many of each: no paths, since those name patients. */
function archives({ manifest, files }: FolderFilms, absent: readonly number[]): string {
  const counts = new Map<string, number>();
  for (const row of absent) {
    const { format } = files.find(({ first }) => row >= first.row && row < first.row + first.count)!;
    const name = format.archiveOf?.(manifest.path[row]!);
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  if (counts.size === 0) return "";
  const named = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => `${name} (${whole(count)})`);
  const rest = named.length > SHOWN ? ` and ${named.length - SHOWN} more` : "";
  return `: ${named.slice(0, SHOWN).join(", ")}${rest}`;
}

const whole = (count: number): string => count.toLocaleString("en");
