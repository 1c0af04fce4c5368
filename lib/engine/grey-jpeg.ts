import type { Size } from "../domain/geometry.ts";
import { jpegAddon, type PictureSums, sumsArguments } from "./picture-addons.ts";
import { filmInSquare, type SquareGeometry } from "./resize.ts";

/**
 * A JPEG of one component and 8 bits to the network's square, and its sums: resized where the decoder leaves it, the same
 * bytes as by way of a picture in memory. Blocks its thread.
 * @param size that its header tells
 * @param square size x size, overwritten wholly
 * @returns false where the decoder refuses the file or warns of anything; square and sums are not to be used then
 */
export const greyJpegToSquare = (
  file: Uint8Array,
  size: Size,
  geometry: SquareGeometry,
  square: Uint8Array,
  sums: PictureSums,
): boolean => jpegAddon().resizeGreyJpeg(file, ...filmInSquare(size, 255, geometry, square), ...sumsArguments(sums));
