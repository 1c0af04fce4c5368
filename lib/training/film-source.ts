import type { Batch } from "./session.ts";

/** Prepared films by their position in the data set, with their targets under the run's policy. */
export interface FilmSource {
  /** The films at these positions, in this order; an index may come twice. */
  batch(positions: Uint32Array): Promise<Batch>;
}
