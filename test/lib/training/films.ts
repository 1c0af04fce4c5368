import { OBSERVATION_COUNT } from "../../../lib/domain/observations.ts";
import { random } from "../../../lib/domain/random.ts";
import type { PreparedFilms } from "../../../lib/training/film-source.ts";

export interface Films extends PreparedFilms {
  readonly pixels: Uint8Array;
  /** count x 14; one in `maskedEvery` is NaN. */
  readonly targets: Float32Array;
}

/** Noise in which each observation that is present brightens one pixel: enough for a linear model to learn from. */
export function noisyFilms({ count = 60, size = 6, seed = 1, maskedEvery = 5 } = {}): Films {
  const next = random(seed, "films");
  const area = size * size;
  const pixels = Uint8Array.from({ length: count * area }, () => Math.floor(next() * 60));
  const targets = Float32Array.from({ length: count * OBSERVATION_COUNT }, () => (next() < 0.4 ? 1 : 0));
  for (let i = 0; i < targets.length; i += 1) {
    const film = Math.floor(i / OBSERVATION_COUNT);
    if (targets[i] === 1) pixels[film * area + (i % OBSERVATION_COUNT)]! += 120;
    if (i % maskedEvery === maskedEvery - 1) targets[i] = Number.NaN;
  }
  return {
    size,
    pixels,
    targets,
    async batch(positions) {
      const rows = <T extends Uint8Array | Float32Array>(from: T, to: T, width: number): T => {
        positions.forEach((position, n) => {
          to.set(from.subarray(position * width, (position + 1) * width), n * width);
        });
        return to;
      };
      return {
        count: positions.length,
        pixels: rows(pixels, new Uint8Array(positions.length * area), area),
        targets: rows(targets, new Float32Array(positions.length * OBSERVATION_COUNT), OBSERVATION_COUNT),
      };
    },
  };
}
