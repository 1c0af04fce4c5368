import type { TrainingConfig } from "../contracts/run-config.ts";
import type { Random } from "../domain/random.ts";
import type { Batch } from "../model/session.ts";

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
  batch: Batch<Uint8Array>,
  size: number,
  config: AugmentConfig,
  randomOf: (n: number) => Random,
): Batch<Uint8Array> {
  const area = size * size;
  const input = new Uint8Array(batch.input.length);
  for (let n = 0; n < batch.count; n += 1) {
    const film = batch.input.subarray(n * area, (n + 1) * area);
    augmentFilm(film, input.subarray(n * area, (n + 1) * area), size, config, randomOf(n));
  }
  return { ...batch, input };
}

function augmentFilm(from: Uint8Array, to: Uint8Array, size: number, config: AugmentConfig, next: Random): void {
  const reach = Math.round(config.shift * size);
  const right = Math.floor(next() * (2 * reach + 1)) - reach;
  const down = Math.floor(next() * (2 * reach + 1)) - reach;
  const factor = 1 + (2 * next() - 1) * config.contrast;
  const grey = contrastTable(factor, factor === 1 ? 0 : mean(from));
  for (let y = 0; y < size; y += 1) {
    const row = clamp(y - down, size - 1) * size;
    const target = y * size;
    const first = grey[from[row]!]!;
    const last = grey[from[row + size - 1]!]!;
    const start = Math.max(0, right);
    const end = Math.min(size, size + right);
    for (let x = start; x < end; x += 1) to[target + x] = grey[from[row + x - right]!]!;
    to.fill(first, target, target + start).fill(last, target + end, target + size);
  }
}

/** Grey value to grey value, `factor` as far from `middle`. */
function contrastTable(factor: number, middle: number): Uint8Array {
  const table = new Uint8ClampedArray(256);
  for (let value = 0; value < 256; value += 1) table[value] = middle + factor * (value - middle);
  return new Uint8Array(table.buffer);
}

const clamp = (value: number, most: number): number => Math.min(Math.max(value, 0), most);

function mean(film: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < film.length; i += 1) sum += film[i]!;
  return sum / film.length;
}
