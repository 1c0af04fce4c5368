import { chmod, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { cacheFolder, makeCache } from "../../../lib/setup/cache-folder.mjs";

describe("the cache's folder", () => {
  it("is where HILUM_CACHE says, else in XDG's folder, else in the home", () => {
    expect(cacheFolder({ HILUM_CACHE: "/somewhere", XDG_CACHE_HOME: "/xdg" })).toBe("/somewhere");
    expect(cacheFolder({ XDG_CACHE_HOME: "/xdg" })).toBe("/xdg/hilum");
    expect(cacheFolder({})).toMatch(/\/\.cache\/hilum$/);
  });
});

describe("makeCache", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hilum-cache-"));
    await writeFile(join(folder, "file"), "");
  });
  const refused = (path: string) =>
    expect(makeCache(path)).rejects.toMatchObject({
      message: expect.stringMatching(`^The cache ${path} can't be written \\(.*\\)\\.\n.*HILUM_CACHE`),
      exitCode: 64,
    });

  it("makes what is missing, and takes what is there", async () => {
    await makeCache(join(folder, "a/b"));
    await makeCache(join(folder, "a/b"));
  });

  it("says where a file is in the way, and what to set", async () => {
    await refused(join(folder, "file"));
    await refused(join(folder, "file/engines"));
  });

  it.skipIf(process.getuid?.() === 0)("says where it may not write", async () => {
    await mkdir(join(folder, "closed"));
    await chmod(join(folder, "closed"), 0o500);
    await refused(join(folder, "closed"));
  });

  it.skipIf(process.platform !== "linux")("says where no folder can be", () => refused("/proc/none/engines"));
});
