import { readFileSync } from "node:fs";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { applyOrientation, type Orientation } from "../../../lib/domain/orientation.ts";
import { readFilm } from "../../../lib/imaging/read-film.ts";
import { AWKWARD, asSharp, drawnFilm, hasAwkward, largestDifference, refusal, samePixels } from "./films.ts";
import { pngHeader, pngOfBits } from "./png-file.ts";
import { tiffFile } from "./tiff-file.ts";

const film = drawnFilm();
const { width, height } = film;
const grey = await asSharp(film).png().toBuffer();

/** The film as colour, and as colour with an alpha that is anything but opaque. */
const withChannels = (count: 3 | 4) => {
  const data = Buffer.alloc(film.data.length * count);
  for (let i = 0; i < film.data.length; i += 1) {
    data.fill(film.data[i]!, i * count, i * count + 3);
    if (count === 4) data[i * count + 3] = (i * 7) % 256;
  }
  return sharp(data, { raw: { width, height, channels: count } });
};

describe("one film in many wrappings has the same pixels", () => {
  test.each<[string, () => Promise<Buffer>]>([
    ["PNG of 8 bits", async () => grey],
    ["interlaced PNG", () => asSharp(film).png({ progressive: true }).toBuffer()],
    ["RGB PNG", () => withChannels(3).png().toBuffer()],
    ["RGBA PNG with an alpha of all sorts", () => withChannels(4).png().toBuffer()],
    ["TIFF, LZW", () => asSharp(film).tiff({ compression: "lzw" }).toBuffer()],
    ["TIFF, uncompressed", () => asSharp(film).tiff({ compression: "none" }).toBuffer()],
    ["WebP, lossless", () => withChannels(3).webp({ lossless: true }).toBuffer()],
  ])("%s", async (_, wrap) => {
    const { image } = await readFilm(await wrap());
    expect(samePixels(image.data, film.data)).toBe(true);
    expect(image.maxValue).toBe(255);
  });

  test.each<[string, () => Promise<Buffer>]>([
    ["baseline", () => asSharp(film).jpeg({ quality: 95 }).toBuffer()],
    ["progressive", () => asSharp(film).jpeg({ quality: 95, progressive: true }).toBuffer()],
    ["RGB", () => withChannels(3).jpeg({ quality: 95, chromaSubsampling: "4:2:0" }).toBuffer()],
  ])("JPEG, %s, up to its losses", async (_, wrap) => {
    expect(largestDifference((await readFilm(await wrap())).image, film)).toBeLessThan(0.04);
  });

  test("a CMYK JPEG is the right way round", async () => {
    const ink = await withChannels(3).toColourspace("cmyk").jpeg({ quality: 95 }).toBuffer();
    expect((await sharp(ink).metadata()).space).toBe("cmyk");
    const { image } = await readFilm(ink);
    // The profile that made the inks bends the scale; its direction it does not change.
    expect(correlationOf(image.data, film.data)).toBeGreaterThan(0.95);
  });

  test("a palette is looked up", async () => {
    const few = { ...film, data: film.data.map((value) => value - (value % 64)) };
    const png = await sharp(few.data, { raw: { width, height, channels: 1 } })
      .png({ palette: true, colours: 8, dither: 0 })
      .toBuffer();
    expect((await sharp(png).metadata()).isPalette).toBe(true);
    expect(largestDifference((await readFilm(png)).image, few)).toBeLessThan(0.02);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8] as const)("EXIF orientation %i is applied", async (orientation: Orientation) => {
    const jpeg = await asSharp(film).withMetadata({ orientation }).jpeg({ quality: 100 }).toBuffer();
    const { image, facts } = await readFilm(jpeg);
    const turned = applyOrientation(film, orientation);
    expect(facts).toMatchObject({ width: turned.width, height: turned.height });
    expect(largestDifference(image, turned)).toBeLessThan(0.02);
  });
});

describe("depth", () => {
  test.each([
    [1023, 10],
    [4095, 12],
    [16383, 14],
    [65535, 16],
  ])("16-bit PNG with values up to %i counts as %i bits", async (most, bits) => {
    const deep = drawnFilm(200, 240, most);
    deep.data[0] = most;
    const { image, facts } = await readFilm(await asSharp(deep).png().toBuffer());
    expect(samePixels(image.data, deep.data)).toBe(true);
    expect(facts.bitDepth).toBe(bits);
    expect(image.maxValue).toBe(2 ** bits - 1);
  });

  test.each([
    ["a marker", 0.03],
    ["one hot pixel", 1e-9],
    ["padding around it", 0.4],
  ])("%s brighter than a film of 12 bits is white, and the film as it was", async (_, share) => {
    const deep = drawnFilm(200, 240, 4095);
    const spoilt = Uint16Array.from(deep.data);
    spoilt.fill(65535, 0, Math.max(1, share * spoilt.length));
    const expected = spoilt.map((value) => Math.min(4095, value));
    for (const bytes of [
      await asSharp({ ...deep, data: spoilt })
        .png()
        .toBuffer(),
      await asSharp({ ...deep, data: spoilt })
        .tiff({ compression: "lzw" })
        .toBuffer(),
      tiffFile({ ...deep, data: spoilt }),
      tiffFile({ ...deep, data: spoilt }, { bigEndian: true, big: true }),
    ]) {
      const { image, facts } = await readFilm(bytes);
      expect(facts.bitDepth).toBe(12);
      expect(samePixels(image.data, expected)).toBe(true);
    }
  });

  test.each([{}, { bigEndian: true }, { big: true }, { big: true, bigEndian: true }])(
    "a TIFF whose 0 is white is judged by what it holds: %j",
    async (options) => {
      const deep = drawnFilm(200, 240, 4095);
      deep.data[0] = 0;
      const turned = { ...deep, data: deep.data.map((value) => 4095 - value) };
      const { image, facts } = await readFilm(tiffFile(turned, { ...options, whiteIsZero: true }));
      expect(facts.bitDepth).toBe(12);
      expect(samePixels(image.data, deep.data)).toBe(true);
    },
  );

  test("one bit is black or white", async () => {
    const { image, facts } = await readFilm(pngOfBits(64, 32));
    expect(facts).toEqual({ format: "png", width: 64, height: 32, bitDepth: 1, view: null });
    expect([...image.data.subarray(0, 4)]).toEqual([255, 0, 255, 0]);
  });
});

