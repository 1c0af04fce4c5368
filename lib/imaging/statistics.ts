import type { GreyImage } from "../domain/grey-image.ts";

/** Side of the coarse grid on which a film's layout is judged. */
export const GRID = 32;
const LEVELS = 256;
/** Pixels looked at for figures that a sample gives as well as all. */
const SAMPLE = 400_000;

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

export function filmStatistics(image: GreyImage): FilmStatistics {
  const { data, width, height, maxValue } = image;
  const levels = new Float64Array(LEVELS);
  const rowStep = Math.max(1, Math.round((width * height) / SAMPLE));
  let [sum, squares, steps, count] = [0, 0, 0, 0];
  for (let y = 0; y < height; y += rowStep) {
    for (let at = y * width; at < (y + 1) * width; at += 1) {
      const value = data[at]! / maxValue;
      sum += value;
      squares += value * value;
      levels[Math.min(LEVELS - 1, Math.floor(value * LEVELS))]! += 1;
      if (at + 1 < (y + 1) * width) steps += Math.abs(data[at + 1]! / maxValue - value);
      count += 1;
    }
  }
  const mean = sum / count;
  const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean));
  return {
    mean,
    deviation,
    roughness: deviation > 0 ? steps / count / deviation : 0,
    flatShare: Math.max(...levels.subarray(Math.ceil(LEVELS * 0.04))) / count,
    grid: blockMeans(image),
  };
}

function blockMeans({ data, width, height, maxValue }: GreyImage): Float64Array {
  const sums = new Float64Array(GRID * GRID);
  const counts = new Float64Array(GRID * GRID);
  const column = Uint16Array.from({ length: width }, (_, x) => Math.floor((x * GRID) / width));
  for (let y = 0; y < height; y += 1) {
    const row = Math.floor((y * GRID) / height) * GRID;
    for (let x = 0; x < width; x += 1) {
      const block = row + column[x]!;
      sums[block]! += data[y * width + x]!;
      counts[block]! += 1;
    }
  }
  return sums.map((total, i) => total / Math.max(1, counts[i]!) / maxValue);
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
