import { readFileSync } from "node:fs";
import dcmjsCodecs from "dcmjs-codecs";
import { beforeEach, describe, expect, test } from "vitest";
import { random } from "../../../lib/domain/random.ts";
import { readFilm } from "../../../lib/imaging/read-film.ts";
import { compress, LOSSLESS } from "./compressed.ts";
import { type DicomOptions, type DicomTags, dicomFile, nativePixels, type Picture, SYNTAX } from "./dicom-file.ts";
import { AWKWARD, asSharp, drawnFilm, hasAwkward, largestDifference, refusal } from "./films.ts";

const { NativeCodecs } = dcmjsCodecs;
const width = 67;
const height = 50;

function picture(bitsStored: number, { signed = false, most = 2 ** bitsStored } = {}): Picture {
  const next = random(3, "dicom", bitsStored);
  const offset = signed ? 2 ** (bitsStored - 1) : 0;
  const ramp = (i: number) => ((i % width) + Math.floor(i / width)) / (width + height - 2);
  const values = Int32Array.from({ length: width * height }, (_, i) =>
    Math.min(most - 1, Math.floor((ramp(i) * 0.9 + next() * 0.1) * most) - offset),
  );
  values[0] = most - 1 - offset;
  return { width, height, bitsAllocated: bitsStored > 8 ? 16 : 8, bitsStored, signed, values };
}

const read = async (file: Picture, options: DicomOptions = {}) => readFilm(dicomFile(file, options));
const valuesOf = async (file: Picture, options: DicomOptions = {}) => [...(await read(file, options)).image.data];

describe("uncompressed", () => {
  const syntaxes = ["implicit", "explicit", "deflated", "bigEndian"] as const;
  test.each(syntaxes.flatMap((syntax) => [8, 12, 16].map((bits) => [syntax, bits] as const)))(
    "%s, %i bits",
    async (syntax, bits) => {
      const film = picture(bits);
      const { image, facts } = await read(film, { syntax: SYNTAX[syntax] });
      expect([...image.data]).toEqual([...film.values]);
      expect(image).toMatchObject({ width, height, maxValue: 2 ** bits - 1 });
      expect(facts).toEqual({ format: "dicom", width, height, bitDepth: bits, view: null });
    },
  );

  test.each([
    ["no preamble", { preamble: false }],
    ["no preamble and no meta header, explicit", { preamble: false, meta: false }],
    ["no preamble and no meta header, implicit", { preamble: false, meta: false, syntax: SYNTAX.implicit }],
  ])("%s", async (_, options) => {
    const film = picture(12);
    expect(await valuesOf(film, options)).toEqual([...film.values]);
  });

  test("eight-bit values in big-endian words", async () => {
    const film = picture(8);
    const file = dicomFile(film, { syntax: SYNTAX.bigEndian, pixels: false });
    const header = Buffer.from([0x7f, 0xe0, 0x00, 0x10, 0x4f, 0x57, 0, 0, 0, 0, 0, 0]);
    header.writeUInt32BE(film.values.length, 8);
    const swapped = nativePixels(film).swap16();
    const { image } = await readFilm(Buffer.concat([file, header, swapped]));
    expect([...image.data]).toEqual([...film.values]);
  });

  test("a deflated file that ends early is truncated", async () => {
    const file = dicomFile(picture(12), { syntax: SYNTAX.deflated });
    expect(await refusal(readFilm(file.subarray(0, file.length - 200)))).toBe("film-truncated");
  });
});

