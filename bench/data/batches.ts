import { open } from "node:fs/promises";
import { indexShard, storeRange } from "../../lib/data/shard-reader.ts";
import { random, shuffle } from "../../lib/domain/random.ts";
import { binding } from "../../lib/engine/tensorflow.ts";
import type { Store } from "../../lib/store/store.ts";

const BATCH = 32;

/** Random films of a shard, a batch at a time, into tensors. @returns films a second */
export async function readBatches(store: Store, key: string, seed: number): Promise<number> {
  const native = binding();
  const shard = await storeRange(store, key);
  const { stride, batches } = await indexShard(shard);
  const offsets = batches.flatMap(({ pixels, rows }) => Array.from({ length: rows }, (_, i) => pixels + i * stride));
  const order = shuffle(Uint32Array.from(offsets.keys()), random(seed, "bench batches"));
  const file = await open(store.localPath!(key));
  try {
    const started = performance.now();
    for (let from = 0; from < order.length; from += BATCH) {
      const batch = order.subarray(from, from + BATCH);
      const pixels = new Uint8Array(batch.length * stride);
      await Promise.all(Array.from(batch, (row, i) => file.read(pixels, i * stride, stride, offsets[row]!)));
      native.deleteTensor(native.createTensor([batch.length, stride], native.TF_UINT8, pixels));
    }
    return (order.length * 1000) / (performance.now() - started);
  } finally {
    await file.close();
  }
}
