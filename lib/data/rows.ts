import { runKeys } from "../contracts/layout.ts";
import type { Part } from "../domain/parts.ts";
import { rowsOfParts, type Split } from "../domain/split.ts";
import type { Store } from "../store/store.ts";
import { decodeTable } from "./arrow-columns.ts";
import { ROWS_COLUMNS, type Rows } from "./film-columns.ts";

/** What rows.arrow says of every prepared film; index = position. */
export async function loadRows(runs: Store, run: string): Promise<Rows> {
  const key = runKeys(run).rows;
  return decodeTable(ROWS_COLUMNS, await runs.get(key), `${runs.uri}/${key}`);
}

/** Positions of each part. */
export const splitOf = (rows: Rows): Split => rowsOfParts(rows.part as readonly Part[]);
