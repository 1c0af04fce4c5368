import sharp from "sharp";
import { describe, expect, test } from "vitest";
import type { GreyImage } from "../../../lib/domain/grey-image.ts";
import { tapsOf } from "../../../lib/engine/taps.ts";
import { colourTable } from "../../../lib/imaging/colour-map.ts";
import { type HeatGrid, heatRows } from "../../../lib/imaging/heat.ts";
import { hotRegion } from "../../../lib/imaging/hot-region.ts";
import { filmPng, LONGEST_DRAWN_SIDE, mapPng, overlayPng } from "../../../lib/imaging/overlay.ts";
import { readFilm } from "../../../lib/imaging/read-film.ts";
import { drawnFilm, samePixels } from "./films.ts";

const film = drawnFilm(300, 400);
/** As a film of 300 x 400 lies padded in a square: the grid reaches 50 pixels beyond either side. */
const area = { x: -50, y: 0, width: 400, height: 400 };

function grid(hot: Readonly<Record<number, number>>): HeatGrid {
  const values = new Float32Array(49);
  for (const [place, heat] of Object.entries(hot)) values[Number(place)] = heat;
  return { rows: 7, columns: 7, values, area };
}

/** Middle of a cell of the grid, in film pixels. */
const middle = (row: number, column: number) => ({
  x: Math.floor(area.x + ((column + 0.5) * area.width) / 7),
  y: Math.floor(area.y + ((row + 0.5) * area.height) / 7),
});

async function pixels(png: Uint8Array) {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  return {
    ...info,
    at: (x: number, y: number) => [...data.subarray((y * info.width + x) * info.channels).subarray(0, info.channels)],
  };
}

describe("colours", () => {
  /** matplotlib.colormaps["inferno"], as printed by matplotlib 3.10. */
  test.each([
    [0, [0, 0, 4]],
    [64, [87, 16, 110]],
    [128, [188, 55, 84]],
    [191, [249, 140, 10]],
    [255, [252, 255, 164]],
  ])("inferno at %i of 255 is matplotlib's", (step, [red, green, blue]) => {
    const table = colourTable("inferno");
    expect(Math.abs(table[step * 3]! - red!)).toBeLessThanOrEqual(5);
    expect(Math.abs(table[step * 3 + 1]! - green!)).toBeLessThanOrEqual(5);
    expect(Math.abs(table[step * 3 + 2]! - blue!)).toBeLessThanOrEqual(5);
  });

  test("inferno's lightness rises all the way", () => {
    const table = colourTable("inferno");
    const lightness = Array.from({ length: 256 }, (_, i) => relativeLuminance(table.subarray(i * 3, i * 3 + 3)));
    for (let i = 1; i < 256; i += 1) expect(lightness[i]!).toBeGreaterThanOrEqual(lightness[i - 1]!);
  });

  test.each(["inferno", "jet"] as const)("%s is red rather than blue where it is hot", (name) => {
    const table = colourTable(name);
    const red = (step: number) => table[step * 3]! - table[step * 3 + 2]!;
    expect(red(200)).toBeGreaterThan(100);
    expect(red(30)).toBeLessThan(0);
  });
});

describe("heat", () => {
  test("is the grid's in the middle of its cells, and bilinear between them", () => {
    const fill = heatRows(grid({ 24: 4, 25: 2 }), film)!;
    const row = new Float32Array(film.width);
    const { x, y } = middle(3, 3);
    fill(y, row);
    expect(row[x]).toBeCloseTo(1, 1);
    expect(row[x + 57]).toBeCloseTo(0.5, 1);
    expect(row[x + 28]).toBeCloseTo(0.75, 1);
  });

  test("agrees with the bilinear resize of films where the grid covers the film", () => {
    const values = Float32Array.from({ length: 49 }, (_, i) => ((i * 37) % 49) / 48);
    const [width, height] = [91, 70];
    const [across, down] = [tapsOf(7, width, "bilinear"), tapsOf(7, height, "bilinear")];
    const sum = ({ first, weights }: typeof across, at: number, value: (place: number) => number): number =>
      Array.from({ length: weights.length / first.length }, (_, tap) => {
        return weights[tap * first.length + at]! * value(first[at]! + tap);
      }).reduce((a, b) => a + b);
    const fill = heatRows({ rows: 7, columns: 7, values, area: { x: 0, y: 0, width, height } }, { width, height })!;
    const row = new Float32Array(width);
    for (let y = 0; y < height; y += 1) {
      fill(y, row);
      for (let x = 0; x < width; x += 1) {
        const expected = sum(down, y, (v) => sum(across, x, (u) => values[v * 7 + u]!));
        expect(row[x]).toBeCloseTo(expected, 5);
      }
    }
  });

  test.each([
    ["zeros", new Float32Array(49)],
    ["no numbers", new Float32Array(49).fill(Number.NaN)],
  ])("of %s is none", (_, values) => {
    const nothing = { ...grid({}), values };
    expect(heatRows(nothing, film)).toBeUndefined();
    expect(hotRegion(nothing, film)).toBeNull();
  });
});

