/** How a side of `first.length` pixels is made from another: pixel i is the sum over k of weights[k x length + i] x source[first[i] + k]. */
export interface Taps {
  readonly first: Int32Array;
  /** taps x length; of each pixel they sum to 1 */
  readonly weights: Float32Array;
}

export type Kernel = "antialias" | "bilinear" | "nearest";

/** How far a pixel reaches, in source pixels to each side of its centre, where one is `scale` source pixels wide. */
const REACH: Readonly<Record<Exclude<Kernel, "nearest">, (scale: number) => number>> = {
  /** A triangle as wide as the pixels of the smaller picture, as PIL's BILINEAR. */
  antialias: (scale) => Math.max(1, scale),
  bilinear: () => 1,
};

/** Pixels are squares with centres at a half, as in TensorFlow's and PIL's resizes of today. */
export function tapsOf(from: number, to: number, kernel: Kernel): Taps {
  const scale = from / to;
  const rows = Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    return kernel === "nearest"
      ? { first: Math.min(from - 1, Math.floor(centre)), weights: [1] }
      : triangle(centre, REACH[kernel](scale), from);
  });
  const taps = Math.max(...rows.map(({ weights }) => weights.length));
  const made = { first: new Int32Array(to), weights: new Float32Array(taps * to) };
  for (const [i, { first, weights }] of rows.entries()) {
    // At the far edge all taps still lie on the picture, the first of them with weight 0.
    made.first[i] = Math.min(first, from - taps);
    for (const [k, weight] of weights.entries()) made.weights[(first - made.first[i]! + k) * to + i] = weight;
  }
  return made;
}

function triangle(centre: number, reach: number, from: number): { first: number; weights: number[] } {
  const first = Math.max(0, Math.floor(centre - reach + 0.5));
  const last = Math.min(from - 1, Math.ceil(centre + reach - 0.5) - 1);
  const heights: number[] = [];
  for (let j = first; j <= last; j += 1) heights.push(Math.max(0, 1 - Math.abs(j + 0.5 - centre) / reach));
  const sum = heights.reduce((a, b) => a + b);
  return { first, weights: heights.map((height) => height / sum) };
}
