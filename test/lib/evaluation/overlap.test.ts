import { describe, expect, it } from "vitest";
import { otsu } from "../../../lib/domain/metrics/otsu.ts";
import { random } from "../../../lib/domain/random.ts";
import { overlap } from "../../../lib/evaluation/overlap.ts";
import type { GridPlace } from "../../../lib/evaluation/predict.ts";

const box = (x: number, y: number, width: number, height: number) => ({
  row: 0,
  observation: "Edema" as const,
  x,
  y,
  width,
  height,
});

/** A map of cells as fine as its film's pixels, so that nothing is interpolated. */
function fine(side: number, hot: (x: number, y: number) => boolean) {
  const values = Float32Array.from({ length: side * side }, (_, i) => Number(hot(i % side, Math.floor(i / side))));
  const place: GridPlace = { cells: { x: 0, y: 0, width: side, height: side }, fit: { size: side, fit: "squeeze" } };
  return { map: { rows: side, columns: side, values }, film: { width: side, height: side }, place };
}

describe("overlap of heat map and boxes", () => {
  it("is intersection over union, by areas that can be counted by hand", () => {
    const { map, film, place } = fine(40, (x, y) => x < 20 && y < 20);
    expect(overlap(map, film, place, [box(0, 0, 20, 20)])).toBe(1);
    expect(overlap(map, film, place, [box(10, 0, 20, 20)])).toBeCloseTo(200 / 600, 12);
    expect(overlap(map, film, place, [box(30, 30, 10, 10)])).toBe(0);
    // Two boxes that overlap each other count once.
    expect(overlap(map, film, place, [box(0, 0, 10, 20), box(5, 0, 15, 20)])).toBe(1);
  });

  it("brings a padded film's map back to the film", () => {
    // 40 x 20 in a square of 40: ten rows of padding above and below. The map is hot in the film's left half.
    const { map, place } = fine(40, (x) => x < 20);
    const film = { width: 40, height: 20 };
    expect(overlap(map, film, { ...place, fit: { size: 40, fit: "pad" } }, [box(0, 0, 20, 20)])).toBe(1);
  });

  it("is 0 where nothing raised the score, and where everything did alike", () => {
    for (const value of [false, true]) {
      const { map, film, place } = fine(8, () => value);
      expect(overlap(map, film, place, [box(0, 0, 4, 4)])).toBe(0);
    }
  });
});

describe("Otsu's threshold", () => {
  it("parts two heaps of values", () => {
    const next = random(1, "otsu");
    const values = Float32Array.from({ length: 2000 }, (_, i) => (i % 4 ? 0.1 : 0.8) + 0.1 * next());
    const threshold = otsu(values)!;
    expect(threshold).toBeGreaterThan(0.19);
    expect(threshold).toBeLessThanOrEqual(0.81);
  });

  it("has the greatest variance between the classes", () => {
    const next = random(2, "otsu");
    const values = Float32Array.from({ length: 500 }, () => next() ** 3);
    const between = (threshold: number): number => {
      const [low, high] = [values.filter((v) => v < threshold), values.filter((v) => v >= threshold)];
      const mean = (of: Float32Array) => of.reduce((sum, v) => sum + v, 0) / of.length;
      return low.length * high.length * (mean(low) - mean(high)) ** 2;
    };
    const best = between(otsu(values)!);
    for (let t = 0.02; t < 0.98; t += 0.01) expect(best).toBeGreaterThanOrEqual(between(t) * 0.995);
  });

  it("is none where all values are the same", () => {
    expect(otsu(new Float32Array(10).fill(0.3))).toBeNull();
  });
});
