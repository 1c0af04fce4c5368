import type { GreyImage } from "../domain/grey-image.ts";
import { type PictureSums, resizeAddon, sumsArguments } from "./picture-addons.ts";

/** Sums over a picture in memory; the same for the same pixels as greyJpegToSquare()'s. */
export const sumUp = ({ data, width, height, maxValue }: GreyImage, sums: PictureSums): void =>
  resizeAddon().pictureStatistics(data, width, height, maxValue, ...sumsArguments(sums));
