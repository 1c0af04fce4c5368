import type { RunConfig } from "../contracts/run-config.ts";
import type { Manifest } from "./film-columns.ts";

/** Reason of a row whose film is not there, where such are left out. */
const NO_FILM = "no film";

/** Why a row of the manifest is left out of a run, or null; by a rule, before any film is read. */
export function leftOut(manifest: Manifest, views: RunConfig["views"]): (string | null)[] {
  const wanted: readonly string[] = views;
  return manifest.view.map((view, row) => {
    if (manifest.duplicateOf[row] !== null) return "duplicate row";
    if (!wanted.includes(view)) return `${view} view`;
    return manifest.film[row] === null ? NO_FILM : null;
  });
}

/** The rows that a run prepares, ascending; shards hold them in this order, `rowsPerPart` each. */
export const selectedRows = (manifest: Manifest, views: RunConfig["views"]): Uint32Array =>
  rowsLeft(leftOut(manifest, views));

/** The rows for whose absence there is no reason. */
export function rowsLeft(reasons: readonly (string | null)[]): Uint32Array {
  const rows = new Uint32Array(reasons.length);
  let count = 0;
  reasons.forEach((reason, row) => {
    if (reason !== null) return;
    rows[count] = row;
    count += 1;
  });
  return rows.slice(0, count);
}

/** How many rows are left out for each reason. */
export function tally(reasons: readonly (string | null)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reason of reasons) if (reason !== null) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
