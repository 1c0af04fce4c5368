import { pathToFileURL } from "node:url";
import { checkKey } from "./key.ts";
import type { ObjectInfo, Store } from "./store.ts";

/** The objects of a store under `prefix/`, as a store of their own. */
export function prefixed(store: Store, prefix: string): Store {
  checkKey(store.uri, prefix);
  const under = (key: string): string => `${prefix}/${key}`;
  const ownKey = (key: string): string => key.slice(prefix.length + 1);
  const own = (info: ObjectInfo): ObjectInfo => ({ ...info, key: ownKey(info.key) });
  const { localPath } = store;
  return {
    uri: localPath === undefined ? `${store.uri}/${prefix}` : pathToFileURL(localPath(prefix)).href,
    get: (key, range) => store.get(under(key), range),
    read: (key) => store.read(under(key)),
    head: async (key) => {
      const info = await store.head(under(key));
      return info && own(info);
    },
    put: (key, bytes) => store.put(under(key), bytes),
    putIfAbsent: (key, bytes) => store.putIfAbsent(under(key), bytes),
    putIfMatch: (key, bytes, etag) => store.putIfMatch(under(key), bytes, etag),
    delete: (key) => store.delete(under(key)),
    async *list(start) {
      for await (const info of store.list(under(start))) yield own(info);
    },
    async *folders(folder) {
      for await (const found of store.folders(folder === "" ? prefix : under(folder))) yield ownKey(found);
    },
    stream: (key) => store.stream(under(key)),
    putStream: (key, pieces) => store.putStream(under(key), pieces),
    ...(localPath === undefined ? {} : { localPath: (key: string) => localPath(under(key)) }),
  };
}
