import type { GreyImage } from "../../domain/grey-image.ts";
import { checkSize } from "../film.ts";
import { type DataSet, numbers } from "./data-set.ts";
import { TAG } from "./tags.ts";

/** Where a file may say how high its pixels are and how wide (PS3.3, C.7.6.3.1.7), in the order asked. */
const SIZES = [
  ...[TAG.PixelAspectRatio, TAG.ImagerPixelSpacing, TAG.PixelSpacing, TAG.NominalScannedPixelSpacing],
] as const;
/** From where pixels count as square: detectors' own spacings differ by less. */
const NEARLY = 0.01;
/** No scanner's pixels are further from square; what claims more is a slip. */
const LONGEST = 4;

/** Height of a pixel by its width; 1 where the file does not say, or nothing that could be. */
export function pixelRatio(dataSet: DataSet): number {
  for (const tag of SIZES) {
    const [high = 0, wide = 0] = numbers(dataSet, tag);
    const ratio = high / wide;
    if (ratio >= 1 / LONGEST && ratio <= LONGEST) return Math.abs(ratio - 1) < NEARLY ? 1 : ratio;
  }
  return 1;
}

/**
 * The film as it lay before the detector: its rows, or its columns, drawn out until its pixels are square.
 * @param ratio height of a pixel by its width
 * @throws InputError `film-size`
 */
export function squarePixels(image: GreyImage, ratio: number): GreyImage {
  if (ratio === 1) return image;
  const width = Math.round(image.width * Math.max(1, 1 / ratio));
  const height = Math.round(image.height * Math.max(1, ratio));
  checkSize(width, height);
  const data = image.data instanceof Uint8Array ? new Uint8Array(width * height) : new Uint16Array(width * height);
  const [across, down] = [places(image.width, width), places(image.height, height)];
  for (let y = 0, to = 0; y < height; y += 1) {
    const row = down(y);
    const [above, below] = [row.low * image.width, row.high * image.width];
    for (let x = 0; x < width; x += 1, to += 1) {
      const { low, high, share } = across(x);
      const upper = image.data[above + low]! * (1 - share) + image.data[above + high]! * share;
      const lower = image.data[below + low]! * (1 - share) + image.data[below + high]! * share;
      data[to] = Math.round(upper * (1 - row.share) + lower * row.share);
    }
  }
  return { width, height, maxValue: image.maxValue, data };
}

/** For each new pixel the two old ones between whose middles its own lies, and its share of the second. */
function places(from: number, to: number): (i: number) => { low: number; high: number; share: number } {
  const all = Array.from({ length: to }, (_, i) => {
    const place = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const low = Math.floor(place);
    return { low, high: Math.min(from - 1, low + 1), share: place - low };
  });
  return (i) => all[i]!;
}
