import { random, shuffle } from "../domain/random.ts";

/**
 * The order in which an epoch visits the rows of the epoch plan: a shuffle of its own, known from seed and number of
 * the epoch alone, so that a resume needs no state of a random generator.
 */
export const epochOrder = (plan: Uint32Array, seed: number, epoch: number): Uint32Array =>
  shuffle(plan.slice(), random(seed, "shuffle", epoch));

export const batchesPerEpoch = (rows: number, batchSize: number): number => Math.ceil(rows / batchSize);

/**
 * First place of a batch in the epoch's order. Batches differ by one row at most: a leftover batch of two films
 * would give batch normalisation statistics of two films.
 */
export const batchStart = (rows: number, batches: number, batch: number): number =>
  Math.floor((batch * rows) / batches);
