import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "../../../lib/domain/sha256.ts";
import { openStore, storeUri } from "../../../lib/store/open.ts";
import { SELF } from "../../../lib/store/process-identity.ts";

/** Writers killed for real: test/slow/killed-writers.test.ts. */
describe("disk store, locks that were left", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hilum-lock-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const all = async (path: string): Promise<string[]> => (await readdir(path, { recursive: true })).sort();
  const lockName = `.hilum-lock-${sha256("key").slice(0, 24)}`;
  const holder = (change: object) => JSON.stringify({ ...SELF, token: "0123456789abcdef", ...change });

  it.each([
    ["a process that is gone", () => holder({ pid: 2 ** 22 + 1 })],
    ["a process whose number is in use again", () => holder({ start: "1" })],
    ["an earlier start of the machine", () => holder({ boot: "another" })],
    ["nobody, torn by a power cut", () => ""],
  ])("takes over the lock of %s", async (_, content) => {
    const path = await mkdtemp(join(folder, "lock-"));
    const store = openStore(storeUri(path));
    await store.put("key", Buffer.from("old"));
    await writeFile(join(path, lockName), content());
    await store.put("key", Buffer.from("new"));
    expect(Buffer.from(await store.get("key")).toString()).toBe("new");
    expect(await all(path)).toEqual(["key"]);
  });

  it("takes over from one that died while taking over", async () => {
    const path = await mkdtemp(join(folder, "lock-"));
    const store = openStore(storeUri(path));
    await store.put("key", Buffer.from("old"));
    await writeFile(join(path, lockName), holder({ pid: 2 ** 22 + 1 }));
    await writeFile(join(path, `${lockName}.0123456789abcdef`), holder({ pid: 2 ** 22 + 2, token: "fedcba" }));
    await store.put("key", Buffer.from("new"));
    expect(await all(path)).toEqual(["key"]);
  });

  it("waits for a process that lives", async () => {
    const path = await mkdtemp(join(folder, "lock-"));
    const store = openStore(storeUri(path));
    await store.put("key", Buffer.from("old"));
    const lock = join(path, lockName);
    await writeFile(lock, holder({}));
    const put = store.put("key", Buffer.from("new"));
    await sleep(100);
    expect(Buffer.from(await store.get("key")).toString()).toBe("old");
    await rm(lock);
    await put;
    expect(Buffer.from(await store.get("key")).toString()).toBe("new");
  });
});
