import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { InputError } from "../domain/errors.ts";
import type { Store } from "../store/store.ts";
import { type CopiedShard, localShard, SHARD_CACHE } from "./local-shard.ts";
import { requireScratch } from "./scratch-space.ts";
import { indexShard } from "./shard-reader.ts";

/** The films of shards by position, which counts through them from 0. */
export interface ShardPixels {
  readonly rows: number;
  /**
   * Fills `into` with the films at these positions, in this order; a position may come twice.
   * @param into at least positions x size x size
   */
  readPixels(positions: Uint32Array, into: Uint8Array): Promise<void>;
  /** Closes the shards' files. */
  close(): Promise<void>;
}

/**
 * Opens shards of films of size x size. Those that are no files of this machine are copied to it first.
 * @param cache folder of those copies
 * @throws InputError `disk-too-small`, `shard`; TemporaryError `disk-full`, `shard-copy`
 */
export async function openShardPixels(
  datasets: Store,
  shards: readonly (CopiedShard & { readonly rows: number })[],
  size: number,
  cache = SHARD_CACHE,
): Promise<ShardPixels> {
  if (datasets.localPath === undefined) await requireScratch(shards, cache);
  const stride = size ** 2;
  const files: FileHandle[] = [];
  const close = async () => {
    await Promise.all(files.splice(0).map((file) => file.close()));
  };
  const places = new PixelPlaces(shards.reduce((sum, { rows }) => sum + rows, 0));
  try {
    for (const shard of shards) {
      const path = await localShard(datasets, shard, cache);
      const file = await open(path);
      files.push(file);
      const read = async (start: number, length: number) => {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start);
        return buffer.subarray(0, bytesRead);
      };
      const index = await indexShard({ where: path, bytes: shard.bytes, read });
      if (index.stride !== stride || index.rows !== shard.rows) throw wrongShard(path);
      for (const batch of index.batches) places.add(files.length - 1, batch.pixels, batch.rows, stride);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    rows: places.length,
    async readPixels(positions, into) {
      await Promise.all(
        Array.from(positions, async (position, i) => {
          const file = files[places.files[position]!]!;
          const { bytesRead } = await file.read(into, i * stride, stride, places.offsets[position]!);
          if (bytesRead !== stride) throw wrongShard(`position ${position}`);
        }),
      );
    },
    close,
  };
}

export const wrongShard = (where: string): InputError =>
  new InputError("shard", `${where}: not the films that were prepared; prepare them again`);

/** For each position its shard and the byte at which its pixels start. */
class PixelPlaces {
  readonly files: Uint16Array;
  readonly offsets: Float64Array;
  length = 0;

  constructor(rows: number) {
    this.files = new Uint16Array(rows);
    this.offsets = new Float64Array(rows);
  }

  add(file: number, offset: number, rows: number, stride: number): void {
    for (let i = 0; i < rows; i += 1) {
      this.files[this.length] = file;
      this.offsets[this.length] = offset + i * stride;
      this.length += 1;
    }
  }
}
