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

/** Both throw a RangeError where sizes and arrays do not fit each other. */
interface ResizeAddon {
  resizePicture(pixels: Uint8Array | Uint16Array, ...to: Rectangle): void;
}

/** Calls TensorFlow's decoder. */
interface JpegAddon {
  /** @returns whether the picture ends as one does whose data are missing. @throws Error of the decoder's own words */
  resizeGreyJpeg(file: Uint8Array, ...to: Rectangle): boolean;
}

export const resizeAddon = ownAddon<ResizeAddon>("resize");
export const jpegAddon = ownAddon<JpegAddon>("jpeg");
