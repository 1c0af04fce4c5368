import sharp, { type Sharp } from "sharp";
import { DRAWN_BY } from "../domain/provenance.ts";

/** A phantom's grey pixels, to be written in any format that holds EXIF, where it says what it is. */
export const drawnPicture = (pixels: Uint8Array, width: number, height: number): Sharp =>
  sharp(pixels, { raw: { width, height, channels: 1 } })
    .toColourspace("b-w")
    .withExif({ IFD0: { Software: DRAWN_BY } });
