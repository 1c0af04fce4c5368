import type { Size } from "../domain/geometry.ts";
import type { GreyImage } from "../domain/grey-image.ts";
import { MOMENTS, type PictureSums } from "../engine/picture-addons.ts";
import { sumUp } from "../engine/picture-sums.ts";

/** Side of the coarse grid on which a film's layout is judged. */
export const GRID = 32;
const LEVELS = 256;
/** Pixels looked at for figures that a sample gives as well as all. */
const SAMPLE = 400_000;
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
  /** Means of 32 x 32 blocks, row by row; empty where they were not asked for. */
  readonly grid: Float64Array;
}

/** Room for a picture's sums; without its layout where that is not asked for. */
export function roomForSums({ width, height }: Size, { layout }: { readonly layout: boolean }): PictureSums {
  return {
    rowStep: Math.max(1, Math.round((width * height) / SAMPLE)),
    moments: new Float64Array(MOMENTS),
    levels: new Float64Array(LEVELS),
    grid: new Float64Array(layout ? GRID * GRID : 0),
  };
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
    flatShare: Math.max(...levels.subarray(Math.ceil(LEVELS * BLACK))) / count,
    grid,
  };
}

export function filmStatistics(image: GreyImage): FilmStatistics {
  const sums = roomForSums(image, { layout: true });
  sumUp(image, sums);
  return statisticsOf(sums, image.maxValue);
}

/** Pearson's correlation; 0 where either is constant. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  let [meanA, meanB] = [0, 0];
  for (let i = 0; i < n; i += 1) {
    meanA += a[i]! / n;
    meanB += b[i]! / n;
  }
  let [both, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < n; i += 1) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    both += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return squaresA > 1e-12 && squaresB > 1e-12 ? both / Math.sqrt(squaresA * squaresB) : 0;
}
