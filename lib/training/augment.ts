import type { TrainingConfig } from "../contracts/run-config.ts";
import type { Random } from "../domain/random.ts";
import type { Batch } from "./session.ts";

export type AugmentConfig = TrainingConfig["augment"];

export const augments = ({ shift, contrast }: AugmentConfig): boolean => shift > 0 || contrast > 0;

/**
 * Each film moved by whole pixels, its border repeated into the gap, and its contrast scaled about its own mean.
 * Films are never mirrored: the heart lies on the left, and a mirrored film shows another patient's disease
 * (dextrocardia; the wrong lung), with its side marker reversed.
 *
 * @param size side of a film in pixels
 * @param randomOf the random stream of the batch's n-th film
 */
export function augmentBatch(
  batch: Batch,
  size: number,
  config: AugmentConfig,
  randomOf: (n: number) => Random,
): Batch {
  const area = size * size;
  const pixels = new Uint8Array(batch.pixels.length);
  for (let n = 0; n < batch.count; n += 1) {
    const film = batch.pixels.subarray(n * area, (n + 1) * area);
    augmentFilm(film, pixels.subarray(n * area, (n + 1) * area), size, config, randomOf(n));
  }
  return { ...batch, pixels };
}

function augmentFilm(from: Uint8Array, to: Uint8Array, size: number, config: AugmentConfig, next: Random): void {
  const reach = Math.round(config.shift * size);
  const right = Math.floor(next() * (2 * reach + 1)) - reach;
  const down = Math.floor(next() * (2 * reach + 1)) - reach;
  const grey = contrastTable(1 + (2 * next() - 1) * config.contrast, mean(from));
  for (let y = 0; y < size; y += 1) {
    const row = clamp(y - down, size - 1) * size;
    for (let x = 0; x < size; x += 1) to[y * size + x] = grey[from[row + clamp(x - right, size - 1)]!]!;
  }
}

/** Grey value to grey value, `factor` as far from `middle`. */
const contrastTable = (factor: number, middle: number): Uint8ClampedArray =>
  Uint8ClampedArray.from({ length: 256 }, (_, value) => middle + factor * (value - middle));

const clamp = (value: number, most: number): number => Math.min(Math.max(value, 0), most);

function mean(film: Uint8Array): number {
  let sum = 0;
  for (const value of film) sum += value;
  return sum / film.length;
}
