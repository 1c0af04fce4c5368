import type { GreyImage } from "../domain/grey-image.ts";
import { MOMENTS, type PictureSums } from "../engine/picture-addons.ts";
import { sumUp } from "../engine/picture-sums.ts";

/** Side of the coarse grid on which a film's layout is judged. */
export const GRID = 32;
const LEVELS = 256;
/** Share of the highest value below which a level is black. */
const BLACK = 0.04;

/** What a film looks like in a few numbers; grey values as shares of its highest, 0 to 1. */
export interface FilmStatistics {
  readonly mean: number;
  readonly deviation: number;
  /** Mean difference of pixels beside each other, in standard deviations: 1.1 for white noise, below 0.1 for films. */
  readonly roughness: number;
  /** Share of the commonest of 256 grey levels that is not black. */
  readonly flatShare: number;
  /** Means of 32 x 32 blocks, row by row. */
  readonly grid: Float64Array;
}

/** Room for a picture's sums. */
export const roomForSums = (): PictureSums => ({
  moments: new Float64Array(MOMENTS),
  levels: new Float64Array(LEVELS),
  grid: new Float64Array(GRID * GRID),
});

/** Of the commonest level that is not black. */
function mostPixels(levels: Float64Array): number {
  let most = 0;
  for (let level = Math.ceil(LEVELS * BLACK); level < LEVELS; level += 1) most = Math.max(most, levels[level]!);
  return most;
}

/** @param maxValue the picture's highest */
export function statisticsOf({ moments, levels, grid }: PictureSums, maxValue: number): FilmStatistics {
  const [count = 0, sum = 0, squares = 0, steps = 0] = moments;
  const mean = sum / count / maxValue;
  const deviation = Math.sqrt(Math.max(0, squares / count / maxValue ** 2 - mean * mean));
  return {
    mean,
    deviation,
    roughness: deviation > 0 ? steps / count / maxValue / deviation : 0,
    flatShare: mostPixels(levels) / count,
    grid,
  };
}

export function filmStatistics(image: GreyImage): FilmStatistics {
  const sums = roomForSums();
  sumUp(image, sums);
  return statisticsOf(sums, image.maxValue);
}
