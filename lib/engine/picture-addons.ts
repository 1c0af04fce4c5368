import { ownAddon } from "./own-addon.ts";

/** How a picture goes to a rectangle of a larger one; see Taps in lib/engine/taps.ts. */
export type Rectangle = readonly [
  width: number,
  height: number,
  acrossFirst: Int32Array,
  acrossWeights: Float32Array,
  downFirst: Int32Array,
  downWeights: Float32Array,
  /** Multiplies each value before it is rounded. */
  scale: number,
  target: Uint8Array,
  /** Of the rectangle's first pixel in the target, whose rows are `stride` apart. */
  offset: number,
  stride: number,
];

/** Where a picture's sums go: overwritten, all three. They are of 64 of its rows, evenly spaced, or of all where it has fewer. */
export interface PictureSums {
  /** Number of pixels, sum of their values, of the squares of these, and of the steps between pixels beside each other. */
  readonly moments: Float64Array;
  /** Pixels by brightness; the last level ends at the highest value. */
  readonly levels: Float64Array;
  /** Means of blocks as shares of the highest value, row by row; as many blocks down as across. */
  readonly grid: Float64Array;
}

export const MOMENTS = 4;

type SumsArguments = readonly [moments: Float64Array, levels: Float64Array, grid: Float64Array];

export const sumsArguments = ({ moments, levels, grid }: PictureSums): SumsArguments => [moments, levels, grid];

type Samples = Uint8Array | Uint16Array;

/** All throw a RangeError where sizes and arrays do not fit each other. */
interface ResizeAddon {
  resizePicture(pixels: Samples, ...to: Rectangle): void;
  pictureStatistics(pixels: Samples, width: number, height: number, maxValue: number, ...sums: SumsArguments): void;
}

/** Calls TensorFlow's decoder. */
interface JpegAddon {
  /** @returns whether the decoder took the file without a word; else the rectangle and the sums are not to be used */
  resizeGreyJpeg(file: Uint8Array, ...to: readonly [...Rectangle, ...SumsArguments]): boolean;
}

export const jpegAddon = ownAddon<JpegAddon>("jpeg");
export const resizeAddon = ownAddon<ResizeAddon>("resize");
