import dcmjsCodecs from "dcmjs-codecs";
import sharp, { type JpegOptions } from "sharp";
import { beforeEach, describe, expect, test } from "vitest";
import { readFilm } from "../../../lib/imaging/read-film.ts";
import { compress, LOSSLESS } from "./compressed.ts";
import { type DicomTags, dicomFile, type Picture, SYNTAX } from "./dicom-file.ts";
import { asSharp, drawnFilm, largestDifference, refusal } from "./films.ts";

/** A frame that can't be decoded unloads them. */
beforeEach(() => dcmjsCodecs.NativeCodecs.initializeAsync());

const drawn = drawnFilm(67, 50, 65_535);
const film: Picture = {
  width: 67,
  height: 50,
  bitsAllocated: 16,
  bitsStored: 12,
  values: Int32Array.from(drawn.data, (value) => value >> 4),
};
const bytes: Picture = { ...film, bitsAllocated: 8, bitsStored: 8, values: Int32Array.from(drawn.data, (v) => v >> 8) };
const jpegOf = (options: JpegOptions = {}): Promise<Buffer> =>
  asSharp({ ...drawn, maxValue: 255, data: Uint8Array.from(bytes.values) })
    .jpeg({ quality: 95, ...options })
    .toBuffer();

const read = (picture: Picture, syntax: string, frame: Uint8Array, tags: DicomTags = {}) =>
  readFilm(dicomFile(picture, { syntax, fragments: [frame], tags }));

const END = 0xd9ff;
/** Frames that end with a marker: all but those of run lengths. */
const MARKED = LOSSLESS.filter(([syntax]) => syntax !== "rle");

/** Up to its last marker. */
function unpadded(frame: Buffer): Buffer {
  const at = frame.lastIndexOf(Buffer.from([END & 0xff, END >> 8]));
  return frame.subarray(0, at + 2);
}

const PADDINGS: readonly [string, Uint8Array][] = [
  ["nothing", new Uint8Array()],
  ["zeros", new Uint8Array(9)],
  ["ones", new Uint8Array(6).fill(0xff)],
  ["blanks", new Uint8Array(5).fill(0x20)],
  ["anything", Uint8Array.from({ length: 50 }, (_, i) => (i * 41) & 0x7f)],
];

describe("what stands behind a frame's end is no part of it", () => {
  test.each(
    MARKED.flatMap(([syntax, encode, parameters]) =>
      PADDINGS.map(([name, padding]) => ({ syntax, name, encode, parameters, padding })),
    ),
  )("$syntax, $name", async ({ syntax, encode, parameters, padding }) => {
    const frame = Buffer.concat([unpadded(compress(film, encode, parameters)), padding]);
    expect([...(await read(film, SYNTAX[syntax], frame)).image.data]).toEqual([...film.values]);
  });

  test.each(PADDINGS)("JPEG, %s", async (_, padding) => {
    const jpeg = await jpegOf();
    const plain = await read(bytes, SYNTAX.jpegBaseline, jpeg);
    expect((await read(bytes, SYNTAX.jpegBaseline, Buffer.concat([jpeg, padding]))).image).toEqual(plain.image);
  });
});

describe("a frame without its end", () => {
  const zeros = [new Uint8Array(), new Uint8Array(1), new Uint8Array(8)];

  test.each(MARKED)("%s is read if nothing else is missing", async (syntax, encode, parameters) => {
    const frame = unpadded(compress(film, encode, parameters)).subarray(0, -2);
    for (const padding of syntax === "jpeg2000" || syntax === "htj2k" ? [new Uint8Array()] : zeros) {
      const whole = Buffer.concat([frame, padding]);
      expect([...(await read(film, SYNTAX[syntax], whole)).image.data]).toEqual([...film.values]);
    }
  });

  test.each(MARKED)("%s is truncated wherever else it is cut", async (syntax, encode, parameters) => {
    const frame = unpadded(compress(film, encode, parameters));
    for (const share of [0.5, 0.8, 0.95, 0.99]) {
      const cut = frame.subarray(0, Math.floor(frame.length * share));
      expect(await refusal(read(film, SYNTAX[syntax], cut))).toBe("film-truncated");
    }
  });

  test.each([false, true])("JPEG, progressive: %s", async (progressive) => {
    const jpeg = await jpegOf({ progressive });
    const plain = await read(bytes, SYNTAX.jpegBaseline, jpeg);
    for (const padding of zeros) {
      const open = Buffer.concat([jpeg.subarray(0, -2), padding]);
      expect((await read(bytes, SYNTAX.jpegBaseline, open)).image).toEqual(plain.image);
    }
    for (const share of [0.5, 0.8, 0.95, 0.99]) {
      const cut = jpeg.subarray(0, Math.floor(jpeg.length * share));
      expect(await refusal(read(bytes, SYNTAX.jpegBaseline, cut))).toBe("film-truncated");
    }
  });
});

