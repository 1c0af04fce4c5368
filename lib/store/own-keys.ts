import { fitsKeys } from "../contracts/writers.ts";
import type { Store } from "./store.ts";

/**
 * A store in which everything can be read, and only what fits can be written or deleted; anything else is a bug of whoever
 * writes it, and would be refused by its role in an account.
 * @param keys patterns as lib/contracts/writers.ts has them @param who is told to have written
 */
export function withOwnKeys(store: Store, keys: readonly string[], who: string): Store {
  const own = async <T>(key: string, write: () => Promise<T>): Promise<T> => {
    if (!fitsKeys(keys, key)) throw new Error(`${who} writes ${store.uri}/${key}, which is not its own`);
    return write();
  };
  const { localPath } = store;
  return {
    uri: store.uri,
    get: (key, range) => store.get(key, range),
    read: (key) => store.read(key),
    head: (key) => store.head(key),
    list: (prefix) => store.list(prefix),
    folders: (folder) => store.folders(folder),
    stream: (key) => store.stream(key),
    put: (key, bytes) => own(key, () => store.put(key, bytes)),
    putIfAbsent: (key, bytes) => own(key, () => store.putIfAbsent(key, bytes)),
    putIfMatch: (key, bytes, etag) => own(key, () => store.putIfMatch(key, bytes, etag)),
    putStream: (key, pieces) => own(key, () => store.putStream(key, pieces)),
    delete: (key) => own(key, () => store.delete(key)),
    ...(localPath === undefined ? {} : { localPath }),
  };
}
