import { openStore } from "../../../lib/store/open.ts";
import type { Store } from "../../../lib/store/store.ts";
import { type Place, roomsAt } from "../rooms-at.ts";

/** Where runs are. */
export interface RunsPlace extends Place {
  /** URI of the room `runs` by itself. */
  readonly runs?: string;
}

/** What every command about runs takes. */
export interface RunsOptions extends RunsPlace {
  readonly json?: boolean;
}

export const runsUri = async ({ runs, ...place }: RunsPlace): Promise<string> =>
  runs ?? (await roomsAt(place)).HILUM_RUNS;

export const openRuns = async (place: RunsPlace): Promise<Store> => openStore(await runsUri(place));

/** What stands under a table in which some figure may not be claimed. */
export const NOT_CLAIMED = "† not claimed: too few test films with or without it to say how well";

/** `0.912 (0.894 to 0.928)`, or a dash where it is not defined. */
export function interval(
  value: number | null | undefined,
  bounds: readonly [number, number] | null | undefined,
): string {
  if (value === null || value === undefined) return "-";
  return bounds ? `${value.toFixed(3)} (${bounds.map((bound) => bound.toFixed(3)).join(" to ")})` : value.toFixed(3);
}

/** Lines in columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, cell.length)), []);
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