describe("compressed", () => {
  // A frame that can't be decoded unloads them.
  beforeEach(() => NativeCodecs.initializeAsync());

  test.each(
    LOSSLESS.flatMap(([syntax, encode, parameters]) =>
      [8, 12, 16].map((bits) => [syntax, bits, encode, parameters] as const),
    ),
  )("%s, %i bits", async (syntax, bits, encode, parameters) => {
    const film = picture(bits);
    const fragments = [compress(film, encode, parameters)];
    expect(await valuesOf(film, { syntax: SYNTAX[syntax], fragments })).toEqual([...film.values]);
  });

  test("JPEG baseline, in several fragments, as another library wrote it", async () => {
    const drawn = drawnFilm(width, height);
    const jpeg = await asSharp(drawn).jpeg({ quality: 95 }).toBuffer();
    const film: Picture = { width, height, bitsAllocated: 8, bitsStored: 8, values: drawn.data };
    const fragments = [jpeg.subarray(0, 200), jpeg.subarray(200, 400), jpeg.subarray(400)];
    const { image } = await read(film, { syntax: SYNTAX.jpegBaseline, fragments });
    expect(largestDifference(image, (await readFilm(jpeg)).image)).toBeLessThan(0.01);
  });

  test.each([[0x01], [0xd0], [0xd8]])(
    "a JPEG with marker %i, which has no length, before its tables",
    async (marker) => {
      const drawn = drawnFilm(width, height);
      const film: Picture = { width, height, bitsAllocated: 8, bitsStored: 8, values: drawn.data };
      const jpeg = await asSharp(drawn).jpeg({ quality: 95 }).toBuffer();
      const odd = Buffer.concat([jpeg.subarray(0, 2), Buffer.of(0xff, marker, 0xff, marker), jpeg.subarray(2)]);
      const [plain, lone] = [jpeg, odd].map((one) => valuesOf(film, { syntax: SYNTAX.jpegBaseline, fragments: [one] }));
      expect(await lone).toEqual(await plain);
    },
  );

  test.each(LOSSLESS)("%s, cut in half, is truncated, never half a film", async (syntax, encode, parameters) => {
    const film = picture(12);
    const whole = compress(film, encode, parameters);
    const options = { syntax: SYNTAX[syntax], fragments: [whole.subarray(0, 2 * Math.floor(whole.length / 4))] };
    expect(await refusal(read(film, options))).toBe("film-truncated");
  });

  test("a picture of another size than the header's is refused before it is decoded", async () => {
    const film = picture(12);
    const fragments = [compress(film, "encodeJpeg2000")];
    fragments[0]!.writeUInt32BE(60_000, 8);
    expect(await refusal(read(film, { syntax: SYNTAX.jpeg2000, fragments }))).toBe("film-damaged");
  });

  test("a damaged film does not spoil the next one", async () => {
    const film = picture(12);
    const fragments = [compress(film, "encodeJpegLs")];
    const damaged = Buffer.from(fragments[0]!);
    damaged.fill(0x5a, 30, 60);
    await refusal(read(film, { syntax: SYNTAX.jpegLs, fragments: [damaged] }));
    expect(await valuesOf(film, { syntax: SYNTAX.jpegLs, fragments })).toEqual([...film.values]);
  });
});

