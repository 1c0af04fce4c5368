import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/children/${name}.ts`, import.meta.url));

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Starts a parent with a child, ends the parent without a word, and waits until the child is gone. */
async function orphan(name: string, note = ""): Promise<void> {
  const parent = spawn(process.execPath, ["--import", "tsx", fixture("parent"), fixture(name), note]);
  const [line] = (await once(createInterface({ input: parent.stdout }), "line")) as [string];
  const pid = Number(line);
  expect(isThere(pid)).toBe(true);
  parent.kill("SIGKILL");
  await once(parent, "exit");
  try {
    await expect.poll(() => isThere(pid), { timeout: 60_000, interval: 50 }).toBe(false);
  } finally {
    if (isThere(pid)) process.kill(pid, "SIGKILL");
  }
}

describe("a child whose parent was killed, though it writes nothing that would fail", () => {
  test("is ended in the midst of its work", () => orphan("busy"));

  test("is told first, so that it can leave what can be gone on from", async () => {
    const note = join(await mkdtemp(join(tmpdir(), "hilum-orphan-")), "note");
    await orphan("saving", note);
    await expect.poll(() => existsSync(note)).toBe(true);
  });
});
