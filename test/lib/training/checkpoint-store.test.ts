import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LatestCheckpoint } from "../../../lib/contracts/training.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import { readDocument } from "../../../lib/store/documents.ts";
import type { Store } from "../../../lib/store/store.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "../../../lib/training/checkpoint.ts";
import { openCheckpoints } from "../../../lib/training/checkpoint-store.ts";
import { startJournal } from "../../../lib/training/journal.ts";
import { memberKeys, memoryStore } from "./setup.ts";

const weights = (value: number) => new Map([["a/kernel", { shape: [2, 1], data: Float32Array.of(value, -value) }]]);

const checkpoint = (step: number, { average = false, best = false } = {}): Checkpoint => ({
  journal: { ...startJournal({ seed: 1, rows: 10, batchSize: 2, epochs: 3 }), step },
  state: {
    step,
    weights: weights(step),
    firstMoments: weights(step / 3),
    secondMoments: weights(step / 7),
    average: average ? weights(-step) : null,
  },
  best: best ? weights(0.1) : null,
});

async function keysOf(store: Store): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(memberKeys.checkpoints)) keys.push(key);
  return keys;
}

const damage = (store: Store, step: number, length: number) =>
  store.put(memberKeys.checkpoint(step), new Uint8Array(length));

describe("a checkpoint", () => {
  test("comes back as it was", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.boolean(), fc.boolean(), (step, average, best) => {
        const original = checkpoint(step, { average, best });
        expect(decodeCheckpoint(encodeCheckpoint(original), "a checkpoint")).toEqual(original);
      }),
    );
  });

  test("without its journal is refused", () => {
    const bytes = Buffer.from(encodeCheckpoint(checkpoint(1)));
    bytes.write("jOurnal", bytes.indexOf("journal"));
    expect(() => decodeCheckpoint(bytes, "1.safetensors")).toThrow(InputError);
  });
});

describe("checkpoints of a member", () => {
  test("there are none at first", async () => {
    expect(await openCheckpoints(memoryStore(), memberKeys).load()).toBeUndefined();
  });

  test("the newest is read, the one before stays, older ones go", async () => {
    const store = memoryStore();
    const checkpoints = openCheckpoints(store, memberKeys);
    for (const step of [3, 6, 9, 10]) await checkpoints.save(checkpoint(step));
    expect(await checkpoints.load()).toEqual(checkpoint(10));
    expect(await keysOf(store)).toEqual([memberKeys.checkpoint(9), memberKeys.checkpoint(10)]);
  });

  test.each([
    ["cut short", (store: Store) => damage(store, 6, 100)],
    ["gone", (store: Store) => store.delete(memberKeys.checkpoint(6))],
  ])("where the newest is %s, the one before is read", async (_, harm) => {
    const store = memoryStore();
    const checkpoints = openCheckpoints(store, memberKeys);
    for (const step of [3, 6]) await checkpoints.save(checkpoint(step));
    await harm(store);
    expect(await checkpoints.load()).toEqual(checkpoint(3));
  });

  test("where none is whole, that is an error and not a fresh start", async () => {
    const store = memoryStore();
    const checkpoints = openCheckpoints(store, memberKeys);
    for (const step of [3, 6]) await checkpoints.save(checkpoint(step));
    await damage(store, 3, 0);
    await damage(store, 6, 10);
    await expect(checkpoints.load()).rejects.toMatchObject({ code: "checkpoint-damaged", exitCode: 64 });
  });

  test("a second checkpoint of one step keeps the one before as its fall-back", async () => {
    const store = memoryStore();
    const checkpoints = openCheckpoints(store, memberKeys);
    for (const step of [3, 6, 6]) await checkpoints.save(checkpoint(step));
    expect((await readDocument(store, memberKeys.latest, LatestCheckpoint)).previous?.step).toBe(3);
    await damage(store, 6, 10);
    expect(await checkpoints.load()).toEqual(checkpoint(3));
  });

  test("a kill between any two writes leaves a whole one", async () => {
    for (let writes = 0; writes < 4; writes += 1) {
      const store = memoryStore();
      await openCheckpoints(store, memberKeys).save(checkpoint(3));
      await openCheckpoints(store, memberKeys).save(checkpoint(6));
      const dying = openCheckpoints(killedAfter(store, writes), memberKeys);
      await dying.save(checkpoint(9)).catch(() => {});
      const { journal } = (await openCheckpoints(store, memberKeys).load())!;
      expect(journal.step).toBe(writes < 2 ? 6 : 9);
    }
  });
});

/** A store whose process dies after so many writes and deletions. */
function killedAfter(store: Store, writes: number): Store {
  let left = writes;
  const count = () => {
    if (left === 0) throw new Error("killed");
    left -= 1;
  };
  return {
    uri: store.uri,
    get: (key, range) => store.get(key, range),
    read: (key) => store.read(key),
    head: (key) => store.head(key),
    list: (prefix) => store.list(prefix),
    folders: (folder) => store.folders(folder),
    stream: (key) => store.stream(key),
    putIfAbsent: (key, bytes) => store.putIfAbsent(key, bytes),
    putIfMatch: (key, bytes, etag) => store.putIfMatch(key, bytes, etag),
    putStream: async (key, pieces) => {
      count();
      return store.putStream(key, pieces);
    },
    put: async (key, bytes) => {
      count();
      return store.put(key, bytes);
    },
    delete: async (key) => {
      count();
      return store.delete(key);
    },
  };
}
