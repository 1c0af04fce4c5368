import { readFileSync } from "node:fs";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { random } from "../../../lib/domain/random.ts";
import type { SquareGeometry } from "../../../lib/engine/resize.ts";
import { plainJpegToSquare } from "../../../lib/imaging/plain-jpeg.ts";
import { asSharp, drawnFilm, filmsUnder, hasRealFilms, NIH, REAL_FILMS } from "./films.ts";
import { codeOf, type Outcome, served } from "./served.ts";

const geometry: SquareGeometry = { size: 48, fit: "pad", resize: "antialias" };
const film = drawnFilm(97, 121);
const grey = () => asSharp(film);

/** The short cut's outcome; undefined where it says nothing. */
function plain(bytes: Uint8Array, to = geometry): Outcome | undefined {
  const square = new Uint8Array(to.size ** 2).fill(7);
  try {
    const film = plainJpegToSquare(bytes, to, square);
    return film && { square, ...film };
  } catch (error) {
    return codeOf(error);
  }
}

/** A restart after every so many blocks. */
const withRestarts = (jpeg: Buffer): Buffer => {
  const frame = jpeg.indexOf(Buffer.of(0xff, 0xc0));
  return Buffer.concat([jpeg.subarray(0, frame), Buffer.of(0xff, 0xdd, 0, 4, 0, 0), jpeg.subarray(frame)]);
};

describe("the short cut for plain films gives what the long way gives", () => {
  test("for every geometry, bit for bit", async () => {
    const files = [
      await grey().jpeg().toBuffer(),
      await grey().jpeg({ quality: 20 }).toBuffer(),
      await grey().jpeg({ quality: 100, optimiseCoding: false }).toBuffer(),
      await asSharp(drawnFilm(16, 700)).jpeg().toBuffer(),
      await asSharp(drawnFilm(900, 800)).jpeg().toBuffer(),
      withRestarts(await grey().jpeg().toBuffer()),
    ];
    for (const bytes of files) {
      for (const resize of ["antialias", "bilinear", "nearest"] as const) {
        for (const fit of ["pad", "squeeze"] as const) {
          const to = { size: 48, fit, resize };
          const short = plain(bytes, to);
          expect(short).toBeDefined();
          expect(short).toEqual(await served(bytes, to));
        }
      }
    }
  });

  test.skipIf(!hasRealFilms)("real films, bit for bit", async () => {
    for (const file of [...filmsUnder(REAL_FILMS), ...filmsUnder(NIH)].filter((_, i) => i % 8 === 0)) {
      const bytes = readFileSync(file);
      const short = plain(bytes);
      expect(short).toBeDefined();
      expect(short).toEqual(await served(bytes, geometry));
    }
  });

  test("what is no film is refused with the same code", async () => {
    const next = random(3, "noise");
    const noise = { ...film, data: film.data.map(() => 256 * next()) };
    const page = { ...film, data: film.data.map((_, i) => (i % 23 < 2 ? 20 : 250)) };
    const black = { ...film, data: film.data.map(() => 0) };
    for (const [picture, code] of [
      [noise, "not-a-chest-film"],
      [page, "not-a-chest-film"],
      [black, "no-signal"],
    ] as const) {
      const bytes = await asSharp(picture).jpeg({ quality: 100 }).toBuffer();
      expect(plain(bytes)).toBe(code);
      expect(await served(bytes, geometry)).toBe(code);
    }
  });

  test("and says nothing of what is not plain", async () => {
    const colour = sharp({ create: { width: 97, height: 61, channels: 3, background: "#857" } });
    const whole = await grey().jpeg().toBuffer();
    const files = {
      PNG: await grey().png().toBuffer(),
      nothing: Buffer.alloc(0),
      "progressive JPEG": await grey().jpeg({ progressive: true }).toBuffer(),
      "JPEG in colour": await colour.jpeg().toBuffer(),
      "JPEG with EXIF": await grey().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
      "too small": await asSharp(drawnFilm(15, 40)).jpeg().toBuffer(),
      "half a JPEG": whole.subarray(0, whole.length / 2),
      "half a JPEG with its end mark": Buffer.concat([whole.subarray(0, whole.length / 2), Buffer.of(0xff, 0xd9)]),
      "a JPEG without its last byte": whole.subarray(0, -1),
    };
    for (const [name, bytes] of Object.entries(files)) expect(plain(bytes), name).toBeUndefined();
  });

  test("wherever a byte of a plain film is changed, cut out or put in", async () => {
    const wholes = [await grey().jpeg().toBuffer(), withRestarts(await grey().jpeg({ quality: 60 }).toBuffer())];
    const next = random(11, "plain mutants");
    const place = (length: number) => Math.floor(next() * length);
    let told = 0;
    for (let copy = 0; copy < 400; copy += 1) {
      const whole = wholes[copy % 2]!;
      const at = place(copy % 3 === 0 ? 400 : whole.length);
      const piece = Buffer.from(Array.from({ length: place(3) }, () => place(256)));
      const bytes = Buffer.concat([whole.subarray(0, at), piece, whole.subarray(at + place(3))]);
      const short = plain(bytes);
      if (short === undefined) continue;
      told += 1;
      expect(short, `copy ${copy}`).toEqual(await served(bytes, geometry));
    }
    expect(told).toBeGreaterThan(50);
  });
});

test("arrays that do not fit are a fault of the caller's, not of the film", async () => {
  const whole = await grey().jpeg().toBuffer();
  expect(() => plainJpegToSquare(whole, geometry, new Uint8Array(48))).toThrow(RangeError);
});

test("the short cut keeps no memory", async () => {
  const bytes = await asSharp(drawnFilm(600, 500)).jpeg().toBuffer();
  const square = new Uint8Array(48 * 48);
  const run = (times: number) => {
    for (let i = 0; i < times; i += 1) plainJpegToSquare(bytes, geometry, square);
  };
  run(100);
  const before = process.memoryUsage.rss();
  run(300);
  // A picture of each would be 90 MB.
  expect(process.memoryUsage.rss() - before).toBeLessThan(30e6);
});
