import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { filmPicture } from "../../../lib/report/film-picture.ts";
import type { Example } from "../../../lib/report/material.ts";

const SIZE = 64;

/** An even grey film whose map is hot in one cell, column 5 of row 1 of 7 x 7. */
function example(change: Partial<Example> = {}): Example {
  const values = new Float32Array(49);
  values[1 * 7 + 5] = 0.02;
  return {
    observation: "Pneumothorax",
    outcome: "true positive",
    probability: 0.9,
    threshold: 0.5,
    pixels: new Uint8Array(SIZE * SIZE).fill(100),
    size: SIZE,
    map: { rows: 7, columns: 7, values },
    boxes: [],
    ...change,
  };
}

async function pixelsOf(dataUri: string) {
  const png = Buffer.from(dataUri.replace("data:image/png;base64,", ""), "base64");
  const { data, info } = await sharp(png).toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
  return {
    /** Of the file. */
    channels: (await sharp(png).metadata()).channels,
    /** Channels at a place of the unit square. */
    at: (x: number, y: number): number[] => {
      const start = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels;
      return [...data.subarray(start, start + info.channels)];
    },
  };
}

describe("picture of a film", () => {
  it("leaves the film as it is, in grey", async () => {
    const film = await pixelsOf((await filmPicture(example())).film);
    expect(film.channels).toBe(1);
    expect(film.at(0.5, 0.5)).toEqual([100, 100, 100]);
  });

  it("is hot and bright where the map is highest, and untouched where it is nought", async () => {
    const overlay = await pixelsOf((await filmPicture(example())).overlay);
    const [red, green, blue] = overlay.at(5.5 / 7, 1.5 / 7) as [number, number, number];
    expect(red).toBeGreaterThan(180);
    expect(green).toBeGreaterThan(180);
    expect(red).toBeGreaterThan(blue + 30);
    expect(overlay.at(1.5 / 7, 5.5 / 7)).toEqual([100, 100, 100]);
    expect(overlay.at(5.5 / 7, 5.5 / 7)).toEqual([100, 100, 100]);
  });

  it("shows the film alone where nothing raised the score", async () => {
    const map = { rows: 7, columns: 7, values: new Float32Array(49) };
    const overlay = await pixelsOf((await filmPicture(example({ map }))).overlay);
    expect(overlay.at(5.5 / 7, 1.5 / 7)).toEqual([100, 100, 100]);
  });

  it("draws finding boxes where they are", async () => {
    const boxes = [{ x: 8, y: 40, width: 16, height: 12 }];
    const overlay = await pixelsOf((await filmPicture(example({ boxes }))).overlay);
    expect(overlay.at(8 / SIZE, 46 / SIZE)).toEqual([255, 255, 255]);
    expect(overlay.at(16 / SIZE, 46 / SIZE)).toEqual([100, 100, 100]);
  });
});
