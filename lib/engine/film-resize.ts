import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { InputError } from "../domain/errors.ts";

/**
 * lib/setup/native/film-resize.cc, which the set-up compiles: writes a rectangle of a picture of `stride` bytes a row.
 * @throws RangeError where sizes and arrays do not fit each other
 */
type FilmResize = (
  source: Uint8Array | Uint16Array,
  width: number,
  height: number,
  acrossFirst: Int32Array,
  acrossWeights: Float32Array,
  downFirst: Int32Array,
  downWeights: Float32Array,
  scale: number,
  target: Uint8Array,
  offset: number,
  stride: number,
) => void;

const require = createRequire(import.meta.url);

let loaded: FilmResize | undefined;

/** @throws InputError `engine-missing` where it is not built */
export function filmResize(): FilmResize {
  if (loaded !== undefined) return loaded;
  try {
    const addon = join(dirname(require.resolve("#tensorflow")), "..", "lib", "napi-v8", "film_resize.node");
    loaded = (require(addon) as { resize: FilmResize }).resize;
  } catch (cause) {
    throw new InputError("engine-missing", "the engine is not set up here: run node bin/setup.mjs", { cause });
  }
  return loaded;
}
