import type { GreyImage } from "./grey-image.ts";

/** EXIF orientation: how a stored picture is to be turned; 1 is as it is. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

interface Turn {
  /** Rows and columns change places first. */
  readonly transpose: boolean;
  readonly flipX: boolean;
  readonly flipY: boolean;
}

/** Exif 2.32, tag 0x0112: what undoes each orientation. */
const TURNS: Readonly<Record<Orientation, Turn>> = {
  1: { transpose: false, flipX: false, flipY: false },
  2: { transpose: false, flipX: true, flipY: false },
  3: { transpose: false, flipX: true, flipY: true },
  4: { transpose: false, flipX: false, flipY: true },
  5: { transpose: true, flipX: false, flipY: false },
  6: { transpose: true, flipX: true, flipY: false },
  7: { transpose: true, flipX: true, flipY: true },
  8: { transpose: true, flipX: false, flipY: true },
};

/** The picture as its EXIF orientation says it is to be seen. */
export function applyOrientation(image: GreyImage, orientation: Orientation): GreyImage {
  const { transpose, flipX, flipY } = TURNS[orientation];
  if (!transpose && !flipX && !flipY) return image;
  const width = transpose ? image.height : image.width;
  const height = transpose ? image.width : image.height;
  const data = image.data instanceof Uint8Array ? new Uint8Array(width * height) : new Uint16Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const fromX = flipX ? width - 1 - x : x;
      const fromY = flipY ? height - 1 - y : y;
      data[y * width + x] = image.data[transpose ? fromX * image.width + fromY : fromY * image.width + fromX]!;
    }
  }
  return { width, height, maxValue: image.maxValue, data };
}
