import type { FilmFacts, Warning } from "../contracts/api.ts";
import { InputError } from "../domain/errors.ts";
import type { GreyImage } from "../domain/grey-image.ts";

/** A film as the door read it: bones bright, air dark, upright, every bit that the file had. */
export interface Film {
  readonly image: GreyImage;
  readonly facts: FilmFacts;
  /** Mean difference of the largest and the smallest of red, green and blue, 0 to 1; 0 for grey. */
  readonly colourfulness: number;
  readonly warnings: readonly Warning[];
}

/** More pixels than any radiograph has; a file of a few kilobytes may claim billions. */
export const MOST_PIXELS = 50_000_000;
const SMALLEST_SIDE = 16;

/** @throws InputError `film-size`; asked before anything is decoded */
export function checkSize(width: number, height: number): void {
  if (width * height <= MOST_PIXELS && Math.min(width, height) >= SMALLEST_SIDE) return;
  throw new InputError(
    "film-size",
    `the film has ${width} x ${height} pixels, expected at least ${SMALLEST_SIDE} on each side and at most ${MOST_PIXELS / 1e6} million in all`,
  );
}

/** Depths that detectors and their software use. */
const DEPTHS = [8, 10, 12, 14, 16] as const;

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
