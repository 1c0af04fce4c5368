import { describe, expect, test } from "vitest";
import type { GreyImage } from "../../../lib/domain/grey-image.ts";
import { random } from "../../../lib/domain/random.ts";
import { type Rectangle, resizeAddon } from "../../../lib/engine/picture-addons.ts";
import { filmInSquare, resizeToSquare, type SquareGeometry } from "../../../lib/engine/resize.ts";

function noise(width: number, height: number, maxValue = 255): GreyImage {
  const next = random(2, "resize", width, height);
  const values = Array.from({ length: width * height }, () => Math.floor(next() * (maxValue + 1)));
  return { width, height, maxValue, data: maxValue > 255 ? Uint16Array.from(values) : Uint8Array.from(values) };
}

const geometry = (more: Partial<SquareGeometry>): SquareGeometry => ({
  size: 32,
  fit: "squeeze",
  resize: "antialias",
  ...more,
});

/** One row of weights for each output pixel along one side: the textbook definition, nothing optimised. */
function weights(from: number, to: number, resize: SquareGeometry["resize"]): number[][] {
  const scale = from / to;
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const row = Array.from({ length: from }, (_, j) => {
      if (resize === "nearest") return Math.floor(centre) === j ? 1 : 0;
      const width = resize === "antialias" ? Math.max(1, scale) : 1;
      return Math.max(0, 1 - Math.abs(j + 0.5 - centre) / width);
    });
    const sum = row.reduce((a, b) => a + b);
    return row.map((w) => w / sum);
  });
}

function reference(image: GreyImage, size: number, resize: SquareGeometry["resize"]): number[] {
  const across = weights(image.width, size, resize);
  const down = weights(image.height, size, resize);
  return down.flatMap((wy) =>
    across.map((wx) => {
      let sum = 0;
      wy.forEach((a, y) => {
        if (a > 0)
          wx.forEach((b, x) => {
            sum += a * b * image.data[y * image.width + x]!;
          });
      });
      return (sum * 255) / image.maxValue;
    }),
  );
}

describe("resize to the square", () => {
  test.each([
    ["antialias", 150, 90],
    ["antialias", 20, 25],
    ["bilinear", 150, 90],
    ["bilinear", 20, 25],
    ["nearest", 150, 90],
    ["nearest", 20, 25],
  ] as const)("%s from %i x %i is the textbook's, to half a grey value", (resize, width, height) => {
    const image = noise(width, height);
    const expected = reference(image, 32, resize);
    resizeToSquare(image, geometry({ resize })).forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(0.502);
    });
  });

  test("16 bits are rounded once, after the resize", () => {
    const image = noise(70, 50, 65535);
    const expected = reference(image, 32, "antialias");
    resizeToSquare(image, geometry({})).forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(0.502);
    });
  });

  test("a film of the square's own size comes out as it went in", () => {
    const image = noise(32, 32);
    for (const resize of ["antialias", "bilinear", "nearest"] as const) {
      expect(resizeToSquare(image, geometry({ resize, fit: "pad" }))).toEqual(image.data);
    }
  });

  test("padding is black, and the film keeps its aspect between", () => {
    const white: GreyImage = { width: 60, height: 30, maxValue: 255, data: new Uint8Array(1800).fill(255) };
    const square = resizeToSquare(white, geometry({ fit: "pad" }));
    const rows = Array.from({ length: 32 }, (_, y) => new Set(square.subarray(y * 32, (y + 1) * 32)));
    expect(rows.map((row) => [...row])).toEqual(rows.map((_, y) => [y >= 8 && y < 24 ? 255 : 0]));
  });
});

describe("a rectangle that does not lie in its target is refused", () => {
  const SIDE = 8;
  const film = noise(20, 20);
  const inSquare = (): Rectangle => filmInSquare(film, 255, geometry({ size: SIDE }), new Uint8Array(SIDE ** 2));
  /** Places of arguments. */
  const [SCALE, OFFSET, STRIDE] = [6, 8, 9];
  const resized = (changes: Readonly<Record<number, number>>) => () =>
    resizeAddon().resizePicture(
      film.data,
      ...(inSquare().map((value, i) => changes[i] ?? value) as unknown as Rectangle),
    );

  test.each<[string, Readonly<Record<number, number>>]>([
    ["one pixel further", { [OFFSET]: 1 }],
    ["before its start", { [OFFSET]: -1 }],
    ["an offset of 2^63", { [OFFSET]: 2 ** 63 }],
    ["an offset that the sum wraps round", { [OFFSET]: 2 ** 63 - 1024 }],
    ["rows too far apart", { [STRIDE]: SIDE + 1 }],
    ["rows that lie over each other", { [STRIDE]: SIDE - 1 }],
    ["a stride whose product wraps round", { [STRIDE]: 2 ** 62 }],
    ["a stride whose product wraps round to 0", { [STRIDE]: 2 ** 61 }],
    ["rows of no length", { [STRIDE]: Number.NaN }],
    ["a scale that is no number", { [SCALE]: Number.NaN }],
    ["a scale without an end", { [SCALE]: Number.POSITIVE_INFINITY }],
  ])("%s", (_, changes) => {
    expect(resized({})).not.toThrow();
    expect(resized(changes)).toThrow(RangeError);
  });

  test("what is brighter than white is white, and what is darker than black black, however far", () => {
    for (const [scale, grey] of [
      [1e30, 255],
      [-1e30, 0],
    ] as const) {
      const to = filmInSquare(film, 255, geometry({ size: SIDE }), new Uint8Array(SIDE ** 2));
      resizeAddon().resizePicture(
        film.data.map(() => 200),
        ...(to.map((value, i) => (i === SCALE ? scale : value)) as unknown as Rectangle),
      );
      expect(new Set(to[7])).toEqual(new Set([grey]));
    }
  });
});
