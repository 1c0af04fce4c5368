import dcmjsCodecs from "dcmjs-codecs";
import { compress, type Encode } from "../../test/lib/imaging/compressed.ts";
import { dicomFile, type Picture, SYNTAX } from "../../test/lib/imaging/dicom-file.ts";
import { type Bomb, be16, either, refused } from "./bomb.ts";

/** A picture without anything in it: what compresses best. */
const flat = (side: number): Picture => ({
  ...{ width: side, height: side, bitsAllocated: 8, bitsStored: 8 },
  values: new Uint8Array(side * side).fill(90),
});

/** From dark to bright, which is no film, but nothing to refuse at once. */
const slope = (side: number): Picture => ({
  ...flat(side),
  values: Uint8Array.from({ length: side * side }, (_, i) => ((i % side) * 255) / side),
});

/** As large as a film may be, and as large as a file of no length may claim. */
const [LARGE, FREE] = [4990, 1990];
const PADDING = 400_000;
const COMMENTS = 6;
const COMMENT_BYTES = 65_000;

interface Compression {
  readonly name: string;
  readonly syntax: keyof typeof SYNTAX;
  readonly encode: Encode;
  readonly parameters?: Record<string, unknown>;
  /** A comment's marker, and where in a frame one may stand. */
  readonly comment?: readonly [marker: number, at: (frame: Buffer) => number];
}

const JPEG_COMMENT = [0xfffe, () => 2] as const;
/** Behind the size of a codestream. */
const CODESTREAM_COMMENT = [0xff64, (frame: Buffer) => 4 + frame.readUInt16BE(4)] as const;

const COMPRESSIONS: readonly Compression[] = [
  { name: "JPEG 2000", syntax: "jpeg2000", encode: "encodeJpeg2000", comment: CODESTREAM_COMMENT },
  { name: "HTJ2K", syntax: "htj2k", encode: "encodeHtJpeg2000", comment: CODESTREAM_COMMENT },
  { name: "JPEG-LS", syntax: "jpegLs", encode: "encodeJpegLs", comment: JPEG_COMMENT },
  {
    name: "JPEG",
    syntax: "jpegBaseline",
    encode: "encodeJpeg",
    parameters: { lossy: true, quality: 50 },
    comment: JPEG_COMMENT,
  },
];

function commented(frame: Buffer, [marker, at]: NonNullable<Compression["comment"]>): Buffer {
  const comment = Buffer.concat([be16(marker, COMMENT_BYTES + 2), Buffer.alloc(COMMENT_BYTES, 1)]);
  const place = at(frame);
  return Buffer.concat([frame.subarray(0, place), ...Array(COMMENTS).fill(comment), frame.subarray(place)]);
}

/** Films of a few bytes that their decoders take their time for, in DICOM: bare, and made longer by what is no picture. */
export async function codestreamBombs(): Promise<Bomb[]> {
  await dcmjsCodecs.NativeCodecs.initializeAsync();
  const [large, free] = [flat(LARGE), slope(FREE)];
  const megapixels = Math.round(LARGE ** 2 / 1e6);
  const deflated = dicomFile({ ...large, bitsAllocated: 16, bitsStored: 12 }, { syntax: SYNTAX.deflated });
  return [
    ...COMPRESSIONS.flatMap(({ name, syntax, encode, parameters, comment }) => {
      const within = (picture: Picture, frame: Buffer): Buffer =>
        dicomFile(picture, { syntax: SYNTAX[syntax], fragments: [frame] });
      const frame = compress(large, encode, parameters);
      const what = `${name} of ${megapixels} megapixels of one grey`;
      return [
        refused(what, within(large, frame)),
        refused(`${what}, padded`, within(large, Buffer.concat([frame, Buffer.alloc(PADDING)]))),
        ...(comment ? [refused(`${what} behind comments`, within(large, commented(frame, comment)))] : []),
        either(`${name} of four megapixels in next to nothing`, within(free, compress(free, encode, parameters))),
      ];
    }),
    either(
      `run lengths of ${megapixels} megapixels of one grey`,
      dicomFile(large, { syntax: SYNTAX.rle, fragments: [compress(large, "encodeRle")] }),
    ),
    refused(`deflated DICOM of ${megapixels} megapixels of one grey`, deflated),
  ];
}
