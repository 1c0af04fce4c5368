import dcmjsCodecs from "dcmjs-codecs";
import { beforeAll, describe, expect, test } from "vitest";
import { readFilm } from "../../../lib/imaging/read-film.ts";
import { compress } from "./compressed.ts";
import { type DicomOptions, type DicomTags, dicomFile, metaHeader, type Picture, SYNTAX } from "./dicom-file.ts";
import { refusal } from "./films.ts";

/** A film's header in every way that the standard allows, and in some that writers have. */
const film: Picture = {
  width: 40,
  height: 30,
  bitsAllocated: 16,
  bitsStored: 12,
  values: Int32Array.from({ length: 1200 }, (_, i) => (i * 37) % 4096),
};
const expectFilm = async (file: Uint8Array, values: ArrayLike<number> = film.values) =>
  expect([...(await readFilm(file)).image.data]).toEqual(Array.from(values));

const UNCOMPRESSED = ["explicit", "implicit", "bigEndian", "deflated"] as const;
const LITTLE = { explicit: true, big: false };

describe("value representations", () => {
  const bytes = new Uint8Array(8);
  test.each(
    "OB OD OF OL OV OW SV UC UN UR UT UV".split(" ").flatMap((vr) => UNCOMPRESSED.map((s) => [vr, s] as const)),
  )("a length of 32 bits behind %s, %s", async (vr, syntax) => {
    const tags: DicomTags = { "00091010": [vr, bytes], "00091011": [vr, new Uint8Array()], "00211010": [vr, bytes] };
    await expectFilm(dicomFile(film, { tags, syntax: SYNTAX[syntax] }));
  });

  test("tables of offsets of 64 bits", async () => {
    await dcmjsCodecs.NativeCodecs.initializeAsync();
    const tags: DicomTags = { "7fe00001": ["OV", bytes], "7fe00002": ["OV", bytes] };
    const fragments = [compress(film, "encodeJpegLs")];
    await expectFilm(dicomFile(film, { tags, syntax: SYNTAX.jpegLs, fragments }));
  });

  test.each(["??", "ZZ", "\0\0", "  ", "us"])("%o, which the standard does not know, with 16 bits", async (vr) => {
    await expectFilm(dicomFile(film, { tags: { "00091010": [vr, bytes], "00091012": [vr, new Uint8Array()] } }));
  });

  test("an element without one among others", async () => {
    // Group 0009, element 1010, four bytes.
    const implicit = Buffer.from("0900101004000000abcdefef", "hex");
    const file = dicomFile(film);
    const at = file.indexOf(Buffer.from("18001500", "hex"));
    await expectFilm(Buffer.concat([file.subarray(0, at), implicit, file.subarray(at)]));
  });
});

