import { placement, type Size } from "../domain/geometry.ts";
import type { GreyImage } from "../domain/grey-image.ts";
import { type Rectangle, resizeAddon } from "./picture-addons.ts";
import { type Taps, tapsOf } from "./taps.ts";

/** See Geometry in lib/contracts/run-config.ts. */
export interface SquareGeometry {
  readonly size: number;
  readonly fit: "pad" | "squeeze";
  readonly resize: "antialias" | "bilinear" | "nearest";
}

/**
 * The one way from a film of any size and depth to the network's square; preparation and serving both call it.
 * Padding is 0. The same bytes on every processor.
 * @returns size x size grey values, 0 to 255, rounded
 */
export function resizeToSquare(image: GreyImage, geometry: SquareGeometry): Uint8Array {
  const square = new Uint8Array(geometry.size ** 2);
  resizeInto(image, geometry, square);
  return square;
}

/** @param square size x size, overwritten wholly */
export function resizeInto(image: GreyImage, geometry: SquareGeometry, square: Uint8Array): void {
  resizeAddon().resizePicture(image.data, ...filmInSquare(image, image.maxValue, geometry, square));
}

/** Where the square takes a film of that size; its padding is black already. */
export function filmInSquare(film: Size, maxValue: number, geometry: SquareGeometry, square: Uint8Array): Rectangle {
  const placed = placement(film, geometry);
  if (placed.width < geometry.size || placed.height < geometry.size) square.fill(0);
  const across = taps(film.width, placed.width, geometry.resize);
  const down = taps(film.height, placed.height, geometry.resize);
  const offset = placed.y * geometry.size + placed.x;
  return [
    ...([film.width, film.height, across.first, across.weights, down.first, down.weights] as const),
    ...([255 / maxValue, square, offset, geometry.size] as const),
  ];
}

/** Weights of sides seen lately: films of a data set have a few sizes, each of some ten kilobytes. */
const SIDES = new Map<string, Taps>();
const MOST_BYTES = 16 << 20;
let bytesKept = 0;

function taps(from: number, to: number, kernel: SquareGeometry["resize"]): Taps {
  const name = `${kernel} ${from} ${to}`;
  let made = SIDES.get(name);
  if (made === undefined) {
    made = tapsOf(from, to, kernel);
    keep(name, made);
  }
  return made;
}

const bytesOf = ({ first, weights }: Taps): number => first.byteLength + weights.byteLength;

/** Oldest out; a side so long that it would push out the others is not kept. */
function keep(name: string, made: Taps): void {
  const bytes = bytesOf(made);
  if (bytes > MOST_BYTES / 4) return;
  for (const [oldest, taps] of SIDES) {
    if (bytesKept + bytes <= MOST_BYTES) break;
    SIDES.delete(oldest);
    bytesKept -= bytesOf(taps);
  }
  SIDES.set(name, made);
  bytesKept += bytes;
}
