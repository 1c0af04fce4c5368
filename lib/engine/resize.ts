import { placement, type Size } from "../domain/geometry.ts";
import type { GreyImage } from "../domain/grey-image.ts";
import { type KernelScope, type Value, withKernels } from "./kernels.ts";

/** See Geometry in lib/contracts/run-config.ts. */
export interface SquareGeometry {
  readonly size: number;
  readonly fit: "pad" | "squeeze";
  readonly resize: "antialias" | "bilinear" | "nearest";
}

/**
 * The one way from a film of any size and depth to the network's square; preparation and serving both call it.
 * Padding is 0. Blocks its thread; about 2 ms for a film of 390 x 320.
 * @returns size x size grey values, 0 to 255, rounded
 */
export function resizeToSquare(image: GreyImage, geometry: SquareGeometry): Uint8Array {
  const resized = withKernels((scope) => {
    const film = scope.input([1, image.height, image.width, 1], new Float32Array(image.data));
    return resizeFilm(scope, film, image, geometry);
  });
  return placeInSquare(resized, image, image.maxValue, geometry);
}

/**
 * The resize itself, between tensors and memory.
 * @param film 1 x height x width x 1, floats
 * @returns the film's values at the size at which it lies in the square
 */
export const resizeFilm = (scope: KernelScope, film: Value, from: Size, geometry: SquareGeometry): Float32Array =>
  scope.read(RESIZERS[geometry.resize](scope, film, placement(from, geometry), from)) as Float32Array;

/** Rounded and with its padding. */
export function placeInSquare(
  resized: Float32Array,
  from: Size,
  maxValue: number,
  geometry: SquareGeometry,
): Uint8Array {
  const placed = placement(from, geometry);
  const { size } = geometry;
  const square = new Uint8Array(size * size);
  const scale = 255 / maxValue;
  for (let y = 0; y < placed.height; y += 1) {
    const start = y * placed.width;
    const to = (y + placed.y) * size + placed.x;
    for (let x = 0; x < placed.width; x += 1) {
      // Rounded half up: what is assigned to a byte loses its fraction.
      const value = resized[start + x]! * scale + 0.5;
      square[to + x] = value < 0 ? 0 : value < 256 ? value : 255;
    }
  }
  return square;
}

type Resizer = (scope: KernelScope, film: Value, to: Size, from: Size) => Value;

const float = { kind: "TYPE", value: "FLOAT" } as const;
const halfPixelCentres = {
  T: float,
  align_corners: { kind: "BOOL", value: false },
  half_pixel_centers: { kind: "BOOL", value: true },
} as const;
const sides = (scope: KernelScope, { width, height }: Size): Value =>
  scope.input([2], Int32Array.from([height, width]));

const RESIZERS: Readonly<Record<SquareGeometry["resize"], Resizer>> = {
  /** A triangle as wide as the pixels of the smaller picture, as PIL's BILINEAR. */
  antialias: (scope, film, to, from) =>
    scope.run(
      "ScaleAndTranslate",
      { T: float, kernel_type: { kind: "STRING", value: "triangle" }, antialias: { kind: "BOOL", value: true } },
      [
        film,
        sides(scope, to),
        scope.input([2], Float32Array.from([to.height / from.height, to.width / from.width])),
        scope.input([2], new Float32Array(2)),
      ],
    ),
  bilinear: (scope, film, to) => scope.run("ResizeBilinear", halfPixelCentres, [film, sides(scope, to)]),
  nearest: (scope, film, to) => scope.run("ResizeNearestNeighbor", halfPixelCentres, [film, sides(scope, to)]),
};
