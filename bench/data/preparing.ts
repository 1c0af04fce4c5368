import { availableParallelism } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Geometry } from "../../lib/contracts/run-config.ts";
import type { Manifest } from "../../lib/data/film-columns.ts";
import { KnownPixels } from "../../lib/data/known-pixels.ts";
import { prepareBatches } from "../../lib/data/prepare-batches.ts";
import { openPreparePool } from "../../lib/data/prepare-pool.ts";
import { writeShard } from "../../lib/data/shard-writer.ts";
import { openStore } from "../../lib/store/open.ts";

export const SIZE = 224;

/** Processor time beside the rate, since it does not suffer from what else runs. */
export interface Pass {
  readonly films: number;
  readonly processor: number;
}

export interface Preparing {
  /** Films decoded, resized and written as a shard, from the first on. */
  run(films: number): Promise<Pass>;
  close(): Promise<void>;
}

/** What the preparation's job does to films of a folder, less its documents. Threads start and load TensorFlow once. */
export function preparing(folder: string, manifest: Manifest, resize: Geometry["resize"]): Preparing {
  const geometry: Geometry = { size: SIZE, fit: "squeeze", resize };
  const dataUri = pathToFileURL(folder).href;
  const pool = openPreparePool({ threads: availableParallelism(), dataUri, links: "inside", geometry, known: [] });
  const store = openStore(pathToFileURL(join(folder, "store")).href);
  return {
    async run(films) {
      const known = await KnownPixels.find(openStore("memory://none"), geometry);
      const rows = Uint32Array.from({ length: films }, (_, row) => row);
      // A preparation writes new shards; taking the last round's away is no part of it.
      await store.delete(shardKey(resize));
      const batches = prepareBatches(manifest, rows, SIZE, { pool, known }, () => {});
      const started = performance.now();
      const before = process.cpuUsage();
      await writeShard(store, shardKey(resize), geometry, batches);
      const { user, system } = process.cpuUsage(before);
      const seconds = (performance.now() - started) / 1000;
      return { films: films / seconds, processor: (user + system) / 1000 / films };
    },
    close: () => pool.close(),
  };
}

export const shardKey = (resize: Geometry["resize"]): string => `bench/${resize}.arrow`;
