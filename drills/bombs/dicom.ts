import { deflateRawSync } from "node:zlib";
import { type DicomTags, dicomFile, type Picture, SYNTAX } from "../../test/lib/imaging/dicom-file.ts";
import { answered, type Bomb, be16, be32, either, refused, u16, u32 } from "./bomb.ts";
import { rawDeflated } from "./zeros.ts";

const ROWS = "00280010";
const COLUMNS = "00280011";
const SAMPLES = "00280002";
const FRAMES = "00280008";
const PREAMBLE = 128;
const DEEP = 100_000;

/** Start of a JPEG 2000 codestream: its size, and that of its tiles, of so many components. */
const codestream = (size: number, tile: number, components: number): Buffer =>
  Buffer.concat([
    be16(0xff4f, 0xff51, 38 + 3 * components, 0),
    be32(size, size, 0, 0, tile, tile, 0, 0),
    be16(components),
    Buffer.concat(Array.from({ length: Math.min(components, 1000) }, () => Buffer.of(7, 1, 1))),
    // Its coding style, one layer, five decompositions; then a tile's start and pixels that are not there.
    be16(0xff52, 12),
    Buffer.of(0, 0, 0, 1, 0, 5, 4, 4, 0, 1),
    be16(0xff5c, 19),
    Buffer.alloc(17, 0x40),
    be16(0xff90, 10, 0),
    be32(0),
    Buffer.of(0, 1, 0xff, 0x93),
    Buffer.alloc(500),
  ]);

/** JPEG-LS and lossless JPEG, 16 bits, of 65,535 x 65,535. */
const jpegHeader = (frame: number): Buffer =>
  Buffer.concat([
    be16(0xffd8, frame, 11),
    Buffer.of(16),
    be16(65_535, 65_535),
    Buffer.of(1, 1, 0x11, 0),
    be16(0xffda, 8),
    Buffer.of(1, 1, 0, 0, 0, 0),
    Buffer.alloc(500),
  ]);

const table = (entries: number, first: number, bits: number, bytes: number): DicomTags =>
  Object.fromEntries(
    ["1", "2", "3"].flatMap((colour): (readonly [string, DicomTags[string]])[] => [
      [`0028110${colour}`, ["US", [entries, first, bits]]],
      [`0028120${colour}`, ["OW", Buffer.alloc(bytes)]],
    ]),
  );
const PALETTE: DicomTags = { "00280004": ["CS", "PALETTE COLOR"] };

