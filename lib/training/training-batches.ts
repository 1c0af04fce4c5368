import type { TrainingConfig } from "../contracts/run-config.ts";
import { random } from "../domain/random.ts";
import { augmentBatch, augments } from "./augment.ts";
import { batchesPerEpoch, batchStart, epochOrder } from "./epoch.ts";
import type { FilmSource } from "./film-source.ts";
import type { Batch } from "./session.ts";

export interface TrainingBatchOptions {
  readonly films: FilmSource;
  /** Positions that an epoch visits, a film as often as up-sampling wants it. */
  readonly plan: Uint32Array;
  /** Side of a film in pixels. */
  readonly size: number;
  readonly config: Pick<TrainingConfig, "batchSize" | "augment">;
  readonly seed: number;
}

/** Requests for the batches of an epoch (from 0) from one of them on; the same for the same seed, epoch and batch. */
export function* trainingBatches(
  { films, plan, size, config, seed }: TrainingBatchOptions,
  epoch: number,
  firstBatch: number,
): Generator<() => Promise<Batch>> {
  const order = epochOrder(plan, seed, epoch);
  const batches = batchesPerEpoch(plan.length, config.batchSize);
  for (let index = firstBatch; index < batches; index += 1) {
    const start = batchStart(plan.length, batches, index);
    const positions = order.subarray(start, batchStart(plan.length, batches, index + 1));
    yield async () => {
      const batch = await films.batch(positions);
      if (!augments(config.augment)) return batch;
      return augmentBatch(batch, size, config.augment, (n) => random(seed, "augment", epoch, start + n));
    };
  }
}
