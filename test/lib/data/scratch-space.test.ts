import { mkdtemp, rm, statfs, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { copyOf } from "../../../lib/data/local-shard.ts";
import { requireScratch } from "../../../lib/data/scratch-space.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-scratch-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const shard = (digit: string, bytes: number) => ({ key: `${digit}.arrow`, bytes, sha256: digit.repeat(64) });
/** Of the disk that the folder is on. */
const disk = async () => {
  const { bsize, blocks, bavail } = await statfs(folder);
  return { size: blocks * bsize, free: bavail * bsize };
};

describe("copies of shards", () => {
  test("that fit are taken, and nothing is left behind but their folder", async () => {
    await expect(requireScratch([shard("a", 1000)], join(folder, "new"))).resolves.toBeUndefined();
  });

  test("larger than the disk are wrong input: what it takes, what there is, and what to change", async () => {
    const { size } = await disk();
    const shards = [shard("a", size / 2), shard("b", size / 2 + 1e9)];
    await expect(requireScratch(shards, folder)).rejects.toMatchObject({
      ...{ exitCode: 64, code: "disk-too-small" },
      message: expect.stringMatching(/2 shards .* take [\d.]+ GB, and the disk has [\d.]+ GB; .*gpu\.diskGiB/),
    });
  });

  test("for which something else has the room may be tried again; what is there already counts", async () => {
    const { free, size } = await disk();
    const large = shard("c", free);
    expect(free + 2 ** 30).toBeLessThan(size);
    await expect(requireScratch([large, shard("d", 1)], folder)).rejects.toMatchObject({
      ...{ exitCode: 75, code: "disk-full" },
      message: expect.stringMatching(/expected [\d.]+ GB free, and [\d.]+ GB are/),
    });
    // As large as the copy would be, and without a block on the disk.
    const copy = copyOf(large, folder);
    await writeFile(copy, "");
    await truncate(copy, large.bytes);
    await expect(requireScratch([large, shard("d", 1)], folder)).resolves.toBeUndefined();
  });
});