describe("refused", () => {
  const animation = async () =>
    sharp([grey, await sharp(grey).negate().toBuffer()], { join: { animated: true } })
      .webp()
      .toBuffer();
  const ended = (bytes: Uint8Array): Uint8Array => Buffer.concat([bytes, Buffer.of(0xff, 0xd9)]);
  const half = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length / 2);

  test.each<[string, string, () => Uint8Array | Promise<Uint8Array>]>([
    ["nothing", "film-empty", () => new Uint8Array()],
    ["text", "unsupported-media", () => Buffer.from("Path,Sex,Age\n".repeat(50))],
    ["SVG", "unsupported-media", () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ["GIF", "unsupported-media", () => asSharp(film).gif().toBuffer()],
    ["BMP", "unsupported-media", () => Buffer.concat([Buffer.from("BM"), Buffer.alloc(400)])],
    ["AVIF", "unsupported-media", () => Buffer.concat([Buffer.from("\0\0\0\x20ftypavif"), Buffer.alloc(400)])],
    ["half a PNG", "film-truncated", () => half(grey)],
    ["half a JPEG", "film-truncated", async () => half(await asSharp(film).jpeg().toBuffer())],
    ["half a JPEG with its end mark", "film-truncated", async () => ended(half(await asSharp(film).jpeg().toBuffer()))],
    [
      "half a progressive JPEG with its end mark",
      "film-truncated",
      async () => ended(half(await asSharp(film).jpeg({ progressive: true }).toBuffer())),
    ],
    ["half a TIFF", "film-damaged", async () => half(await asSharp(film).tiff({ compression: "lzw" }).toBuffer())],
    ["the beginning of a PNG", "film-damaged", () => grey.subarray(0, 20)],
    ["an animation", "multi-frame", animation],
    ["a stamp", "film-size", () => asSharp(drawnFilm(12, 12)).png().toBuffer()],
  ])("%s: %s", async (_, code, make) => {
    expect(await refusal(readFilm(await make()))).toBe(code);
  });

  test("a header that claims 3.6 billion pixels, without memory for them", async () => {
    const before = process.memoryUsage.rss();
    expect(await refusal(readFilm(pngHeader(60_000, 60_000)))).toBe("film-size");
    expect(process.memoryUsage.rss() - before).toBeLessThan(50_000_000);
  });
});

describe("what a film takes to decode", () => {
  const LONG = 1_000_000;
  test.each<[string, string, () => Buffer]>([
    ["25 megapixels of grey", "film-truncated", () => pngHeader(5000, 5000, {}, LONG)],
    ["25 megapixels of 16 bits", "film-truncated", () => pngHeader(5000, 5000, { depth: 16 }, LONG)],
    ["20 megapixels of colour", "film-truncated", () => pngHeader(4472, 4472, { channels: 3 }, LONG)],
    ["26 megapixels of grey", "film-size", () => pngHeader(5100, 5100, {}, LONG)],
    ["25 megapixels of grey in some bytes", "film-size", () => pngHeader(5000, 5000)],
    ["25 megapixels of colour", "film-size", () => pngHeader(5000, 5000, { channels: 3 }, LONG)],
    [
      "12 megapixels of colour, 16 bits each",
      "film-size",
      () => pngHeader(3500, 3500, { channels: 3, depth: 16 }, LONG),
    ],
    [
      "16 megapixels of colour, interlaced",
      "film-size",
      () => pngHeader(4000, 4000, { channels: 3, interlaced: true }, LONG),
    ],
  ])("%s: %s", async (_, code, make) => {
    expect(await refusal(readFilm(make()))).toMatch(
      code === "film-size" ? /^film-size$/ : /^film-(truncated|damaged)$/,
    );
  });
});

describe.skipIf(!hasAwkward)("awkward files, against the film that they were made from", async () => {
  const read = async (name: string) => (await readFilm(readFileSync(`${AWKWARD}/${name}`))).image;

  test.each([
    ["gray16_fullrange.png", 1e-9],
    ["gray16_12bit_in_low_bits.png", 0.005],
  ])("%s", async (name, tolerance) => {
    expect(largestDifference(await read(name), await read("baseline_nih_1024_gray8.png"))).toBeLessThan(tolerance);
  });

  test.each(["progressive.jpg", "cmyk.jpg", "exif_orientation_6.jpg"])("%s", async (name) => {
    const half = await sharp(readFileSync(`${AWKWARD}/baseline_nih_1024_gray8.png`))
      .resize(512, 512)
      .toColourspace("b-w")
      .raw()
      .toBuffer();
    const image = await read(name);
    expect(correlationOf(image.data, half)).toBeGreaterThan(0.998);
    expect(Math.abs(meanOf(image.data) - meanOf(half))).toBeLessThan(1);
  });
});

const meanOf = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;

function correlationOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let [both, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    both += (a[i]! - meanA) * (b[i]! - meanB);
    squaresA += (a[i]! - meanA) ** 2;
    squaresB += (b[i]! - meanB) ** 2;
  }
  return both / Math.sqrt(squaresA * squaresB);
}
