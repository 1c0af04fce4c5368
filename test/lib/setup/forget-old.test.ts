import { mkdir, mkdtemp, readdir, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { forgetOld } from "../../../lib/setup/forget-old.mjs";

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW = Date.UTC(2026, 0, 1);

let engines: string;
beforeEach(async () => {
  engines = await mkdtemp(join(tmpdir(), "hilum-engines-"));
  const ages = { used: 400, other: 59, old: 61, ".building-now": 0.9, ".building-killed": 1.1 };
  for (const [name, days] of Object.entries(ages)) {
    const when = new Date(NOW - days * DAY_MS);
    await mkdir(join(engines, name, "lib"), { recursive: true });
    await utimes(join(engines, name), when, when);
  }
});
afterEach(() => rm(engines, { recursive: true, force: true }));

it("keeps the engine in use and those used of late, marks the one, and removes what is older", async () => {
  await forgetOld(engines, "used", NOW);
  expect((await readdir(engines)).sort()).toEqual([".building-now", "other", "used"]);
  expect((await stat(join(engines, "used"))).mtimeMs).toBe(NOW);
});

it("fails where the engine in use is not there, and removes nothing", async () => {
  await expect(forgetOld(engines, "gone", NOW)).rejects.toThrow("ENOENT");
  expect(await readdir(engines)).toHaveLength(5);
});