describe("grey scale", () => {
  const film = picture(12);

  test("MONOCHROME1 is turned round", async () => {
    const tags = { "00280004": ["CS", "MONOCHROME1"] } as const;
    expect(await valuesOf(film, { tags })).toEqual(Array.from(film.values, (value) => 4095 - value));
  });

  test("twelve bits in a header of sixteen are not black", async () => {
    const stored: Picture = { ...picture(16, { most: 4096 }) };
    const { image } = await read(stored);
    expect([...image.data]).toEqual(Array.from(stored.values, (value) => Math.round((value / 4095) * 65535)));
  });

  describe("without a window, a film that reaches neither black nor white keeps its greys", () => {
    const shades = Int32Array.from(film.values, (value) => 300 + Math.round((value / 4095) * 3400));
    const inner: Picture = { ...film, values: shades };
    const shifted = shades.map((value) => value - 2048);
    const rescale = (slope: string, intercept: string): DicomOptions => ({
      tags: { "00281053": ["DS", slope], "00281052": ["DS", intercept] },
    });
    const table = Array.from({ length: 4096 }, (_, i) => i);
    const lut: DicomOptions = {
      tags: { "00283000": ["SQ", [{ "00283002": ["US", [4096, 0, 16]], "00283006": ["OW", table] }]] },
    };

    test.each<[string, Picture, DicomOptions]>([
      ["as stored", inner, {}],
      ["rescaled", inner, rescale("2.5", "-1024")],
      ["rescaled by a negative slope", { ...inner, values: shades.map((v) => 4095 - v) }, rescale("-1", "4095")],
      ["through a modality table", inner, lut],
      ["with sign", { ...inner, signed: true, values: shifted }, {}],
      ["with sign and rescaled back", { ...inner, signed: true, values: shifted }, rescale("1", "2048")],
      ["with sign in sixteen bits", { ...inner, signed: true, bitsStored: 16, values: shifted }, {}],
      ["with sign, and none negative", { ...inner, signed: true, bitsStored: 16 }, {}],
      ["in sixteen bits", { ...inner, bitsStored: 16 }, {}],
      ["of nine bits", { ...inner, bitsStored: 9, values: shades.map((v) => v >> 3) }, {}],
      ["of fifteen bits", { ...inner, bitsStored: 15, values: shades.map((v) => v << 3) }, {}],
    ])("%s", async (_, stored, options) => {
      const { image } = await read(stored, options);
      const most = Math.max(
        ...image.data.map((value, i) => Math.abs(value / image.maxValue - shades[i]! / 4095) * 4095),
      );
      expect(most).toBeLessThan(stored.bitsStored === 9 ? 9 : 2);
    });

    test("measured values, such as Hounsfield's, run from their least to their most", async () => {
      const values = shades.map((value) => value - 1024);
      const { image } = await read({ ...inner, signed: true, bitsStored: 16, values });
      expect([Math.min(...image.data), Math.max(...image.data)]).toEqual([0, 65535]);
    });
  });

  /** PS3.3, C.11.2.1.2.1 and C.11.2.1.3, as printed there: y for output range 0 to 1. */
  const linear = (x: number, c: number, w: number) =>
    x <= c - 0.5 - (w - 1) / 2 ? 0 : x > c - 0.5 + (w - 1) / 2 ? 1 : (x - (c - 0.5)) / (w - 1) + 0.5;
  const exact = (x: number, c: number, w: number) => (x <= c - w / 2 ? 0 : x > c + w / 2 ? 1 : (x - c) / w + 0.5);
  const sigmoid = (x: number, c: number, w: number) => 1 / (1 + Math.exp((-4 * (x - c)) / w));

  test.each([
    ["LINEAR", linear],
    ["LINEAR_EXACT", exact],
    ["SIGMOID", sigmoid],
  ] as const)("window, %s", async (name, formula) => {
    const tags = { "00281050": ["DS", "1500.5"], "00281051": ["DS", "901"], "00281056": ["CS", name] } as const;
    const expected = Array.from(film.values, (value) => Math.round(formula(value, 1500.5, 901) * 4095));
    expect(await valuesOf(film, { tags })).toEqual(expected);
  });

  test("a window is of rescaled values, and the first of several", async () => {
    const tags = {
      "00281052": ["DS", "-1024"],
      "00281053": ["DS", "2"],
      "00281050": ["DS", "2100\\3000"],
      "00281051": ["DS", "4001\\10"],
    } as const;
    const expected = Array.from(film.values, (value) => Math.round(linear(value * 2 - 1024, 2100, 4001) * 4095));
    expect(await valuesOf(film, { tags })).toEqual(expected);
  });

  test("a VOI table goes before a window", async () => {
    const table = Array.from({ length: 1000 }, (_, i) => Math.round(1023 * Math.sqrt(i / 999)));
    const tags = {
      "00283010": ["SQ", [{ "00283002": ["US", [1000, 500, 10]], "00283006": ["OW", table] }]],
      "00281050": ["DS", "2000"],
      "00281051": ["DS", "10"],
    } as const;
    const at = (value: number) => table[Math.min(999, Math.max(0, value - 500))]!;
    const expected = Array.from(film.values, (value) => Math.round((at(value) / 1023) * 4095));
    expect(await valuesOf(film, { tags })).toEqual(expected);
  });

  test.each([
    ["sixteen bits declared for entries of twelve", 16, 4095, 4095],
    ["eight bits declared for entries of ten", 8, 1023, 1023],
    ["entries that need the topmost bit declared", 11, 1500, 2047],
  ])("a VOI table is as deep as its entries: %s", async (_, bits, largest, white) => {
    const table = Array.from({ length: 4096 }, (_, i) => Math.round((i / 4095) * largest));
    const tags = { "00283010": ["SQ", [{ "00283002": ["US", [4096, 0, bits]], "00283006": ["OW", table] }]] } as const;
    for (const syntax of [SYNTAX.explicit, SYNTAX.implicit, SYNTAX.bigEndian]) {
      const expected = Array.from(film.values, (value) => Math.round((table[value]! / white) * 4095));
      expect(await valuesOf(film, { tags, syntax })).toEqual(expected);
    }
  });

  test("two tables of 65,536 entries are read", async () => {
    const whole = Array.from({ length: 65_536 }, (_, i) => i);
    const item: DicomTags = { "00283002": ["US", [0, 0, 16]], "00283006": ["OW", whole] };
    const deep = picture(16);
    const tags: DicomTags = { "00283000": ["SQ", [item]], "00283010": ["SQ", [item]] };
    expect(await valuesOf(deep, { tags })).toEqual([...deep.values]);
  });

  test("a modality table goes before the window", async () => {
    const table = Array.from({ length: 4096 }, (_, i) => 4095 - i);
    const tags = {
      "00283000": ["SQ", [{ "00283002": ["US", [4096, 0, 16]], "00283006": ["OW", table] }]],
      "00281050": ["DS", "2000"],
      "00281051": ["DS", "1001"],
    } as const;
    const expected = Array.from(film.values, (value) => Math.round(linear(4095 - value, 2000, 1001) * 4095));
    expect(await valuesOf(film, { tags })).toEqual(expected);
  });

  test("padding is black, and does not stretch the scale", async () => {
    const values = Int32Array.from(film.values, (value, i) => (i % 10 === 0 ? 65535 : value));
    const padded: Picture = { width, height, bitsAllocated: 16, bitsStored: 16, values };
    const tags = { "00280004": ["CS", "MONOCHROME1"], "00280120": ["US", 65535] } as const;
    const data = await valuesOf(padded, { tags });
    expect(data[10]).toBe(0);
    expect(data[11]).toBe(Math.round((1 - values[11]! / 4095) * 65535));
  });

  test("a window that shows nothing is left out, with a warning", async () => {
    const tags = { "00281050": ["DS", "60000"], "00281051": ["DS", "2"] } as const;
    const { image, warnings } = await read(film, { tags });
    expect([...image.data]).toEqual([...film.values]);
    expect(warnings.map(({ code }) => code)).toEqual(["window-left-out"]);
  });

  test("unused bits above the stored ones are not seen", async () => {
    const values = Int32Array.from(film.values, (value) => value | 0xa000);
    expect(await valuesOf({ ...film, values })).toEqual([...film.values]);
  });
});

