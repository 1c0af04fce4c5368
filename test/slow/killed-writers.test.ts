import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore, storeUri } from "../../lib/store/open.ts";
import { startRacer } from "../lib/store/racers.ts";

const KILLS = 6;
const WRITERS = 3;
const MEBIBYTE = 1 << 20;

describe("disk store, writers killed with SIGKILL", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hilum-kill-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const all = async (path: string): Promise<string[]> => (await readdir(path, { recursive: true })).sort();

  async function keysOf(store: ReturnType<typeof openStore>): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of store.list("")) keys.push(key);
    return keys;
  }

  it("holds the old object or the new one, whole, and clears up after them", async () => {
    const path = join(folder, "torn");
    const store = openStore(storeUri(path));
    for (let kill = 0; kill < KILLS; kill += 1) {
      const writers = await Promise.all(Array.from({ length: WRITERS }, () => startRacer()));
      for (const writer of writers) {
        writer.tell({ scribble: { uri: store.uri, key: "key", bytes: 4 * MEBIBYTE } });
        await writer.answer();
      }
      await sleep(randomInt(30));
      for (const writer of writers) {
        await writer.end();
        const seen = await store.get("key");
        expect(seen).toHaveLength(4 * MEBIBYTE);
        expect(Buffer.from(seen).equals(Buffer.alloc(4 * MEBIBYTE, seen[0]))).toBe(true);
      }
      expect(await keysOf(store)).toEqual(["key"]);
      expect((await all(path)).filter((name) => name.startsWith(".hilum-new-"))).toEqual([]);
      await store.put("key", Buffer.alloc(4 * MEBIBYTE, "z"));
      expect(await all(path)).toEqual(["key"]);
    }
  });

  it("loses no increment and invents none, while counting processes are killed", async () => {
    const store = openStore(storeUri(join(folder, "count")));
    await store.put("number", Buffer.from("0"));
    let acknowledged = 0;
    let killed = 0;
    for (let round = 0; round < KILLS / 2; round += 1) {
      const counters = await Promise.all(Array.from({ length: WRITERS }, () => startRacer()));
      const finished = counters.map(async ({ process: child }, index) => {
        const done =
          index === 0 ? new Promise<void>((resolve) => child.on("message", (n) => n === 60 && resolve())) : null;
        child.on("message", () => {
          acknowledged += 1;
        });
        await (done ?? once(child, "exit"));
      });
      for (const counter of counters) counter.tell({ count: { uri: store.uri, key: "number", times: 60 } });
      await sleep(randomInt(40, 120));
      for (const victim of counters.slice(1)) {
        if (victim.process.exitCode === null) killed += 1;
        await victim.end();
      }
      await Promise.all(finished);
      await counters[0]!.end();
    }
    const counted = Number(Buffer.from(await store.get("number")));
    expect(counted).toBeGreaterThanOrEqual(acknowledged);
    // A process that was killed may have written once without its word having come through.
    expect(counted).toBeLessThanOrEqual(acknowledged + killed);
  });
});
