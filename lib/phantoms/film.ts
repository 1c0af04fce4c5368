import { normal, type Random } from "../domain/random.ts";
import { between } from "./anatomy.ts";
import { type Field, smoothNoise } from "./field.ts";

/** A power of two. */
const GRAIN_SIDE = 256;

/** Grain of a detector, drawn once and laid down at a random offset: 65,536 numbers from the standard normal. */
export const makeGrain = (next: Random): Float32Array =>
  Float32Array.from({ length: GRAIN_SIDE * GRAIN_SIDE }, () => normal(next));

/** How a film was taken. */
export interface Exposure {
  readonly gain: number;
  readonly gamma: number;
  readonly grain: number;
}

export const drawExposure = (next: Random): Exposure => ({
  gain: between(next, 1.25, 2.1),
  gamma: between(next, 0.8, 1.35),
  grain: between(next, 0.004, 0.014),
});

/** Densities up to this are told apart by the tone curve; nothing in a chest is denser. */
const DENSEST = 2.5;
const TONES = 4096;

/** The tone curve: attenuation saturates exponentially (Beer and Lambert), then the film's gamma. */
function toneCurve({ gain, gamma }: Exposure): Float32Array {
  const white = 1 - Math.exp(-gain * 1.05);
  return Float32Array.from(
    { length: TONES },
    (_, tone) => 255 * ((1 - Math.exp((-gain * DENSEST * tone) / TONES)) / white) ** gamma,
  );
}

/** Densities to grey values: exposure and grain vary, and the field is never quite even. */
export function develop(field: Field, exposure: Exposure, grain: Float32Array, next: Random): Uint8Array {
  const { width, height, values } = field;
  const pixels = new Uint8ClampedArray(values.length);
  const uneven = smoothNoise(width, height, 150, next);
  const offset = Math.floor(next() * grain.length);
  const curve = toneCurve(exposure);
  for (let y = 0; y < height; y += 1) {
    const grainRow = offset + (y % GRAIN_SIDE) * GRAIN_SIDE;
    const row = y * width;
    for (let x = 0; x < width; x += 1) {
      const density = values[row + x]! * (1 + 0.08 * uneven(x, y));
      const tone = Math.max(0, Math.min(TONES - 1, Math.round((density * TONES) / DENSEST)));
      const noise = grain[(grainRow + (x % GRAIN_SIDE)) & (grain.length - 1)]!;
      pixels[row + x] = curve[tone]! + 255 * exposure.grain * noise;
    }
  }
  return new Uint8Array(pixels.buffer);
}
