import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../../lib/domain/errors.ts";
import { NotFoundError, PreconditionError } from "../../../lib/store/errors.ts";
import { openStore } from "../../../lib/store/open.ts";
import { prefixed } from "../../../lib/store/prefixed.ts";
import type { Store } from "../../../lib/store/store.ts";
import { type Ground, IMPLEMENTATIONS } from "./implementations.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (read: Uint8Array): string => Buffer.from(read).toString();

async function listing(store: Store, prefix = ""): Promise<[string, number][]> {
  const found: [string, number][] = [];
  for await (const { key, size } of store.list(prefix)) found.push([key, size]);
  return found;
}

async function joined(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

async function* pieces(...all: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* all;
}

const WRONG_KEYS = [
  ...["", "/", "/a", "a/", "a//b", ".", "a/../b", "..", "a/.", "a\\b", "a\0b", "a\nb", "\ud800"],
  ...[".hilum-x", "a/.hilum-lock"],
].map((key) => [`the key ${JSON.stringify(key)}`, key] as const);
const LONG_KEYS = [
  ["a segment of 300 letters", "x".repeat(300)],
  ["a key of 1199 letters", `${"x/".repeat(599)}x`],
] as const;

const coded = (code: string) => expect.objectContaining({ code });

describe.each(IMPLEMENTATIONS)("store: $name", ({ begin, absent }) => {
  describe.skipIf(absent)("contract", () => {
    let ground: Ground;
    let store: Store;
    beforeAll(async () => {
      ground = await begin();
    });
    afterAll(() => ground?.end());
    beforeEach(async () => {
      store = await ground.empty();
    });

    it("names the folders of a folder, in order, and nothing within them", async () => {
      for (const key of ["top.txt", "b/x/1", "b/x/2", "b/y.txt", "a/1", "a.b/1", "é/1"])
        await store.put(key, bytes("x"));
      const folders = async (folder: string, of = store) => {
        const names: string[] = [];
        for await (const name of of.folders(folder)) names.push(name);
        return names;
      };
      expect(await folders("")).toEqual(["a.b", "a", "b", "é"]);
      expect(await folders("b")).toEqual(["b/x"]);
      expect(await folders("b/x")).toEqual([]);
      expect(await folders("none")).toEqual([]);
      expect(await folders("", prefixed(store, "b"))).toEqual(["x"]);
      expect(await folders("x", prefixed(store, "b"))).toEqual([]);
    });

    it("gives back what was put, under the same URI opened anew", async () => {
      await store.put("a/b.json", bytes("one"));
      expect(text(await store.get("a/b.json"))).toBe("one");
      expect(text(await openStore(store.uri).get("a/b.json"))).toBe("one");
      await store.put("a/b.json", bytes("two"));
      expect(text(await store.get("a/b.json"))).toBe("two");
      expect(await store.head("a/b.json")).toEqual({ key: "a/b.json", size: 3 });
    });

    it("keeps its own copy of the bytes", async () => {
      const given = bytes("one");
      await store.put("key", given);
      given[0] = 0;
      (await store.get("key"))[1] = 0;
      expect(text(await store.get("key"))).toBe("one");
    });

    it("keeps an empty object and keys with spaces, signs and letters of any script", async () => {
      const keys = ["empty", "with space/a+b&c=d?e#f%20.png", "å/胸部/🫁.png", "dots/...", ".well-known/x"];
      for (const key of keys) await store.put(key, bytes(key === "empty" ? "" : key));
      for (const key of keys) expect(text(await store.get(key))).toBe(key === "empty" ? "" : key);
      expect((await listing(store)).map(([key]) => key).sort()).toEqual([...keys].sort());
      expect(await store.get("empty")).toHaveLength(0);
    });

    it("says which object is not there", async () => {
      await expect(store.get("no/such")).rejects.toThrow(NotFoundError);
      await expect(store.get("no/such", { start: 0, length: 1 })).rejects.toThrow(`${store.uri}/no/such`);
      await expect(store.read("no/such")).rejects.toThrow(NotFoundError);
      await expect(joined(store.stream("no/such"))).rejects.toThrow(NotFoundError);
      expect(await store.head("no/such")).toBeUndefined();
      await store.put("folder/file", bytes("x"));
      await expect(store.get("folder")).rejects.toThrow(NotFoundError);
      await expect(store.get("folder", { start: 0, length: 1 })).rejects.toThrow(NotFoundError);
      expect(await store.head("folder")).toBeUndefined();
    });

    it("reads ranges, and refuses one that ends outside", async () => {
      await store.put("key", bytes("0123456789"));
      expect(text(await store.get("key", { start: 0, length: 10 }))).toBe("0123456789");
      expect(text(await store.get("key", { start: 3, length: 4 }))).toBe("3456");
      expect(text(await store.get("key", { start: 9, length: 1 }))).toBe("9");
      expect(await store.get("key", { start: 10, length: 0 })).toHaveLength(0);
      for (const [start, length] of [
        [8, 3],
        [10, 1],
        [11, 0],
        [50, 5],
        [-1, 2],
        [0, -1],
        [0.5, 1],
      ] as const) {
        await expect(store.get("key", { start, length })).rejects.toEqual(coded("store-range"));
      }
    });

    it("puts if absent once", async () => {
      await store.putIfAbsent("key", bytes("first"));
      await expect(store.putIfAbsent("key", bytes("second"))).rejects.toThrow(PreconditionError);
      expect(text(await store.get("key"))).toBe("first");
      await store.delete("key");
      await store.putIfAbsent("key", bytes("third"));
      expect(text(await store.get("key"))).toBe("third");
    });

    it("puts if the etag still matches", async () => {
      const first = await store.put("key", bytes("one"));
      expect((await store.read("key")).etag).toBe(first);
      const second = await store.putIfMatch("key", bytes("two"), first);
      expect(second).not.toBe(first);
      await expect(store.putIfMatch("key", bytes("three"), first)).rejects.toThrow(PreconditionError);
      const { bytes: current, etag } = await store.read("key");
      expect([text(current), etag]).toEqual(["two", second]);
      await store.putIfMatch("key", bytes("four"), etag);
      expect(text(await store.get("key"))).toBe("four");
    });

    it("refuses a match with an object that is gone, as temporary or as missing", async () => {
      const etag = await store.put("key", bytes("one"));
      await store.delete("key");
      const refused = await store.putIfMatch("key", bytes("two"), etag).catch((error) => error);
      expect([PreconditionError, NotFoundError]).toContain(refused.constructor);
      expect(await store.head("key")).toBeUndefined();
    });

    it("deletes, twice without complaint", async () => {
      await store.put("a/b/c", bytes("x"));
      await store.delete("a/b/c");
      await store.delete("a/b/c");
      await store.delete("never/was");
      expect(await listing(store)).toEqual([]);
      await store.put("a/b", bytes("a key where once was a folder"));
      expect(await listing(store)).toEqual([["a/b", 29]]);
    });

    it("lists by prefix, in order of key, across folders", async () => {
      const keys = ["a", "a-b/x", "a.json", "b/1", "b/10", "b/2/x", "b/2/y", "b/20", "c", "é", "～", "𝄞"];
      for (const key of [...keys].reverse()) await store.put(key, bytes(key));
      expect((await listing(store)).map(([key]) => key)).toEqual(keys);
      expect((await listing(store, "b/")).map(([key]) => key)).toEqual(["b/1", "b/10", "b/2/x", "b/2/y", "b/20"]);
      expect((await listing(store, "b/2")).map(([key]) => key)).toEqual(["b/2/x", "b/2/y", "b/20"]);
      expect((await listing(store, "a")).map(([key]) => key)).toEqual(["a", "a-b/x", "a.json"]);
      expect(await listing(store, "none/")).toEqual([]);
    });

    it("lists more objects than one page of S3", async () => {
      const keys = Array.from({ length: 1100 }, (_, index) => `many/${String(index).padStart(4, "0")}`);
      for (let start = 0; start < keys.length; start += 50) {
        await Promise.all(keys.slice(start, start + 50).map((key) => store.put(key, bytes(""))));
      }
      expect((await listing(store, "many/")).map(([key]) => key)).toEqual(keys);
    });

    it("streams objects of several parts in and out", async () => {
      const block = Buffer.alloc(5 << 20, Buffer.from(Array.from({ length: 251 }, (_, index) => index)));
      const written = await store.putStream("big", pieces(block, block, block, block, bytes("end")));
      const whole = await joined(store.stream("big"));
      expect(whole.equals(Buffer.concat([block, block, block, block, bytes("end")]))).toBe(true);
      expect(written).toEqual({
        etag: (await store.read("big")).etag,
        bytes: whole.length,
        sha256: createHash("sha256").update(whole).digest("hex"),
      });
      const range = await store.get("big", { start: (16 << 20) - 2, length: 7 });
      expect(Buffer.from(range).equals(whole.subarray((16 << 20) - 2, (16 << 20) + 5))).toBe(true);
      await store.putStream("none", pieces());
      expect(await store.head("none")).toEqual({ key: "none", size: 0 });
    });

    it("leaves the old object, and nothing else, when the pieces end in an error", async () => {
      await store.put("key", bytes("old"));
      async function* failing(): AsyncGenerator<Uint8Array> {
        yield Buffer.alloc(17 << 20);
        throw new InputError("test", "the source broke");
      }
      await expect(store.putStream("key", failing())).rejects.toThrow("the source broke");
      await expect(store.putStream("other", failing())).rejects.toThrow("the source broke");
      expect(text(await store.get("key"))).toBe("old");
      expect(await listing(store)).toEqual([["key", 3]]);
    });

    it("gives one version of an object that is replaced while it is read", async () => {
      const old = Buffer.alloc(3 << 20, "o");
      await store.put("key", old);
      const seen: Uint8Array[] = [];
      for await (const piece of store.stream("key")) {
        if (seen.length === 0) await store.put("key", Buffer.alloc(3 << 20, "n"));
        seen.push(piece);
      }
      expect(Buffer.concat(seen).equals(old)).toBe(true);
    });

    it.each([...WRONG_KEYS, ...LONG_KEYS])("refuses %s everywhere", async (_, key) => {
      const refused = coded("store-key");
      await expect(store.get(key)).rejects.toEqual(refused);
      await expect(store.read(key)).rejects.toEqual(refused);
      await expect(store.head(key)).rejects.toEqual(refused);
      await expect(store.put(key, bytes(""))).rejects.toEqual(refused);
      await expect(store.putIfAbsent(key, bytes(""))).rejects.toEqual(refused);
      await expect(store.putIfMatch(key, bytes(""), "etag")).rejects.toEqual(refused);
      await expect(store.delete(key)).rejects.toEqual(refused);
      await expect(store.putStream(key, pieces())).rejects.toEqual(refused);
      await expect(joined(store.stream(key))).rejects.toEqual(refused);
    });

    it.each(["../", "a/../", "/", "a//", "a\\"])("refuses the prefix %j", async (prefix) => {
      await expect(listing(store, prefix)).rejects.toEqual(coded("store-key"));
    });

    it("can be seen through a prefix", async () => {
      const inner = prefixed(prefixed(store, "a b"), "c");
      const etag = await inner.putIfAbsent("x/y", bytes("in"));
      expect(text(await store.get("a b/c/x/y"))).toBe("in");
      expect(await listing(inner)).toEqual([["x/y", 2]]);
      expect(await inner.head("x/y")).toEqual({ key: "x/y", size: 2 });
      await inner.putIfMatch("x/y", bytes("new"), etag);
      await store.put("a b/cc", bytes("outside"));
      expect(await listing(inner)).toEqual([["x/y", 3]]);
      await expect(inner.get("../../secret")).rejects.toThrow();
      if (!store.uri.startsWith("memory:")) expect(text(await openStore(inner.uri).get("x/y"))).toBe("new");
      await inner.delete("x/y");
      expect(await listing(store)).toEqual([["a b/cc", 7]]);
    });

    it("behaves as a map does, whatever is asked of it", async () => {
      const key = fc.constantFrom("a", "b", "dir/a", "dir/sub/a", "dir/sub/b", "dir-a");
      const value = fc.string({ maxLength: 5 });
      const operation = fc.oneof(
        fc.record({ kind: fc.constantFrom("put", "putIfAbsent", "putIfMatch", "putStream"), key, value }),
        fc.record({ kind: fc.constantFrom("putIfStale", "delete", "get", "list"), key, value }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(operation, { maxLength: 25 }), async (operations) => {
          const tried = prefixed(store, `run-${Math.random().toString(36).slice(2)}`);
          const model = new Map<string, string>();
          for (const { kind, key, value } of operations) await OPERATIONS[kind]!(tried, model, key, value);
          const expected = [...model].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
          expect(await listing(tried)).toEqual(expected.map(([key, value]) => [key, Buffer.byteLength(value)]));
        }),
        { numRuns: 40 },
      );
    });
  });
});

type Operation = (store: Store, model: Map<string, string>, key: string, value: string) => Promise<void>;

/** Each does one thing to the store and to the model, and compares what they say. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  put: async (store, model, key, value) => {
    await store.put(key, bytes(value));
    model.set(key, value);
  },
  putStream: async (store, model, key, value) => {
    await store.putStream(key, pieces(bytes(value), bytes("!")));
    model.set(key, `${value}!`);
  },
  putIfAbsent: async (store, model, key, value) => {
    const put = store.putIfAbsent(key, bytes(value));
    if (model.has(key)) await expect(put).rejects.toThrow(PreconditionError);
    else await put;
    if (!model.has(key)) model.set(key, value);
  },
  putIfMatch: async (store, model, key, value) => {
    if (!model.has(key)) return;
    await store.putIfMatch(key, bytes(value), (await store.read(key)).etag);
    model.set(key, value);
  },
  putIfStale: async (store, model, key, value) => {
    if (!model.has(key)) return;
    const { etag } = await store.read(key);
    await store.put(key, bytes(`${value} newer`));
    model.set(key, `${value} newer`);
    if (etag === (await store.read(key)).etag) return;
    await expect(store.putIfMatch(key, bytes(value), etag)).rejects.toThrow(PreconditionError);
  },
  delete: async (store, model, key) => {
    await store.delete(key);
    model.delete(key);
  },
  get: async (store, model, key) => {
    const expected = model.get(key);
    if (expected === undefined) await expect(store.get(key)).rejects.toThrow(NotFoundError);
    else expect(text(await store.get(key))).toBe(expected);
  },
  list: async (store, model, key) => {
    const expected = [...model.keys()].filter((other) => other.startsWith(key)).length;
    expect(await listing(store, key)).toHaveLength(expected);
  },
};
