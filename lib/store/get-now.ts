import { readFileSync } from "node:fs";
import { isMissing } from "./disk-errors.ts";
import { NotFoundError } from "./errors.ts";
import type { Store } from "./store.ts";

/**
 * An object at once where objects are files of this machine, which blocks the thread and takes a quarter of the time
 * that waiting for four of Node's file operations does; elsewhere as get() does. For threads with nothing else to do.
 * @throws NotFoundError
 */
export function getNow(store: Store, key: string): Uint8Array | Promise<Uint8Array> {
  if (store.localPath === undefined) return store.get(key);
  try {
    return readFileSync(store.localPath(key));
  } catch (error) {
    throw isMissing(error) ? new NotFoundError(store.uri, key, { cause: error }) : error;
  }
}
