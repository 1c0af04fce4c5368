import { openRooms, roomsOf } from "../../../lib/store/open.ts";
import type { Store } from "../../../lib/store/store.ts";

/** What every command about runs takes. */
export interface RunsOptions {
  readonly store: string;
  readonly json?: boolean;
}

export const openRuns = (store: string): Store => openRooms(roomsOf(store)).runs;

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
