import { describe, expect, test } from "vitest";
import type { GreyImage } from "../../../lib/domain/grey-image.ts";
import { random } from "../../../lib/domain/random.ts";
import { resizeAddon } from "../../../lib/engine/picture-addons.ts";
import { sumUp } from "../../../lib/engine/picture-sums.ts";
import { GRID, roomForSums } from "../../../lib/imaging/statistics.ts";

function noise(width: number, height: number, maxValue: number, least = 0): GreyImage {
  const next = random(5, "statistics", width, height);
  const values = Array.from({ length: width * height }, () => Math.round(least + next() * (maxValue - least)));
  return { width, height, maxValue, data: maxValue > 255 ? Uint16Array.from(values) : Uint8Array.from(values) };
}

/** Rows of a picture, each an array. */
const rowsOf = ({ data, width, height }: GreyImage): number[][] =>
  Array.from({ length: height }, (_, y) => [...data.subarray(y * width, (y + 1) * width)]);

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe("a picture's sums", () => {
  test.each([
    [64, 64, 255],
    [70, 33, 255],
    [45, 64, 4095],
    [3, 20, 65_535],
  ])("of %i x %i pixels up to %i are those of all its rows, where it has no more than are looked at", (w, h, most) => {
    const image = noise(w, h, most);
    const sums = roomForSums();
    sumUp(image, sums);
    // A side shorter than the grid is looked at again for each block that it lies in.
    const times = Array.from({ length: GRID }, (_, block) => {
      const first = Math.floor((block * h) / GRID);
      const end = Math.max(first + 1, Math.floor(((block + 1) * h) / GRID));
      return Array.from({ length: end - first }, (_, i) => first + i);
    }).flat();
    const rows = rowsOf(image);
    const seen = times.map((y) => rows[y]!);
    const steps = seen.map((row) => sum(row.slice(1).map((value, x) => Math.abs(value - row[x]!))));
    expect([...sums.moments]).toEqual([
      seen.length * w,
      sum(seen.map(sum)),
      sum(seen.map((row) => sum(row.map((value) => value ** 2)))),
      sum(steps),
    ]);
    expect(sum([...sums.levels])).toBe(seen.length * w);
  });

  test("are of every part of a large one", () => {
    const image = noise(300, 1000, 255);
    const sums = roomForSums();
    sumUp(image, sums);
    expect(sums.moments[0]).toBe(300 * 64);
    const mean = sum([...sums.grid]) / sums.grid.length;
    expect(mean).toBeCloseTo(sums.moments[1]! / sums.moments[0]! / 255, 2);
    expect(mean).toBeCloseTo(0.5, 1);
  });

  test.each([
    [16, 16],
    [5, 700],
    [700, 5],
  ])("of %i x %i pixels leave no block of the layout empty", (width, height) => {
    const image = noise(width, height, 255, 100);
    const sums = roomForSums();
    sumUp(image, sums);
    for (const mean of sums.grid) expect(mean).toBeGreaterThanOrEqual(100 / 255);
  });

  test("count what is brighter than white as white", () => {
    const image = { ...noise(64, 64, 4095), maxValue: 1000 };
    const sums = roomForSums();
    sumUp(image, sums);
    const bright = image.data.filter((value) => value >= 1000 - 1000 / 256).length;
    expect(Math.abs(sums.levels.at(-1)! - bright)).toBeLessThan(20);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 0, -1])("are refused for a white of %d", (maxValue) => {
    const { moments, levels, grid } = roomForSums();
    const call = () => resizeAddon().pictureStatistics(new Uint8Array(256), 16, 16, maxValue, moments, levels, grid);
    expect(call).toThrow(RangeError);
  });
});