describe("three values a pixel, named as grey", () => {
  const rgb = Buffer.from(
    Uint8Array.from({ length: 3 * bytes.values.length }, (_, i) => bytes.values[Math.floor(i / 3)]!),
  );
  const named = (photometric: string): DicomTags => ({
    "00280002": ["US", 3],
    "00280004": ["CS", photometric],
    "00280006": ["US", 0],
  });
  const grey = { ...drawn, maxValue: 255, data: Uint8Array.from(bytes.values) };

  test.each(["MONOCHROME2", "MONOCHROME1"])("uncompressed, %s", async (photometric) => {
    const { image } = await readFilm(
      dicomFile({ ...bytes, values: Int32Array.from(rgb) }, { tags: named(photometric) }),
    );
    const inverted = photometric === "MONOCHROME1";
    expect([...image.data]).toEqual(Array.from(bytes.values, (value) => (inverted ? 255 - value : value)));
  });

  test.each(["4:2:0", "4:4:4"])("JPEG, %s", async (chromaSubsampling) => {
    const jpeg = await sharp(rgb, { raw: { width: 67, height: 50, channels: 3 } })
      .jpeg({ quality: 95, chromaSubsampling })
      .toBuffer();
    // Without the segment that says so, three components are luma and chromas.
    const bare = Buffer.concat([jpeg.subarray(0, 2), jpeg.subarray(jpeg.indexOf(Buffer.from([0xff, 0xdb])))]);
    for (const frame of [jpeg, bare]) {
      const { image } = await read(bytes, SYNTAX.jpegBaseline, frame, named("MONOCHROME2"));
      expect(largestDifference(image, grey)).toBeLessThan(0.05);
    }
  });
});

describe("padding", () => {
  /** Every seventh pixel is padding: its word, and what the header says of it. */
  const padded = (word: number, signed: boolean) => {
    const offset = signed ? 2048 : 0;
    const values = Int32Array.from(film.values, (value, i) => (i % 7 === 0 ? word : (value - offset) & 0xffff));
    return { ...film, signed, values };
  };

  test.each<[string, number, boolean]>([
    ["outside the used bits, with sign", 0x8000, true],
    ["outside the used bits", 0xffff, false],
    ["above the used bits", 4096, false],
    ["within them, with sign", 0xf800, true],
    ["within them", 4095, false],
  ])("%s is black, and the rest as it is", async (_, word, signed) => {
    for (const photometric of ["MONOCHROME1", "MONOCHROME2"]) {
      const tags: DicomTags = { "00280004": ["CS", photometric], "00280120": [signed ? "SS" : "US", word] };
      const { image } = await readFilm(dicomFile(padded(word, signed), { tags }));
      const inverted = photometric === "MONOCHROME1";
      const expected = Array.from(film.values, (value, i) => (i % 7 === 0 ? 0 : inverted ? 4095 - value : value));
      expect([...image.data]).toEqual(expected);
    }
  });

  test("a range of it outside the used bits", async () => {
    const tags: DicomTags = { "00280120": ["US", 60_000], "00280121": ["US", 65_535] };
    const { image } = await readFilm(dicomFile(padded(62_000, false), { tags }));
    expect([...image.data]).toEqual(Array.from(film.values, (value, i) => (i % 7 === 0 ? 0 : value)));
  });
});

describe("a compression that is not read is named", () => {
  test.each([
    ["1.2.840.10008.1.2.4.110", "JPEG XL"],
    ["1.2.840.10008.1.2.4.112", "JPEG XL"],
    ["1.2.840.10008.1.2.4.107", "HEVC"],
    ["1.2.840.10008.1.2.4.108", "HEVC"],
    ["1.2.840.10008.1.2.4.94", "JPIP"],
    ["1.2.840.10008.1.2.4.204", "JPIP"],
    ["1.2.840.10008.1.2.4.100", "MPEG-2"],
    ["1.2.840.10008.1.2.4.103", "MPEG-4"],
    ["1.2.840.10008.1.2.4.55", "JPEG, retired process"],
    ["1.2.3.4.5", "transfer syntax 1.2.3.4.5"],
    ["DOE JANE", "unknown"],
  ])("%s: %s", async (syntax, name) => {
    const error = await read(film, syntax, new Uint8Array(20)).catch((cause: Error) => cause);
    expect(error).toMatchObject({ code: "dicom-transfer-syntax", message: expect.stringContaining(name) });
    expect((error as Error).message).not.toContain("JANE");
  });
});

describe("a frame that claims far more pixels than it has bytes for", () => {
  // Somewhat more than any file may claim, so that a test takes no longer than it must.
  const side = 2100;
  const square = (side: number): Picture => ({
    ...bytes,
    width: side,
    height: side,
    values: new Uint8Array(side * side).fill(90),
  });
  const flat = square(side);
  const PADDING = Buffer.alloc(50_000);

  test.each(LOSSLESS.filter(([syntax]) => /^(jpegLs|jpeg2000|htj2k)$/.test(syntax)))(
    "%s is refused from its header, however it is made longer",
    async (syntax, encode, parameters) => {
      const frame = compress(flat, encode, parameters);
      for (const padded of [frame, Buffer.concat([frame, PADDING])]) {
        expect(await refusal(read(flat, SYNTAX[syntax], padded))).toBe("film-size");
      }
      const plain = dicomFile(flat, {
        syntax: SYNTAX[syntax],
        fragments: [frame],
        tags: { "00091001": ["OB", PADDING] },
      });
      expect(await refusal(readFilm(plain))).toBe("film-size");
    },
  );

  test("a film so large is read, where its bytes are a film's", async () => {
    const large = { ...flat, values: Uint8Array.from(flat.values, (value, i) => value + ((i * 7919) % 13)) };
    const { image } = await read(large, SYNTAX.jpegLs, compress(large, "encodeJpegLs"));
    expect([image.width, image.height]).toEqual([side, side]);
  });

  test("deflated, it is refused before its pixels are inflated", async () => {
    expect(await refusal(readFilm(dicomFile(square(4990), { syntax: SYNTAX.deflated })))).toBe("film-size");
  });
});