describe("hottest region", () => {
  test("is around the peak, not around another hot place", () => {
    const region = hotRegion(grid({ 16: 10, 40: 8 }), film)!;
    const { x, y } = middle(2, 2);
    expect(Math.hypot(region.peak.x - x, region.peak.y - y)).toBeLessThan(3);
    expect(region.box.x).toBeLessThan(x);
    expect(region.box.x + region.box.width).toBeLessThan(middle(5, 5).x);
    expect(region.box.y + region.box.height).toBeLessThan(middle(5, 5).y);
    // Half the peak is reached half way to the next cell's middle, on either side.
    expect(region.box.width).toBeGreaterThan(50);
    expect(region.box.width).toBeLessThan(62);
  });

  test("lies on the film where the hottest cell is in the padding", () => {
    const { box } = hotRegion(grid({ 21: 10 }), film)!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(film.width);
    expect(box.y + box.height).toBeLessThanOrEqual(film.height);
  });

  test("takes in all that is joined to the peak", () => {
    const { box } = hotRegion(grid({ 16: 10, 17: 9, 18: 9 }), film)!;
    expect(box.width).toBeGreaterThan(150);
  });
});

describe("pictures", () => {
  const hot = grid({ 24: 3 });
  const peak = middle(3, 3);
  const black: GreyImage = { width: 300, height: 400, maxValue: 4095, data: new Uint16Array(120_000) };

  test("overlay: red, green, blue in that order, of the film's own size, hot where the map is", async () => {
    const { png, region } = await overlayPng(black, hot, { opacity: 1, outline: false, colours: "inferno" });
    const { width, height, channels, at } = await pixels(png);
    expect([width, height, channels]).toEqual([300, 400, 3]);
    expect(at(2, 2)).toEqual([0, 0, 0]);
    const [red, green, blue] = at(peak.x, peak.y);
    expect(red).toBeGreaterThan(240);
    expect(blue).toBeLessThan(red! - 50);
    expect(green).toBeGreaterThan(200);
    expect(region).not.toBeNull();
    // Red by itself, half way: in another order of channels it would be blue.
    const warm = at(peak.x + 20, peak.y);
    expect(warm[0]).toBeGreaterThan(2 * warm[2]!);
  });

  test("overlay: the file's own bytes say RGB of 8 bits", async () => {
    const { png } = await overlayPng(film, hot);
    expect([...png.subarray(16, 26)]).toEqual([0, 0, 1, 44, 0, 0, 1, 144, 8, 2]);
  });

  test("overlay: the film stays where the map is cold, and an outline is drawn", async () => {
    const { png, region } = await overlayPng(film, hot, { opacity: 0.6 });
    const { at } = await pixels(png);
    const grey = film.data[10 * 300 + 5]!;
    expect(at(5, 10)).toEqual([grey, grey, grey]);
    const edge = Math.floor(region!.box.x) + 1;
    const white = [edge - 1, edge, edge + 1].some((x) => at(x, Math.round(region!.peak.y)).every((v) => v === 255));
    expect(white).toBe(true);
  });

  test("a larger film is drawn smaller, its map where it would be, and its region told in its own pixels", async () => {
    const [width, height] = [2 * LONGEST_DRAWN_SIDE, 400];
    const values = new Float32Array(2);
    values[1] = 1;
    const right = { rows: 1, columns: 2, values, area: { x: 0, y: 0, width, height } };
    const large: GreyImage = { width, height, maxValue: 255, data: new Uint8Array(width * height) };
    for (const draw of [overlayPng, mapPng]) {
      const { png, region } = await draw(large, right, { opacity: 1 });
      const { width: drawnWidth, height: drawnHeight, at } = await pixels(png);
      expect([drawnWidth, drawnHeight]).toEqual([LONGEST_DRAWN_SIDE, 200]);
      expect(at(LONGEST_DRAWN_SIDE - 20, 100)[0]).toBeGreaterThan(240);
      expect(at(20, 100)[3] ?? at(20, 100)[0]).toBe(0);
      expect(region!.box.x + region!.box.width).toBe(width);
    }
    expect([...(await filmPng(large)).subarray(16, 24)]).toEqual([0, 0, 20, 0, 0, 0, 1, 144]);
  });

  test("overlay of nothing is the film", async () => {
    const { png, region } = await overlayPng(film, grid({}));
    expect(region).toBeNull();
    expect(samePixels((await readFilm(png)).image.data, film.data)).toBe(true);
  });

  test("map: transparent where it is cold", async () => {
    const { png } = await mapPng(film, hot, { opacity: 1 });
    const { channels, at } = await pixels(png);
    expect(channels).toBe(4);
    expect(at(2, 2)[3]).toBe(0);
    expect(at(peak.x, peak.y)[3]).toBeGreaterThan(240);
  });

  test("film: grey, 8 bits, scaled from what it had", async () => {
    const deep = drawnFilm(300, 400, 4095);
    const { image } = await readFilm(await filmPng(deep));
    expect(Array.from(image.data)).toEqual(Array.from(deep.data, (value) => Math.round((value * 255) / 4095)));
  });
});

/** WCAG 2.2. */
function relativeLuminance([red, green, blue]: ArrayLike<number> & Iterable<number>): number {
  const linear = (v: number) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red!) + 0.7152 * linear(green!) + 0.0722 * linear(blue!);
}
