import { runKeys } from "../contracts/layout.ts";
import type { Protocol } from "../contracts/run-config.ts";
import type { Part } from "../domain/parts.ts";
import { rowsOfParts, type Split } from "../domain/split.ts";
import type { Store } from "../store/store.ts";
import { decodeTable } from "./arrow-columns.ts";
import { ROWS_COLUMNS, type Rows, SEQUENCE_COLUMNS } from "./film-columns.ts";

/** What rows.arrow says of every prepared film; index = position. */
export async function loadRows(runs: Store, run: string): Promise<Rows> {
  const key = runKeys(run).rows;
  return decodeTable(ROWS_COLUMNS, await runs.get(key), `${runs.uri}/${key}`);
}

/** Positions of each part of a leak-free plan. */
export const splitOf = (rows: Pick<Rows, "part">): Split => rowsOfParts(rows.part as readonly (Part | null)[]);

/** Positions of each part; under the published protocol a position may stand there again, and in several parts. */
export type PartPositions = Readonly<Record<Part, Uint32Array>>;

export async function loadParts(
  runs: Store,
  run: string,
  protocol: Protocol,
  rows: Pick<Rows, "row" | "part">,
): Promise<PartPositions> {
  return protocol === "published" ? loadSequence(runs, run, rows.row) : splitOf(rows);
}

/** Less what was set aside. @param prepared rows of the manifest by position */
async function loadSequence(runs: Store, run: string, prepared: Uint32Array): Promise<PartPositions> {
  const key = runKeys(run).sequence;
  const { part, row } = decodeTable(SEQUENCE_COLUMNS, await runs.get(key), `${runs.uri}/${key}`);
  const positions = new Map(Array.from(prepared, (manifestRow, position) => [manifestRow, position]));
  const found: Record<Part, number[]> = { train: [], tuning: [], calibration: [], test: [] };
  part.forEach((name, i) => {
    const position = positions.get(row[i]!);
    if (position !== undefined) found[name as Part].push(position);
  });
  return Object.fromEntries(
    Object.entries(found).map(([name, list]) => [name, Uint32Array.from(list)]),
  ) as unknown as PartPositions;
}
