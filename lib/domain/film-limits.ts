/** More pixels than any radiograph has; a file of a few kilobytes may claim billions. */
export const MOST_PIXELS = 50_000_000;
const SMALLEST_SIDE = 16;
/** Above any film, uncompressed and in colour: a thread must hold it. */
export const MOST_FILE_BYTES = 1 << 28;

/** Why a film of that size is refused, or undefined; asked before anything is decoded. */
export const sizeFault = (width: number, height: number): string | undefined =>
  width * height <= MOST_PIXELS && Math.min(width, height) >= SMALLEST_SIDE
    ? undefined
    : `${width} x ${height} pixels, expected at least ${SMALLEST_SIDE} on each side and at most ${MOST_PIXELS / 1e6} million in all`;

/** Depths that detectors and their software use. */
export const DEPTHS = [8, 10, 12, 14, 16] as const;

/**
 * Bits that hold the brightest value. Files of 16 bits often hold 12-bit values in their low bits: taken as 16 bits
 * they would come out black.
 */
export const contentDepth = (brightest: number): number => DEPTHS.find((bits) => brightest < 2 ** bits) ?? 16;

export function brightest(data: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < data.length; i += 1) if (data[i]! > most) most = data[i]!;
  return most;
}
