import type { RunConfig } from "../contracts/run-config.ts";
import type { Manifest } from "./film-columns.ts";

/** Why a row of the manifest is left out of a run, or null; by a rule, before any film is read. */
export function leftOut(manifest: Manifest, views: RunConfig["views"]): (string | null)[] {
  const wanted: readonly string[] = views;
  return manifest.view.map((view, row) => {
    if (manifest.duplicateOf[row] !== null) return "duplicate row";
    return wanted.includes(view) ? null : `${view} view`;
  });
}

/** The rows that a run prepares, ascending; shards hold them in this order, `rowsPerPart` each. */
export const selectedRows = (manifest: Manifest, views: RunConfig["views"]): Uint32Array =>
  Uint32Array.from(leftOut(manifest, views).flatMap((reason, row) => (reason === null ? [row] : [])));
