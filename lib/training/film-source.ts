import type { TrainingConfig } from "../contracts/run-config.ts";
import { random } from "../domain/random.ts";
import type { Batch } from "../model/session.ts";
import { augmentBatch } from "./augment.ts";

/** How a batch is to be changed: known from these numbers alone. */
export interface Augmentation {
  readonly config: TrainingConfig["augment"];
  readonly seed: number;
  readonly epoch: number;
  /** Place of the batch's first film in the epoch, so that a film that comes twice is changed in two ways. */
  readonly place: number;
}

/** Prepared films by their position in the data set, with their targets under the run's policy. */
export interface FilmSource {
  /** The films at these positions, in this order; a position may come twice. As they are, or augmented. */
  batch(positions: Uint32Array, augmentation?: Augmentation): Promise<Batch>;
}

/** Films as they were prepared, side x side pixels each. */
export interface PreparedFilms {
  readonly size: number;
  batch(positions: Uint32Array): Promise<{ count: number; pixels: Uint8Array; targets: Float32Array }>;
}

/** Prepared films, augmented where that is asked for. */
export const filmSource = (films: PreparedFilms): FilmSource => ({
  async batch(positions, augmentation) {
    const { pixels: input, ...rest } = await films.batch(positions);
    const batch = { ...rest, input };
    if (augmentation === undefined) return batch;
    const { config, seed, epoch, place } = augmentation;
    return augmentBatch(batch, films.size, config, (n) => random(seed, "augment", epoch, place + n));
  },
});
