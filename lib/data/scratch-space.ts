import { stat, statfs } from "node:fs/promises";
import { InputError, TemporaryError } from "../domain/errors.ts";
import { makeFolder } from "../setup/make-folder.mjs";
import { type CopiedShard, copyOf } from "./local-shard.ts";

/** Kept free for graphs and weights on their way, in bytes. */
const SPARE = 2 ** 30;

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/**
 * Whether the copies of these shards that are not there yet will fit.
 * @throws InputError `disk-too-small` where they never will, TemporaryError `disk-full` where something else has the room
 */
export async function requireScratch(shards: readonly CopiedShard[], folder: string): Promise<void> {
  await makeFolder(folder);
  const there = await Promise.all(
    shards.map(async (shard) => (await stat(copyOf(shard, folder)).catch(() => undefined))?.size ?? 0),
  );
  const all = shards.reduce((sum, { bytes }) => sum + bytes, SPARE);
  const missing = there.reduce((sum, bytes, i) => sum + Math.max(0, shards[i]!.bytes - bytes), SPARE);
  const { bsize, blocks, bavail } = await statfs(folder);
  const [size, free] = [blocks * bsize, bavail * bsize];
  if (missing <= free) return;
  const where = `${folder}: the data set's ${shards.length} shards and what training writes take ${gigabytes(all)}`;
  const mend = "on a stage raise gpu.diskGiB or cpu.diskGiB (docs/stages.md), elsewhere set TMPDIR to a larger disk";
  if (all > size) {
    throw new InputError("disk-too-small", `${where}, and the disk has ${gigabytes(size)}; ${mend}`);
  }
  const wanted = `${gigabytes(missing)} free, and ${gigabytes(free)} are`;
  throw new TemporaryError("disk-full", `${where}; expected ${wanted}; make room and start it again, or ${mend}`);
}
