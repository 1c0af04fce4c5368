import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { TemporaryError } from "../domain/errors.ts";
import { makeFolder } from "../setup/make-folder.mjs";
import type { Store } from "../store/store.ts";

/** Where shards of a remote store are kept on this machine, by their content. */
export const SHARD_CACHE = join(tmpdir(), "hilum-shards");

export interface CopiedShard {
  readonly key: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Where a shard's copy lies. */
export const copyOf = ({ sha256 }: CopiedShard, folder: string): string => join(folder, `${sha256}.arrow`);

/**
 * A shard as a file of this machine: the store's own file, or a copy whose hash is right.
 * @throws TemporaryError `shard-copy` where the copy came out wrong
 */
export async function localShard(store: Store, shard: CopiedShard, folder: string): Promise<string> {
  const { key, bytes, sha256 } = shard;
  if (store.localPath !== undefined) return store.localPath(key);
  const path = copyOf(shard, folder);
  if ((await stat(path).catch(() => undefined))?.size === bytes) return path;
  await makeFolder(folder);
  const unfinished = `${path}.${process.pid}`;
  const hash = createHash("sha256");
  try {
    await pipeline(
      store.stream(key),
      async function* (pieces: AsyncIterable<Uint8Array>) {
        for await (const piece of pieces) {
          hash.update(piece);
          yield piece;
        }
      },
      createWriteStream(unfinished),
    );
    if (hash.digest("hex") !== sha256) {
      throw new TemporaryError("shard-copy", `${store.uri}/${key}: the copy's hash is wrong, expected ${sha256}`);
    }
    await rename(unfinished, path);
    return path;
  } finally {
    await rm(unfinished, { force: true });
  }
}
