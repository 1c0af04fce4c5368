import { existsSync, readFileSync } from "node:fs";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { random } from "../../../lib/domain/random.ts";
import { decodeFilm, type FilmError } from "../../../lib/engine/decode.ts";
import { filmToSquare } from "../../../lib/engine/film-to-square.ts";
import { resizeToSquare } from "../../../lib/engine/resize.ts";
import { binding } from "../../../lib/engine/tensorflow.ts";
import { readFilm } from "../../../lib/imaging/read-film.ts";

const awkward = new URL("../../../../shared/awkward-sample/", import.meta.url);
const sample = (name: string) => readFileSync(new URL(name, awkward));

/** A film-like picture, smooth with some noise. */
function picture(width: number, height: number, channels: 1 | 3 = 1) {
  const next = random(5, "picture");
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const x = Math.floor(i / channels) % width;
    return 100 + 60 * Math.sin(x / 9) + 40 * (i % channels) + 10 * next();
  });
  return sharp(data, { raw: { width, height, channels } });
}

const code = (bytes: Uint8Array): string => {
  try {
    decodeFilm(bytes);
  } catch (error) {
    return (error as FilmError).code;
  }
  return "decoded";
};

describe("decoding a film", () => {
  test.each(["jpeg", "png"] as const)("%s gives libvips' very grey values", async (format) => {
    const bytes = await picture(97, 61).toColourspace("b-w").toFormat(format).toBuffer();
    const expected = await sharp(bytes).toColourspace("b-w").raw().toBuffer();
    const film = decodeFilm(bytes);
    expect([film.width, film.height, film.maxValue]).toEqual([97, 61, 255]);
    expect(Buffer.from(film.data).equals(expected)).toBe(true);
  });

  test("16 bits stay 16 bits", async () => {
    const values = Uint16Array.from({ length: 32 * 16 }, (_, i) => i * 127);
    const bytes = await sharp(values, { raw: { width: 32, height: 16, channels: 1 } })
      .toColourspace("grey16")
      .png()
      .toBuffer();
    const film = decodeFilm(bytes);
    expect(film.maxValue).toBe(65535);
    expect(film.data).toEqual(values);
  });

  test.each([10, 12, 14])("%i-bit values in 16 bits are taken for what they are, as at the door", async (depth) => {
    const values = Uint16Array.from({ length: 32 * 16 }, (_, i) => i * Math.floor((2 ** depth - 1) / 511));
    const bytes = await sharp(values, { raw: { width: 32, height: 16, channels: 1 } })
      .toColourspace("grey16")
      .png()
      .toBuffer();
    const film = decodeFilm(bytes);
    expect(film).toEqual((await readFilm(bytes)).image);
    expect(film.maxValue).toBe(2 ** depth - 1);
  });

  test("a colour PNG becomes grey by Rec. 601, with or without alpha", async () => {
    const colours = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => [255, 0, 0][i % 3]!);
    const raw = sharp(colours, { raw: { width: 16, height: 16, channels: 3 } });
    expect(new Set(decodeFilm(await raw.clone().png().toBuffer()).data)).toEqual(new Set([76]));
    expect(new Set(decodeFilm(await raw.clone().ensureAlpha(0.5).png().toBuffer()).data)).toEqual(new Set([76]));
  });

  test("decoding and resizing in one gives the bytes of one after the other", async () => {
    const files = [
      await picture(97, 61).toColourspace("b-w").jpeg().toBuffer(),
      await picture(61, 97).toColourspace("b-w").jpeg({ progressive: true }).toBuffer(),
      await picture(61, 97).toColourspace("b-w").jpeg().withMetadata({ orientation: 6 }).toBuffer(),
      await picture(97, 61, 3).jpeg().toBuffer(),
      await picture(97, 61).toColourspace("b-w").png().toBuffer(),
    ];
    for (const bytes of files) {
      for (const resize of ["antialias", "bilinear", "nearest"] as const) {
        for (const fit of ["pad", "squeeze"] as const) {
          const geometry = { size: 48, fit, resize };
          const image = decodeFilm(bytes);
          const square = new Uint8Array(48 * 48).fill(7);
          const { width, height } = image;
          expect(filmToSquare(bytes, geometry, square)).toMatchObject({ width, height });
          expect(square).toEqual(resizeToSquare(image, geometry));
        }
      }
    }
  });

  test("a damaged grey JPEG is refused when it is resized at once, too", async () => {
    const damaged = await picture(97, 61).toColourspace("b-w").jpeg().toBuffer();
    // Its first table of Huffman codes is called one of quantisation.
    damaged[damaged.indexOf(Buffer.from([0xff, 0xc4])) + 1] = 0xdb;
    const geometry = { size: 48, fit: "pad", resize: "antialias" } as const;
    expect(code(damaged)).toBe("film-damaged");
    expect(() => filmToSquare(damaged, geometry, new Uint8Array(48 * 48))).toThrow("the JPEG file is damaged");
  });

  test("where data may be missing, nothing is said of a JPEG that ends in their grey, whole or not", async () => {
    const square = () => new Uint8Array(48 * 48);
    const geometry = { size: 48, fit: "pad", resize: "antialias" } as const;
    const whole = await picture(97, 61).toColourspace("b-w").jpeg().toBuffer();
    for (const share of [0.3, 0.6, 0.99]) {
      const cut = Buffer.concat([whole.subarray(0, share * whole.length), Buffer.of(0xff, 0xd9)]);
      expect(filmToSquare(cut, geometry, square())).toBeUndefined();
    }
    const flat = { create: { width: 97, height: 61, channels: 3 as const, background: "#808080" } };
    const grey = await sharp(flat).toColourspace("b-w").jpeg().toBuffer();
    expect(filmToSquare(grey, geometry, square())).toBeUndefined();
    expect(await readFilm(grey)).toMatchObject({ image: { width: 97, height: 61 } });
  });

  test("arrays that do not fit are a fault of the caller's, not of the film", async () => {
    const whole = await picture(97, 61).toColourspace("b-w").jpeg().toBuffer();
    const geometry = { size: 48, fit: "squeeze", resize: "antialias" } as const;
    expect(() => filmToSquare(whole, geometry, new Uint8Array(48))).toThrow(RangeError);
  });

  test("decoding and resizing in one keeps no memory", async () => {
    const bytes = await picture(600, 500).toColourspace("b-w").jpeg().toBuffer();
    const square = new Uint8Array(48 * 48);
    const run = (times: number) => {
      for (let i = 0; i < times; i += 1) filmToSquare(bytes, { size: 48, fit: "pad", resize: "bilinear" }, square);
    };
    run(100);
    const before = process.memoryUsage.rss();
    run(300);
    // A picture of each would be 90 MB.
    expect(process.memoryUsage.rss() - before).toBeLessThan(30e6);
  });

  test("EXIF orientation is applied", async () => {
    const upright = await picture(60, 40).toColourspace("b-w").png().toBuffer();
    const turned = await sharp(upright).rotate(270).jpeg({ quality: 100 }).withMetadata({ orientation: 6 }).toBuffer();
    const film = decodeFilm(turned);
    expect([film.width, film.height]).toEqual([60, 40]);
    const expected = decodeFilm(upright).data;
    film.data.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(3);
    });
  });

  test("what is no whole film is refused, cut at any byte", async () => {
    expect(code(new Uint8Array())).toBe("film-empty");
    expect(code(Buffer.from("GIF89a, or any text"))).toBe("film-format");
    for (const format of ["jpeg", "png"] as const) {
      const bytes = await picture(120, 90).toColourspace("b-w").toFormat(format).toBuffer();
      expect(code(bytes)).toBe("decoded");
      for (let end = 60; end < bytes.length; end += Math.ceil(bytes.length / 25)) {
        expect(code(bytes.subarray(0, end))).toMatch(/^film-(truncated|format)$/);
      }
      expect(code(bytes.subarray(0, -1))).toBe("film-truncated");
    }
    const damaged = await picture(120, 90).toColourspace("b-w").png().toBuffer();
    damaged[damaged.length >> 1]! ^= 0x55;
    expect(code(damaged)).toBe("film-damaged");
  });

  test("a few bytes that claim a huge picture are refused before any memory is taken", async () => {
    const bytes = await picture(64, 64).toColourspace("b-w").png().toBuffer();
    bytes.writeUInt32BE(60_000, 16);
    bytes.writeUInt32BE(60_000, 20);
    expect(code(bytes)).toBe("film-size");
  });

  test("leaves no tensor behind, also after an error", async () => {
    const bytes = await picture(64, 64).jpeg().toBuffer();
    const before = binding().getNumOfTensors();
    for (let i = 0; i < 20; i += 1) {
      decodeFilm(bytes);
      code(bytes.subarray(0, bytes.length - 40));
    }
    expect(binding().getNumOfTensors()).toBe(before);
  });
});

describe.skipIf(!existsSync(awkward))("awkward films (../shared)", () => {
  const mean = (name: string) => {
    const { data, maxValue } = decodeFilm(sample(name));
    let sum = 0;
    for (const value of data) sum += value;
    return sum / data.length / maxValue;
  };

  test.each(["gray16_fullrange.png", "progressive.jpg", "cmyk.jpg", "exif_orientation_6.jpg"])(
    "%s is as bright as its original",
    (name) => {
      expect(mean(name)).toBeCloseTo(mean("baseline_nih_1024_gray8.png"), 3);
    },
  );

  test.each([
    ["truncated.png", "film-truncated"],
    ["text_named.jpg", "film-format"],
    ["rtplan_no_pixels.dcm", "film-format"],
  ])("%s is refused: %s", (name, expected) => {
    expect(code(sample(name))).toBe(expected);
  });
});
