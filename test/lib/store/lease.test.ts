import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { Lease } from "../../../lib/contracts/lease.ts";
import { readDocument, writeDocument } from "../../../lib/store/documents.ts";
import { holdLease, isHeld } from "../../../lib/store/lease.ts";
import { openStore, storeUri } from "../../../lib/store/open.ts";
import { SELF } from "../../../lib/store/process-identity.ts";

const KEY = "run-1/runner.json";

const STORES = [
  ["memory", () => openStore(`memory://lease-${Math.random()}`)],
  [
    "disk",
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "hilum-lease-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      return openStore(storeUri(folder));
    },
  ],
] as const;

const INSTANT = "2026-01-01T00:00:00.000Z";
const leaseOf = (changes: Partial<Lease>): Lease => ({
  schema: "hilum.lease/1",
  token: "0",
  owner: SELF,
  takenAt: INSTANT,
  renewedAt: INSTANT,
  endedAt: null,
  ...changes,
});

describe.each(STORES)("a lease in %s", (_, open) => {
  test("of many that ask at once one has it; after its release another has", async () => {
    const store = await open();
    const asked = await Promise.allSettled(Array.from({ length: 8 }, () => holdLease(store, KEY, "run 1")));
    const held = asked.filter((outcome) => outcome.status === "fulfilled");
    expect(held).toHaveLength(1);
    for (const outcome of asked) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "in-use", exitCode: 75 });
    }
    await held[0]!.value.release();
    expect((await readDocument(store, KEY, Lease)).endedAt).not.toBeNull();
    const next = await holdLease(store, KEY, "run 1");
    await next.remove();
    expect(await store.head(KEY)).toBeUndefined();
  });

  test("of a killed process is taken over, and nothing else of a living one", async () => {
    const store = await open();
    const child = spawn("sleep", ["60"]);
    const owner = { ...SELF, pid: child.pid!, start: "" };
    await writeDocument(store, KEY, Lease, leaseOf({ owner }));
    await expect(holdLease(store, KEY, "run 1")).rejects.toThrow(`process ${child.pid}`);
    child.kill("SIGKILL");
    await once(child, "close");
    await (await holdLease(store, KEY, "run 1")).release();
  });

  test("of another machine lasts while it is renewed", () => {
    const there = leaseOf({ owner: { ...SELF, host: "elsewhere" } });
    expect(isHeld(there, Date.parse(INSTANT) + 60_000)).toBe(true);
    expect(isHeld(there, Date.parse(INSTANT) + 600_000)).toBe(false);
    expect(isHeld({ ...there, endedAt: INSTANT }, Date.parse(INSTANT))).toBe(false);
  });

  test("is renewed, and tells its holder once another has taken it over", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const store = await open();
    const held = await holdLease(store, KEY, "run 1");
    const before = await readDocument(store, KEY, Lease);
    vi.advanceTimersByTime(15_000);
    await expect.poll(() => readDocument(store, KEY, Lease)).not.toEqual(before);
    expect(held.lost.aborted).toBe(false);
    await writeDocument(store, KEY, Lease, leaseOf({ token: "another" }));
    vi.advanceTimersByTime(15_000);
    await expect.poll(() => held.lost.aborted).toBe(true);
    await held.release();
    expect((await readDocument(store, KEY, Lease)).token).toBe("another");
  });
});
