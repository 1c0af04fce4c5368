import { setTimeout as sleep } from "node:timers/promises";
import { NotFoundError, PreconditionError } from "../../../lib/store/errors.ts";
import type { Store } from "../../../lib/store/store.ts";

const ATTEMPTS = 12;

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
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await appendOnce(store, key, header, cells);
    } catch (error) {
      if (!(error instanceof PreconditionError) || attempt === ATTEMPTS) throw error;
      await sleep(Math.random() * 20 * attempt);
    }
  }
}

async function appendOnce(
  store: Store,
  key: string,
  header: readonly string[],
  cells: readonly string[],
): Promise<void> {
  const row = Buffer.from(`${cells.join(",")}\n`);
  const standing = await store.read(key).catch((error: unknown) => {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  });
  if (standing === undefined) await store.putIfAbsent(key, Buffer.concat([Buffer.from(`${header.join(",")}\n`), row]));
  else await store.putIfMatch(key, Buffer.concat([standing.bytes, row]), standing.etag);
}
