import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeFolder } from "../../../lib/setup/make-folder.mjs";

const folder = mkdtempSync(join(tmpdir(), "hilum-folders-"));
const isFolder = (path: string): boolean => statSync(path).isDirectory();

describe("makeFolder", () => {
  it("makes what is missing, once or by many at once", async () => {
    const path = join(folder, "a/b/c");
    await Promise.all(Array.from({ length: 20 }, () => makeFolder(path)));
    expect(isFolder(path)).toBe(true);
    await makeFolder(`${path}/../d`);
    expect(isFolder(join(folder, "a/b/d"))).toBe(true);
  });

  it("takes a link to a folder, and the folder that it works in", async () => {
    mkdirSync(join(folder, "target"));
    symlinkSync("target", join(folder, "link"));
    await makeFolder(join(folder, "link/inside"));
    expect(isFolder(join(folder, "target/inside"))).toBe(true);
    await makeFolder(".");
    await makeFolder("/");
  });

  it("tells of a file in the way", async () => {
    writeFileSync(join(folder, "file"), "");
    symlinkSync("nowhere", join(folder, "dangling"));
    await expect(makeFolder(join(folder, "file"))).rejects.toMatchObject({ code: "EEXIST" });
    await expect(makeFolder(join(folder, "file/inside"))).rejects.toMatchObject({ code: "ENOTDIR" });
    await expect(makeFolder(join(folder, "dangling"))).rejects.toMatchObject({ code: "EEXIST" });
  });

  it.skipIf(process.platform !== "linux")("ends where no folder can be made", async () => {
    await expect(makeFolder("/proc/none/inside")).rejects.toMatchObject({ code: "ENOENT" });
  });
});

const mounted = mkdtempSync(join(tmpdir(), "hilum-inodes-"));
const mount = (...args: string[]) => execFileSync("mount", args, { stdio: "ignore" });
const mayMount = ((): boolean => {
  try {
    mount("-t", "tmpfs", "-o", "size=1m,nr_inodes=3", "tmpfs", mounted);
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!mayMount)("makeFolder on a full disk, where a disk may be mounted", () => {
  beforeAll(() => makeFolder(join(mounted, "a/b")));
  afterAll(() => void execFileSync("umount", [mounted]));

  it.each(["c", "c/d", "a/b/c/d"])("says that it is full: %s", async (path) => {
    await expect(makeFolder(join(mounted, path))).rejects.toMatchObject({ code: "ENOSPC" });
  });
});
