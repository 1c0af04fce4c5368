import type { GreyImage } from "../../../../lib/domain/grey-image.ts";
import { compress } from "../compressed.ts";
import { exif } from "../exif.ts";
import { asSharp } from "../films.ts";
import { type Kind, lying, ORIENTATIONS, withChannels } from "./kind.ts";

const LOSSES = 2;
const END = Buffer.of(0xff, 0xd9);

const plain = (film: GreyImage): Promise<Buffer> => asSharp(film).jpeg({ quality: 95 }).toBuffer();
const changed =
  (change: (jpeg: Buffer) => Buffer): Kind["write"] =>
  async (film) =>
    change(await plain(film));

const segment = (marker: number, content: Buffer): Buffer => {
  const head = Buffer.of(0xff, marker, 0, 0);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
};
const afterStart = (jpeg: Buffer, ...segments: Buffer[]): Buffer =>
  Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
const exifSegment = (...asked: Parameters<typeof exif>): Buffer =>
  segment(0xe1, Buffer.concat([Buffer.from("Exif\0\0"), exif(...asked)]));
const XMP = segment(0xe1, Buffer.from("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>"));

/** Without Adobe's segment, which tells how the inks are written. */
function withoutAdobe(jpeg: Buffer): Buffer {
  const at = jpeg.indexOf(Buffer.of(0xff, 0xee));
  return Buffer.concat([jpeg.subarray(0, at), jpeg.subarray(at + 2 + jpeg.readUInt16BE(at + 2))]);
}

const turned = (
  name: string,
  write: (orientation: (typeof ORIENTATIONS)[number]) => (jpeg: Buffer) => Buffer,
): Kind[] =>
  ORIENTATIONS.map((orientation) => ({
    name: `JPEG, ${name} ${orientation}`,
    write: async (film) => write(orientation)(await plain(lying(film, orientation))),
    expected: LOSSES,
  }));

/** ITU T.81, Exif 2.32; `initializeAsync()` of the codecs goes before. */
export const JPEG: readonly Kind[] = [
  { name: "JPEG, baseline", write: plain, expected: LOSSES },
  {
    name: "JPEG, progressive",
    write: (film) => asSharp(film).jpeg({ progressive: true, quality: 95 }).toBuffer(),
    expected: LOSSES,
  },
  {
    name: "JPEG, colour",
    write: (film) => withChannels(film, 3).jpeg({ quality: 95, chromaSubsampling: "4:4:4" }).toBuffer(),
    expected: LOSSES,
  },
  {
    name: "JPEG, colour at half the size",
    write: (film) => withChannels(film, 3).jpeg({ quality: 95 }).toBuffer(),
    expected: LOSSES,
  },
  {
    name: "JPEG, lossless",
    write: ({ width, height, data }) => {
      const picture = { width, height, bitsAllocated: 8, bitsStored: 8, values: data as Uint8Array } as const;
      return compress(picture, "encodeJpeg", { lossy: false, predictor: 1 });
    },
    expected: 0,
  },
  {
    name: "JPEG, a comment and a profile",
    write: changed((jpeg) =>
      afterStart(jpeg, segment(0xfe, Buffer.from("comment")), segment(0xe2, Buffer.from("ICC_PROFILE\0"))),
    ),
    expected: LOSSES,
  },
  ...turned("EXIF orientation", (orientation) => (jpeg) => afterStart(jpeg, exifSegment(orientation))),
  ...turned(
    "EXIF orientation, big endian",
    (orientation) => (jpeg) => afterStart(jpeg, exifSegment(orientation, { bigEndian: true })),
  ),
  ...turned(
    "EXIF orientation, LONG",
    (orientation) => (jpeg) => afterStart(jpeg, exifSegment(orientation, { long: true })),
  ),
  ...turned(
    "EXIF orientation, LONG, big endian",
    (orientation) => (jpeg) => afterStart(jpeg, exifSegment(orientation, { long: true, bigEndian: true })),
  ),
  ...turned("EXIF orientation behind XMP", (orientation) => (jpeg) => afterStart(jpeg, XMP, exifSegment(orientation))),
  {
    name: "JPEG, noise behind its end",
    write: changed((jpeg) => Buffer.concat([jpeg, Buffer.from("garbage")])),
    expected: LOSSES,
  },
  {
    name: "JPEG, zeros behind its end",
    write: changed((jpeg) => Buffer.concat([jpeg, Buffer.alloc(100)])),
    expected: LOSSES,
  },
  {
    name: "JPEG, zeros for its end",
    write: changed((jpeg) => Buffer.concat([jpeg.subarray(0, -2), Buffer.alloc(100)])),
    expected: LOSSES,
  },
  { name: "JPEG, without its end", write: changed((jpeg) => jpeg.subarray(0, -2)), expected: "film-truncated" },
  {
    name: "JPEG, noise before its end",
    write: changed((jpeg) => Buffer.concat([jpeg.subarray(0, -2), Buffer.from("abc"), END])),
    expected: LOSSES,
  },
  { name: "JPEG, half", write: changed((jpeg) => jpeg.subarray(0, jpeg.length / 2)), expected: "film-truncated" },
  {
    name: "JPEG, half and its end",
    write: changed((jpeg) => Buffer.concat([jpeg.subarray(0, jpeg.length / 2), END])),
    expected: "film-truncated",
  },
  {
    name: "JPEG, inks",
    write: (film) => withChannels(film, 3).toColourspace("cmyk").jpeg({ quality: 95 }).toBuffer(),
    expected: 40,
  },
  {
    name: "JPEG, inks without Adobe's segment",
    // Such inks are what they say, and Adobe's are turned round: another picture than this film, but one at every door.
    write: async (film) =>
      withoutAdobe(await withChannels(film, 3).toColourspace("cmyk").jpeg({ quality: 95 }).toBuffer()),
    expected: 255,
  },
];
