import { sizeFault } from "../domain/film-limits.ts";
import type { Size } from "../domain/geometry.ts";
import { APP0, COM, DHT, DQT, DRI, jpegSegments, readJpegFrame, SOF0 } from "../domain/jpeg-segments.ts";
import { greyJpegToSquare } from "../engine/grey-jpeg.ts";
import type { SquareGeometry } from "../engine/resize.ts";
import type { SquareFilm } from "./film.ts";
import { mediaOf } from "./media.ts";
import { doubtsOf } from "./plausibility.ts";
import { roomForSums, statisticsOf } from "./statistics.ts";

/** Segments that say nothing of how a picture lies, of its colours or of scans to come. */
const PLAIN: ReadonlySet<number> = new Set([APP0, COM, DQT, DHT, DRI, SOF0]);
const WHITE = 255;
const END = Buffer.of(0xff, 0xd9);

/**
 * Films of data sets as nearly all of them are: one component of 8 bits, baseline (ITU T.81, SOF0), without EXIF or any
 * other application's segment. Such a file has one scan, so that its decoder's work is bounded by its size.
 * @returns the size that the header tells; undefined for all other files, and where a film may not be of that size
 */
function plainSize(bytes: Uint8Array): Size | undefined {
  if (mediaOf(bytes) !== "jpeg") return undefined;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Of a file without an end the decoder would complain on stderr, besides.
  if (view.lastIndexOf(END) === -1) return undefined;
  let size: Size | undefined;
  for (const segment of jpegSegments(view)) {
    if (!PLAIN.has(segment.marker)) return undefined;
    if (segment.marker !== SOF0) continue;
    const frame = readJpegFrame(view, segment);
    if (size !== undefined || frame?.depth !== 8 || frame.components !== 1) return undefined;
    size = { width: frame.width, height: frame.height };
  }
  return size && sizeFault(size.width, size.height, bytes.length) === undefined ? size : undefined;
}

/**
 * A short cut for plain files, which gives the bytes and the refusals of readFilm(), checkPlausibility() and
 * resizeToSquare() in a fourth of their time: they are decoded by TensorFlow's copy of the decoder that the long way uses,
 * and at a word from it, or where anything is not plain, nothing is said here. Blocks its thread.
 * @param square size x size; not to be used where undefined is returned
 * @returns undefined where only the long way can tell
 * @throws InputError as checkPlausibility()
 */
export function plainJpegToSquare(
  bytes: Uint8Array,
  geometry: SquareGeometry,
  square: Uint8Array,
): SquareFilm | undefined {
  const size = plainSize(bytes);
  if (size === undefined) return undefined;
  const sums = roomForSums();
  if (!greyJpegToSquare(bytes, size, geometry, square, sums)) return undefined;
  return { ...size, warnings: doubtsOf(statisticsOf(sums, WHITE), { ...size, colourfulness: 0 }) };
}
