import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { InputError } from "../domain/errors.ts";
import { applyEngineEnvironment } from "./environment.ts";

/** How a picture goes to a rectangle of a larger one; see Taps in lib/engine/taps.ts. */
export type Rectangle = readonly [
  width: number,
  height: number,
  acrossFirst: Int32Array,
  acrossWeights: Float32Array,
  downFirst: Int32Array,
  downWeights: Float32Array,
  /** Multiplies each value before it is rounded. */
  scale: number,
  target: Uint8Array,
  /** Of the rectangle's first pixel in the target, whose rows are `stride` apart. */
  offset: number,
  stride: number,
];

/** lib/setup/native, which the set-up compiles. Both throw a RangeError where sizes and arrays do not fit each other. */
interface FilmsAddon {
  resizePicture(pixels: Uint8Array | Uint16Array, ...to: Rectangle): void;
  /** @throws Error of the decoder's own words */
  resizeGreyJpeg(file: Uint8Array, ...to: Rectangle): void;
}

const require = createRequire(import.meta.url);

let loaded: FilmsAddon | undefined;

/** @throws InputError `engine-missing` where it is not built */
export function filmsAddon(): FilmsAddon {
  if (loaded !== undefined) return loaded;
  applyEngineEnvironment();
  try {
    loaded = require(join(dirname(require.resolve("#tensorflow")), "..", "lib", "napi-v8", "films.node")) as FilmsAddon;
  } catch (cause) {
    throw new InputError("engine-missing", "the engine is not set up here: run node bin/setup.mjs", { cause });
  }
  return loaded;
}
