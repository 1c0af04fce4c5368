import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../../../lib/domain/random.ts";
import type { Batch } from "../../../lib/model/session.ts";
import { augmentBatch } from "../../../lib/training/augment.ts";

const SIZE = 8;
const AREA = SIZE * SIZE;
const batchOf = (pixels: Uint8Array): Batch<Uint8Array> => ({
  count: pixels.length / AREA,
  input: pixels,
  targets: new Float32Array(),
});
const film = fc.uint8Array({ minLength: AREA, maxLength: AREA });

/** A film moved by so many pixels, its border repeated; written apart from the code under test. */
function moved(pixels: Uint8Array, right: number, down: number): Uint8Array {
  const at = (x: number, y: number) => {
    const column = Math.min(SIZE - 1, Math.max(0, x));
    const row = Math.min(SIZE - 1, Math.max(0, y));
    return pixels[row * SIZE + column]!;
  };
  return Uint8Array.from({ length: AREA }, (_, i) => at((i % SIZE) - right, Math.floor(i / SIZE) - down));
}

const REACH = [-2, -1, 0, 1, 2];
const ALL_MOVES = REACH.flatMap((right) => REACH.map((down) => [right, down] as const));

describe("augmentation", () => {
  test("a shift is one of the moves in reach, by whole pixels, and all of them come", () => {
    const pixels = Uint8Array.from({ length: AREA }, (_, i) => (i * 37) % 251);
    const wanted = new Map(ALL_MOVES.map(([right, down]) => [moved(pixels, right, down).join(), `${right},${down}`]));
    const seen = new Set<string | undefined>();
    for (let seed = 0; seed < 500; seed += 1) {
      const { input: result } = augmentBatch(batchOf(pixels), SIZE, { shift: 0.25, contrast: 0 }, () => random(seed));
      seen.add(wanted.get(result.join()));
    }
    expect(seen).toEqual(new Set(ALL_MOVES.map(String)));
  });

  test("contrast scales about the film's mean, within its bound, and never wraps round", () => {
    fc.assert(
      fc.property(film, fc.nat(), (pixels, seed) => {
        const mean = pixels.reduce((sum, value) => sum + value, 0) / AREA;
        const { input: result } = augmentBatch(batchOf(pixels), SIZE, { shift: 0, contrast: 0.3 }, () => random(seed));
        result.forEach((value, i) => {
          const distance = pixels[i]! - mean;
          const [low, high] = [0.7 * distance, 1.3 * distance].sort((a, b) => a - b) as [number, number];
          expect(value).toBeGreaterThanOrEqual(Math.max(0, Math.floor(mean + low)));
          expect(value).toBeLessThanOrEqual(Math.min(255, Math.ceil(mean + high)));
        });
      }),
    );
  });

  test("films have random streams of their own, and the batch handed in stays as it is", () => {
    const one = Uint8Array.from({ length: AREA }, (_, i) => (i * 37) % 251);
    const pixels = Uint8Array.from([...one, ...one]);
    const before = pixels.slice();
    const { input: result } = augmentBatch(batchOf(pixels), SIZE, { shift: 0.25, contrast: 0.3 }, (n) => random(1, n));
    expect(pixels).toEqual(before);
    expect(result.subarray(0, AREA)).not.toEqual(result.subarray(AREA));
  });
});