describe("sequences", () => {
  const inner: DicomTags = {
    "00091010": ["LO", "private"],
    "00280010": ["US", 7],
    "7fe00010": ["OW", new Uint8Array(20)],
  };
  const nested = (open: boolean, explicit?: boolean): DicomTags => ({
    ...inner,
    "00091011": ["SQ", { items: [inner, {}], open, ...(explicit === undefined ? {} : { explicit }) }],
  });
  const kinds = ["SQ", "UN"].flatMap((vr) =>
    [false, true].flatMap((open) => [undefined, false, true].map((explicit) => ({ vr, open, explicit }))),
  );
  test.each(
    kinds.flatMap((kind) => (["explicit", "implicit", "bigEndian"] as const).map((s) => ({ ...kind, syntax: s }))),
  )("$vr, open: $open, items explicit: $explicit, in $syntax", async ({ vr, open, explicit, syntax }) => {
    const items = { items: [nested(open, explicit), inner], open, ...(explicit === undefined ? {} : { explicit }) };
    await expectFilm(dicomFile(film, { tags: { "00091012": [vr, items] }, syntax: SYNTAX[syntax] }));
  });

  const table = Array.from({ length: 4096 }, (_, i) => 4095 - i);
  const lut: DicomTags = { "00283002": ["US", [4096, 0, 12]], "00283006": ["OW", table] };
  test.each(kinds.filter(({ explicit }) => explicit !== undefined))(
    "a VOI table is read from $vr, open: $open, explicit: $explicit",
    async ({ vr, open, explicit }) => {
      const tags: DicomTags = { "00283010": [vr, { items: [lut], open, explicit: explicit! }] };
      await expectFilm(
        dicomFile(film, { tags }),
        film.values.map((value) => 4095 - value),
      );
    },
  );

  test("of no end", async () => {
    const file = dicomFile(film, { tags: { "00091012": ["SQ", { items: [inner], open: true }] } });
    const delimiter = file.indexOf(Buffer.from("feffdde0", "hex"));
    expect(await refusal(readFilm(Buffer.concat([file.subarray(0, delimiter), file.subarray(delimiter + 8)])))).toBe(
      "film-damaged",
    );
  });

  test("within sequences without end", async () => {
    const opened = Buffer.concat(Array<Buffer>(20_000).fill(Buffer.from("08004011fffffffffeff00e0ffffffff", "hex")));
    expect(await refusal(readFilm(Buffer.concat([metaHeader(SYNTAX.implicit, LITTLE), opened])))).toBe("film-damaged");
  });

  test("of a million empty items", async () => {
    const items = { items: Array<DicomTags>(100_000).fill({}), open: true };
    expect(await refusal(readFilm(dicomFile(film, { tags: { "00091012": ["SQ", items] } })))).toBe("film-damaged");
  });
});

describe("meta headers", () => {
  const encodings = [true, false].flatMap((explicit) => [true, false].map((big) => ({ explicit, big })));
  const again = encodings.map((encoding) => metaHeader(SYNTAX.explicit, encoding));
  test.each(
    UNCOMPRESSED.flatMap((syntax) =>
      encodings.flatMap((meta) => [true, false].map((preamble) => ({ syntax, meta, preamble }))),
    ),
  )("$meta before $syntax, preamble: $preamble", async ({ syntax, meta, preamble }) => {
    await expectFilm(dicomFile(film, { syntax: SYNTAX[syntax], meta, preamble }));
  });

  test.each(["explicit", "implicit", "bigEndian"] as const)("a second one in the data set, %s", async (syntax) => {
    for (const behindMeta of again) await expectFilm(dicomFile(film, { syntax: SYNTAX[syntax], behindMeta }));
  });

  test("the first of two says how the pixels are compressed", async () => {
    await dcmjsCodecs.NativeCodecs.initializeAsync();
    const options: DicomOptions = { syntax: SYNTAX.jpegLs, fragments: [compress(film, "encodeJpegLs")] };
    for (const behindMeta of again) await expectFilm(dicomFile(film, { ...options, behindMeta }));
  });

  test.each(["explicit", "implicit", "bigEndian"] as const)("none, %s", async (syntax) => {
    for (const preamble of [true, false]) {
      await expectFilm(dicomFile(film, { syntax: SYNTAX[syntax], meta: false, preamble }));
    }
  });

  test("a prefix without its preamble", async () => {
    await expectFilm(dicomFile(film).subarray(128));
  });
});

describe("pixels in pieces", () => {
  beforeAll(() => dcmjsCodecs.NativeCodecs.initializeAsync());
  const jpegLs = { syntax: SYNTAX.jpegLs } as const;
  const whole = (): Buffer => dicomFile(film, { ...jpegLs, fragments: [compress(film, "encodeJpegLs")] });

  test("without a delimiter", async () => {
    await expectFilm(whole().subarray(0, -8));
  });

  test("without a table of offsets", async () => {
    const file = whole();
    const at = file.indexOf(Buffer.from("e07f10004f420000ffffffff", "hex")) + 12;
    await expectFilm(Buffer.concat([file.subarray(0, at), file.subarray(at + 8)]));
  });

  test("uncompressed ones", async () => {
    const syntax = "1.2.840.10008.1.2.1.98";
    const fragments = [Buffer.from(Uint16Array.from(film.values).buffer)];
    await expectFilm(dicomFile(film, { syntax, fragments }));
  });
});
