import type { Batch } from "../model/session.ts";

/** Prepared films by their position in the data set, with their targets under the run's policy. */
export interface FilmSource {
  /** The films at these positions, in this order, as they are; a position may come twice. */
  batch(positions: Uint32Array): Promise<Batch>;
}

/** Films as they were prepared, side x side pixels each. */
export interface PreparedFilms {
  readonly size: number;
  batch(positions: Uint32Array): Promise<{ count: number; pixels: Uint8Array; targets: Float32Array }>;
}

export const filmSource = (films: PreparedFilms): FilmSource => ({
  async batch(positions) {
    const { pixels: input, ...rest } = await films.batch(positions);
    return { ...rest, input };
  },
});
