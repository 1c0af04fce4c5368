/**
 * More pixels than any chest film has: a detector has 15 million at most, and a film of 35 x 43 cm that is scanned at 300
 * dots an inch 21 million.
 */
export const MOST_PIXELS = 25_000_000;
const SMALLEST_SIDE = 16;
/** A film with a shorter side is told as small. */
export const SMALL_SIDE = 128;
/** Above any film, uncompressed and in colour: a thread must hold it. */
export const MOST_FILE_BYTES = 1 << 28;

/** So many pixels may any file claim, however short. */
const FREE_PIXELS = 4_000_000;
/**
 * And so many more for each of its bytes: eight bits of a film in JPEG of the poorest quality are 80 for a byte, half of it
 * black; what has more is no film, but costs as much to read.
 */
const PIXELS_A_BYTE = 100;
/**
 * Of a picture in JPEG 2000 or JPEG-LS, whose decoders take a tenth of a microsecond and ten bytes for each pixel. Of 88 films
 * of 8 bits, 50 of CheXpert's and 38 of NIH's at each setting, at most 6.5 pixels lay in a byte of either without loss, 52 of
 * JPEG 2000 at 1 to 50, 59 of JPEG-LS with errors of 10 grey values.
 */
export const SLOW_PIXELS_A_BYTE = 64;

/**
 * Why a film of that size is refused, or undefined; asked before anything is decoded.
 * @param bytes length of its file, or of what is coded of it; none where its pixels are there already
 * @param pixelsAByte beyond those that any file may claim
 */
export function sizeFault(
  width: number,
  height: number,
  bytes: number = Number.POSITIVE_INFINITY,
  pixelsAByte = PIXELS_A_BYTE,
): string | undefined {
  const size = `${width} x ${height} pixels`;
  const pixels = width * height;
  if (!(pixels <= MOST_PIXELS && Math.min(width, height) >= SMALLEST_SIDE)) {
    return `${size}, expected at least ${SMALLEST_SIDE} on each side and at most ${MOST_PIXELS / 1e6} million in all`;
  }
  if (pixels > FREE_PIXELS + pixelsAByte * bytes) {
    const least = Math.ceil((pixels - FREE_PIXELS) / pixelsAByte);
    return `${size} in ${bytes} bytes, expected at least ${least} bytes of a film so large`;
  }
  return undefined;
}

/** Depths that detectors and their software use. */
export const DEPTHS = [8, 10, 12, 14, 16] as const;

/**
 * Bits that hold a value. Files of 16 bits often hold 12-bit values in their low bits: taken as 16 bits they would come
 * out black. Which value a film is judged by: brightestOfContent().
 */
export const contentDepth = (value: number): number => DEPTHS.find((bits) => value < 2 ** bits) ?? 16;

export function brightest(data: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < data.length; i += 1) if (data[i]! > most) most = data[i]!;
  return most;
}