/** @param picture of 8 bits */
export function dicomBombs(picture: Picture): Bomb[] {
  const plain = dicomFile(picture);
  const told = (tags: DicomTags): Buffer => dicomFile(picture, { tags });
  const within = (syntax: string, ...fragments: readonly Uint8Array[]): Buffer =>
    dicomFile(picture, { syntax, fragments });
  const preamble = (magic: string): Buffer =>
    Buffer.concat([Buffer.from(magic.padEnd(PREAMBLE, "\0"), "latin1"), plain.subarray(PREAMBLE)]);
  const start = plain.indexOf(Buffer.from("0800600043530200", "hex"));
  const meta = plain.subarray(0, start);
  const body = plain.subarray(start);
  const deflatedMeta = dicomFile(picture, { syntax: SYNTAX.deflated, pixels: false, tags: {} });
  const deflatedStart = deflatedMeta.indexOf(SYNTAX.deflated) + SYNTAX.deflated.length + (SYNTAX.deflated.length & 1);
  const deflated = (content: Uint8Array): Buffer => Buffer.concat([deflatedMeta.subarray(0, deflatedStart), content]);
  const huge = told({ [ROWS]: ["US", 60_000], [COLUMNS]: ["US", 60_000] });
  const pixels = plain.lastIndexOf(Buffer.from("e07f1000", "hex"));
  const long = (length: number): Buffer =>
    Buffer.concat([plain.subarray(0, pixels + 8), u32(length), plain.subarray(pixels + 12)]);
  const sequence = Buffer.from("08004011535100 00ffffffff".replace(" ", ""), "hex");
  const item = Buffer.from("feff00e0ffffffff", "hex");
  const elements = Array.from({ length: 1_000_000 }, (_, i) =>
    Buffer.concat([u16(9 + 2 * (i >> 16), i & 0xffff), Buffer.from("UN\0\0"), u32(0)]),
  );
  return [
    refused("DICOM of 2^31 samples", told({ [ROWS]: ["US", 32_768], [COLUMNS]: ["US", 65_535] })),
    refused("DICOM of 2^32 samples", told({ [ROWS]: ["US", 65_535], [COLUMNS]: ["US", 65_535], [SAMPLES]: ["US", 3] })),
    refused(
      "DICOM of 2^48 samples",
      told({ [ROWS]: ["US", 65_535], [COLUMNS]: ["US", 65_535], [SAMPLES]: ["US", 65_535] }),
    ),
    refused(
      "DICOM of 2^63 samples",
      told({ [ROWS]: ["US", 65_535], [COLUMNS]: ["US", 65_535], [FRAMES]: ["IS", "2147483647"] }),
    ),
    refused("DICOM of two billion frames", told({ [FRAMES]: ["IS", "2147483647"] })),
    either("DICOM of 10^300 frames", told({ [FRAMES]: ["IS", "1e300"] })),
    refused("DICOM of 65,535 bits", told({ "00280100": ["US", 65_535], "00280101": ["US", 65_535] })),
    refused("DICOM of 4 GB of pixels", long(0xffff_fffe)),
    refused("DICOM of 2 GB of pixels", long(0x7fff_fffe)),
    refused("DICOM of pixels without an end", long(0xffff_ffff)),
    refused("DICOM of a palette without an entry", dicomFile(picture, { tags: { ...PALETTE, ...table(1, 0, 16, 0) } })),
    either(
      "DICOM of 65,535 colours of which none is there",
      dicomFile(picture, { tags: { ...PALETTE, ...table(65_535, 0, 16, 2) } }),
    ),
    either(
      "DICOM of a palette behind all of its pixels",
      dicomFile(picture, { tags: { ...PALETTE, ...table(2, 65_535, 16, 4) } }),
    ),
    either(
      "DICOM of a palette before all of its pixels",
      dicomFile(picture, { tags: { ...PALETTE, ...table(2, 0, 16, 4) } }),
    ),
    refused("DICOM of a palette of 255 bits", dicomFile(picture, { tags: { ...PALETTE, ...table(256, 0, 255, 512) } })),
    refused("DICOM of no palette", dicomFile(picture, { tags: PALETTE })),
    refused("deflated DICOM of 4 GB alone", deflated(rawDeflated())),
    refused("deflated DICOM of 4 GB before its pixels", deflated(rawDeflated(body.subarray(0, pixels - start)))),
    refused("deflated DICOM that is too large, and 4 GB", deflated(rawDeflated(huge.subarray(start)))),
    either("DICOM of 40 MB of view", told({ "00185101": ["UT", Buffer.alloc(40_000_000, "A")] })),
    either("DICOM of 40 MB of window", told({ "00281050": ["UT", Buffer.alloc(40_000_000, "\\")] })),
    either("DICOM of 40 MB of pixel spacing", told({ "00280034": ["UT", Buffer.alloc(40_000_000, "1\\")] })),
    either(
      "DICOM of a palette of 45 MB",
      dicomFile(picture, { tags: { ...PALETTE, ...table(256, 0, 16, 15_000_000) } }),
    ),
    either(
      "DICOM of a 40 MB table",
      told({
        "00283010": ["SQ", [{ "00283002": ["US", [4096, 0, 16]], "00283006": ["OW", Buffer.alloc(40_000_000, 1)] }]],
      }),
    ),
    either(
      "deflated DICOM of 15 MB of view",
      dicomFile(picture, { syntax: SYNTAX.deflated, tags: { "00185101": ["UT", Buffer.alloc(15_000_000, "A")] } }),
    ),
    refused("DICOM of a million elements", Buffer.concat([meta, ...elements, body])),
    refused("deflated DICOM of a million elements", deflated(deflateRawSync(Buffer.concat(elements)))),
    refused(
      `DICOM nested ${DEEP} deep`,
      Buffer.concat([meta, ...Array.from({ length: DEEP }, () => Buffer.concat([sequence, item]))]),
    ),
    refused("JPEG 2000 of 2^64 pixels in DICOM", within(SYNTAX.jpeg2000, codestream(0xffff_ffff, 0xffff_ffff, 1))),
    refused("JPEG 2000 of 49 million tiles in DICOM", within(SYNTAX.jpeg2000, codestream(7000, 1, 1))),
    refused("JPEG 2000 of 16,384 colours in DICOM", within(SYNTAX.jpeg2000, codestream(7000, 7000, 16_384))),
    refused(
      "JPEG 2000 of the film's size in tiles of one pixel",
      within(SYNTAX.jpeg2000, codestream(picture.width, 1, 1)),
    ),
    refused("HTJ2K of 2^64 pixels in DICOM", within(SYNTAX.htj2k, codestream(0xffff_ffff, 0xffff_ffff, 1))),
    refused("JPEG-LS of 4 gigapixels in DICOM", within(SYNTAX.jpegLs, jpegHeader(0xfff7))),
    refused("lossless JPEG of 4 gigapixels in DICOM", within(SYNTAX.jpegLossless, jpegHeader(0xffc3))),
    refused(
      "run lengths of four billion segments in DICOM",
      within(SYNTAX.rle, u32(0xffff_ffff, ...Array.from({ length: 15 }, () => 0xffff_fff0))),
    ),
    refused(
      "run lengths that lie behind their end in DICOM",
      within(SYNTAX.rle, u32(1, 0xffff_fff0, ...Array.from({ length: 14 }, () => 0))),
    ),
    refused(
      "a hundred thousand empty fragments in DICOM",
      within(SYNTAX.jpegBaseline, ...Array.from({ length: 100_000 }, () => Buffer.alloc(0))),
    ),
    { ...answered("PE before DICOM", preamble("MZ\x90\0")), film: plain },
    { ...answered("ELF before DICOM", preamble("\x7fELF")), film: plain },
    { ...answered("PDF before DICOM", preamble("%PDF-1.7\n")), film: plain },
    { ...answered("TIFF before DICOM", preamble("II*\0\x08\0\0\0")), film: plain },
    refused("PE alone", Buffer.concat([Buffer.from("MZ\x90\0"), Buffer.alloc(5000)])),
    refused("ELF alone", Buffer.concat([Buffer.from("\x7fELF"), Buffer.alloc(5000)])),
  ];
}
