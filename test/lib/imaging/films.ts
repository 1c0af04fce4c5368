import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import sharp, { type Sharp } from "sharp";
import { InputError } from "../../../lib/domain/errors.ts";
import type { GreyImage } from "../../../lib/domain/grey-image.ts";
import { normal, random } from "../../../lib/domain/random.ts";

const shared = resolve(import.meta.dirname, "../../../../shared");
export const AWKWARD = `${shared}/awkward-sample`;
export const REAL_FILMS = `${shared}/cxr-sample`;
export const NIH = `${shared}/nih-672`;
/** Each folder with a plain film, `twin.png`. */
export const ODD_FILMS = `${shared}/films-turn2`;
export const hasOddFilms = existsSync(ODD_FILMS);
export const hasAwkward = existsSync(AWKWARD);
/** Files of the awkward sample that are no films, by the code that says why. */
export const AWKWARD_REFUSALS: Readonly<Record<string, string>> = {
  "all_black.png": "no-signal",
  "document_page.png": "not-a-chest-film",
  "jpeg_lossless_nm.dcm": "dicom-modality",
  "noise.png": "not-a-chest-film",
  "rtplan_no_pixels.dcm": "dicom-no-pixels",
  "text_named.jpg": "unsupported-media",
  "truncated.png": "film-truncated",
};
export const hasRealFilms = existsSync(REAL_FILMS);

/** Paths of the films under a folder. */
export const filmsUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(jpe?g|png)$/.test(path))
    .map((path) => `${folder}/${path}`)
    .sort();

/** A film as simple as one can be that still looks like a chest: two dark lungs, bright middle, noise. 0 to `most`. */
export function drawnFilm(width = 320, height = 384, most = 255): GreyImage {
  const next = random(11, "drawn film");
  const data = most > 255 ? new Uint16Array(width * height) : new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const across = Math.abs((x + 0.5) / width - 0.5);
      const down = (y + 0.5) / height;
      const lung = Math.exp(-((((across - 0.21) / 0.12) ** 2 + ((down - 0.42) / 0.28) ** 2) ** 2));
      const corner = across > 0.3 && down < 0.15 ? 0.4 : 0;
      // Not symmetric, so that a flipped picture is another one.
      const side = 0.08 * (x / width) + 0.02 * normal(next);
      const value = 0.75 - 0.5 * lung - corner + side;
      data[y * width + x] = Math.round(Math.min(1, Math.max(0, value)) * most);
    }
  }
  return { width, height, maxValue: most, data };
}

/** For sharp to write in any wrapping. */
export function asSharp({ data, width, height }: GreyImage): Sharp {
  const wide = data instanceof Uint16Array;
  const picture = sharp(data, { raw: { width, height, channels: 1 } });
  return picture.toColourspace(wide ? "grey16" : "b-w");
}

/** Largest difference, as shares of the full scale. */
export function largestDifference(a: GreyImage, b: GreyImage): number {
  if (a.width !== b.width || a.height !== b.height) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < a.data.length; i += 1) {
    most = Math.max(most, Math.abs(a.data[i]! / a.maxValue - b.data[i]! / b.maxValue));
  }
  return most;
}

type Pixels = GreyImage["data"];
const asBytes = ({ buffer, byteOffset, byteLength }: Pixels): Buffer => Buffer.from(buffer, byteOffset, byteLength);

/** Whether all are equal, and of the same kind. */
export const samePixels = (a: Pixels, b: Pixels): boolean =>
  a.BYTES_PER_ELEMENT === b.BYTES_PER_ELEMENT && asBytes(a).equals(asBytes(b));

/** The code that a promise is refused with. */
export const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "answered",
    (error: unknown) => (error instanceof InputError ? error.code : `not an InputError: ${error}`),
  );
