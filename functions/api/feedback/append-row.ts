import type { Store } from "../../../lib/store/store.ts";
import { updateObject } from "../../../lib/store/update.ts";

/**
 * Adds a row to a CSV file, which is made with its header where there is none; several writers at once lose no row.
 * @param cells without commas, quotes and line ends
 * @throws PreconditionError where others were always faster
 */
export async function appendRow(
  store: Store,
  key: string,
  header: readonly string[],
  cells: readonly string[],
): Promise<void> {
  const line = (texts: readonly string[]): Buffer => Buffer.from(`${texts.join(",")}\n`);
  await updateObject(store, key, (standing = line(header)) => Buffer.concat([standing, line(cells)]));
}