describe("header", () => {
  const film = picture(12);

  test.each([
    ["a byte", Buffer.alloc(1)],
    ["text", Buffer.from("more of it ".repeat(99))],
    ["ones", Buffer.alloc(999, 0xff)],
  ])("what a writer left behind the picture is no part of it: %s", async (_, rest) => {
    const { image } = await readFilm(Buffer.concat([dicomFile(film), rest]));
    expect([...image.data]).toEqual([...film.values]);
  });

  test("a film on a scanner's film, modality RG, is a radiograph", async () => {
    expect(await valuesOf(film, { tags: { "00080060": ["CS", "RG"] } })).toEqual([...film.values]);
  });

  test.each<[string, DicomOptions]>([
    ["dicom-no-pixels", { pixels: false }],
    ["dicom-modality", { tags: { "00080060": ["CS", "CT"] } }],
    ["dicom-modality", { tags: { "00080060": ["CS", "MG"] } }],
    ["dicom-body-part", { tags: { "00180015": ["CS", "LEG"] } }],
    ["dicom-body-part", { tags: { "00180015": ["CS", "ABDOMEN"] } }],
    ["multi-frame", { tags: { "00280008": ["IS", "12"] } }],
    ["dicom-photometric", { tags: { "00280004": ["CS", "ARGB"] } }],
    ["dicom-pixel-format", { tags: { "00280004": ["CS", "RGB"] } }],
    ["dicom-pixel-format", { tags: { "00280100": ["US", 32] } }],
    ["dicom-pixel-format", { tags: { "00280102": ["US", 16] } }],
    ["film-size", { tags: { "00280010": ["US", 60000], "00280011": ["US", 60000] } }],
    ["film-truncated", { tags: { "00280010": ["US", height + 1] } }],
    ["dicom-transfer-syntax", { syntax: "1.2.840.10008.1.2.4.100" }],
    ["film-damaged", { syntax: SYNTAX.jpeg2000 }],
  ])("%s", async (code, options) => {
    expect(await refusal(read(film, options))).toBe(code);
  });

  test.each(["CHEST", "THORAX", "PORT CHEST", "RIBS", "CHEST_ABDOMEN", "UNKNOWN", ""])(
    "body part %o passes",
    async (part) => {
      expect(await refusal(read(film, { tags: { "00180015": ["CS", part] } }))).toBe("answered");
    },
  );

  test("a view is told; a lateral one is doubted; free text is not told", async () => {
    const viewed = async (view: string) => {
      const { facts, warnings } = await read(film, { tags: { "00185101": ["CS", view] } });
      return [facts.view, ...warnings.map(({ code }) => code)];
    };
    expect(await viewed("PA")).toEqual(["PA"]);
    expect(await viewed("LL")).toEqual(["LL", "lateral-view"]);
    expect(await viewed("JANE DOE")).toEqual([null]);
  });

  test("cut anywhere, a file is truncated or damaged, never answered", async () => {
    const file = dicomFile(film);
    for (let length = 140; length < file.length; length += 97) {
      const code = await refusal(readFilm(file.subarray(0, length)));
      expect(["film-truncated", "film-damaged", "dicom-no-pixels"]).toContain(code);
    }
    expect(await refusal(readFilm(file.subarray(0, file.length - 1)))).toBe("film-truncated");
  });

  test("messages tell nothing of a tag", async () => {
    const tags = { "00080060": ["CS", "SECRET1"], "00100010": ["PN", "SECRET2"] } as const;
    await expect(read(film, { tags })).rejects.toThrow(/^(?!.*SECRET)/);
  });
});

describe.skipIf(!hasAwkward)("real files", () => {
  const film = (name: string) => readFilm(readFileSync(`${AWKWARD}/${name}`));

  test.each([
    ["chest_CR_MONO1_10bit_explicitLE.dcm", 10, "PA"],
    ["chest_CR_MONO2_8bit_jpegbaseline_rsna.dcm", 8, "PA"],
    ["chest_DX_MONO2_8bit_implicitLE_nih.dcm", 8, null],
  ])("%s", async (name, bitDepth, view) => {
    const { facts, image, warnings } = await film(name);
    expect(facts).toMatchObject({ bitDepth, view });
    expect(image.maxValue).toBe(2 ** bitDepth - 1);
    expect(warnings).toEqual([]);
  });

  test.each([
    ["jpeg_lossless_nm.dcm", "dicom-modality"],
    ["rtplan_no_pixels.dcm", "dicom-no-pixels"],
  ])("%s: %s", async (name, code) => {
    expect(await refusal(film(name))).toBe(code);
  });
});
