import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { checkScans } from "../../../lib/imaging/jpeg-scans.ts";
import { readFilm } from "../../../lib/imaging/read-film.ts";

const START_OF_SCAN = Buffer.of(0xff, 0xda);
const END = Buffer.of(0xff, 0xd9);

/** A progressive JPEG of noise, whose last scan stands there as often as is said. */
async function withScans(times: number, side = 64): Promise<Buffer> {
  const noise = Buffer.from(Array.from({ length: side * side }, (_, i) => (i * 7919) % 251));
  const raw = { width: side, height: side, channels: 1 } as const;
  const jpeg = await sharp(noise, { raw }).jpeg({ progressive: true }).toBuffer();
  const end = jpeg.lastIndexOf(END);
  const last = jpeg.subarray(jpeg.lastIndexOf(START_OF_SCAN), end);
  return Buffer.concat([jpeg.subarray(0, end), ...Array<Buffer>(times - 1).fill(last), END]);
}

describe("the scans of a JPEG", () => {
  test("are read as a progressive encoder makes them", async () => {
    const film = await withScans(1);
    expect(film.indexOf(START_OF_SCAN)).not.toBe(film.lastIndexOf(START_OF_SCAN));
    await expect(readFilm(film)).resolves.toMatchObject({ image: { width: 64, height: 64 } });
  });

  test("are refused before they are decoded where no film has so many", async () => {
    const expected = { code: "film-too-slow", message: expect.stringContaining("more than 100 scans") };
    await expect(readFilm(await withScans(1000))).rejects.toMatchObject(expected);
  });

  test("in a preview are not the film's", async () => {
    const preview = await withScans(150, 16);
    expect(() => checkScans(preview)).toThrow();
    const length = Buffer.alloc(2);
    length.writeUInt16BE(2 + preview.length);
    const film = await withScans(1);
    const segment = Buffer.concat([Buffer.of(0xff, 0xe1), length, preview]);
    expect(preview.length).toBeLessThan(65_000);
    expect(() => checkScans(Buffer.concat([film.subarray(0, 2), segment, film.subarray(2)]))).not.toThrow();
  });
});
