import type { Store } from "./store.ts";

/** A store that is opened when it is first used, so that what it needs is loaded only then. */
export function deferred(uri: string, open: () => Promise<Store>): Store {
  let opening: Promise<Store> | undefined;
  const store = (): Promise<Store> => {
    opening ??= open();
    return opening;
  };
  return {
    uri,
    get: async (key, range) => (await store()).get(key, range),
    read: async (key) => (await store()).read(key),
    head: async (key) => (await store()).head(key),
    put: async (key, bytes) => (await store()).put(key, bytes),
    putIfAbsent: async (key, bytes) => (await store()).putIfAbsent(key, bytes),
    putIfMatch: async (key, bytes, etag) => (await store()).putIfMatch(key, bytes, etag),
    delete: async (key) => (await store()).delete(key),
    async *list(prefix) {
      yield* (await store()).list(prefix);
    },
    async *folders(folder) {
      yield* (await store()).folders(folder);
    },
    async *stream(key) {
      yield* (await store()).stream(key);
    },
    putStream: async (key, pieces) => (await store()).putStream(key, pieces),
  };
}
