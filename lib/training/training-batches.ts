import type { TrainingConfig } from "../contracts/run-config.ts";
import { random } from "../domain/random.ts";
import type { Batch } from "../model/session.ts";
import { augments, drawAugmentation } from "./augment.ts";
import { batchesPerEpoch, batchStart, epochOrder } from "./epoch.ts";
import type { FilmSource } from "./film-source.ts";

export interface TrainingBatchOptions {
  readonly films: FilmSource;
  /** Side of a film in pixels. */
  readonly size: number;
  /** Positions that an epoch visits, a film as often as up-sampling wants it. */
  readonly plan: Uint32Array;
  readonly config: Pick<TrainingConfig, "batchSize" | "augment">;
  readonly seed: number;
}

/** Requests for the batches of an epoch (from 0) from one of them on; the same for the same seed, epoch and batch. */
export function* trainingBatches(
  { films, size, plan, config, seed }: TrainingBatchOptions,
  epoch: number,
  firstBatch: number,
): Generator<() => Promise<Batch>> {
  const order = epochOrder(plan, seed, epoch);
  const batches = batchesPerEpoch(plan.length, config.batchSize);
  for (let index = firstBatch; index < batches; index += 1) {
    const place = batchStart(plan.length, batches, index);
    const positions = order.slice(place, batchStart(plan.length, batches, index + 1));
    yield async () => {
      const batch = await films.batch(positions);
      if (!augments(config.augment)) return batch;
      // By the place in the epoch, so that a film that comes twice is changed in two ways.
      const randomOf = (n: number) => random(seed, "augment", epoch, place + n);
      return { ...batch, augmentation: drawAugmentation(batch.count, size, config.augment, randomOf) };
    };
  }
}
