import sharp, { type Sharp } from "sharp";
import type { GreyImage } from "../../../../lib/domain/grey-image.ts";
import { applyOrientation, type Orientation } from "../../../../lib/domain/orientation.ts";

/** A kind of file that a film comes in, and what every door makes of it. */
export interface Kind {
  readonly name: string;
  readonly write: (film: GreyImage) => Promise<Buffer> | Buffer;
  /** Mean difference to the film, in grey values of 255, that the kind's losses explain; or the code of the refusal. */
  readonly expected: number | string;
}

export const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8] as const;

/** Orientations 6 and 8 undo each other, all others themselves. */
const UNDONE: Partial<Record<Orientation, Orientation>> = { 6: 8, 8: 6 };

/** The film as it is stored where its file says that orientation. */
export const lying = (film: GreyImage, orientation: Orientation): GreyImage =>
  applyOrientation(film, UNDONE[orientation] ?? orientation);

/** The film in red, green and blue, and more where it is asked for. */
export function withChannels({ data, width, height }: GreyImage, channels: 3 | 4): Sharp {
  const pixels = Buffer.alloc(data.length * channels, 200);
  for (let i = 0; i < data.length; i += 1) pixels.fill(data[i]!, i * channels, i * channels + 3);
  return sharp(pixels, { raw: { width, height, channels } });
}

/** At another depth, as shares of its white. */
export const deepened = (film: GreyImage, bits: number): GreyImage & { readonly data: Uint16Array } => {
  const maxValue = 2 ** bits - 1;
  return { ...film, maxValue, data: Uint16Array.from(film.data, (v) => Math.round((v * maxValue) / film.maxValue)) };
};
