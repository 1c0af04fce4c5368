import sharp from "sharp";
import { type Bomb, be16, either, refused, u16, u32 } from "./bomb.ts";

const segment = (marker: number, content: Uint8Array, length = content.length + 2): Buffer =>
  Buffer.concat([Buffer.of(0xff, marker), be16(length), content]);

const START = Buffer.of(0xff, 0xd8);
const END = Buffer.of(0xff, 0xd9);

/** Behind the start of a sound JPEG. */
const withSegment = (jpeg: Buffer, marker: number, content: Uint8Array): Buffer =>
  Buffer.concat([START, segment(marker, content), jpeg.subarray(2)]);

/** EXIF whose directory follows itself, for ever. */
const loop = Buffer.concat([Buffer.from("Exif\0\0II*\0"), u32(8), u16(1), u16(0x0112, 3), u32(1), u16(1, 0), u32(8)]);

/**
 * As large as a film may be and progressive, with so many passes over all of it; each is some bytes, since one code
 * says that 32,767 blocks have nothing more.
 */
function scans(count: number, side = 5000, comments = 4): Buffer {
  const blocks = Math.ceil(side / 8) ** 2;
  const frame = segment(0xc2, Buffer.concat([Buffer.of(8), be16(side, side), Buffer.of(1, 1, 0x11, 0)]));
  const quantisation = segment(0xdb, Buffer.concat([Buffer.of(0), Buffer.alloc(64, 1)]));
  // One code of one bit: 0xe0, a run of 2^14 blocks and more.
  const codes = Buffer.concat([Buffer.of(0x10, 1), Buffer.alloc(15), Buffer.of(0xe0)]);
  const runs = Math.ceil(blocks / 32_767);
  // A run is its code (0) and 14 bits (1): 15 bits, here in groups of eight, less bytes that would be markers.
  const bits = `0${"1".repeat(13)}0`.repeat(runs).padEnd(runs * 15 + 8, "1");
  const data = Buffer.from(
    (bits.match(/.{8}/g) ?? []).flatMap((byte) => (byte === "11111111" ? [0xff, 0] : [Number.parseInt(byte, 2)])),
  );
  const scan = Buffer.concat([segment(0xda, Buffer.of(1, 1, 0, 1, 63, 0)), data]);
  return Buffer.concat([
    START,
    ...Array.from({ length: comments }, () => segment(0xfe, Buffer.alloc(60_000))),
    quantisation,
    frame,
    segment(0xc4, codes),
    ...Array.from({ length: count }, () => scan),
    END,
  ]);
}

/** @param film a sound picture */
export async function jpegBombs(film: Uint8Array): Promise<Bomb[]> {
  const jpeg = await sharp(film).jpeg().toBuffer();
  const frame = jpeg.indexOf(Buffer.of(0xff, 0xc0));
  const sized = (height: number, width: number): Buffer =>
    Buffer.concat([jpeg.subarray(0, frame + 5), be16(height, width), jpeg.subarray(frame + 9)]);
  const components = Buffer.from(jpeg);
  components[frame + 9] = 255;
  return [
    refused("JPEG of 4 gigapixels", sized(65_535, 65_535)),
    refused("JPEG of 51 megapixels", sized(7142, 7142)),
    refused("JPEG without a size", sized(0, 0)),
    refused("JPEG of 255 colours", components),
    refused("JPEG of 20,000 scans", scans(20_000)),
    refused("JPEG of 90 scans", scans(90)),
    refused("JPEG of 49 megapixels in a kilobyte", scans(1, 7000, 0)),
    refused("JPEG of 25 megapixels in a kilobyte", scans(1, 5000, 0)),
    refused("JPEG of 49 megapixels and 100 scans", scans(100, 7000)),
    refused("JPEG whose tables are longer than it", Buffer.concat([START, segment(0xc4, Buffer.alloc(10), 0xffff)])),
    either("JPEG with EXIF that goes in a circle", withSegment(jpeg, 0xe1, loop)),
    either(
      "JPEG with 100,000 comments",
      Buffer.concat([
        START,
        ...Array.from({ length: 100_000 }, () => segment(0xfe, Buffer.from("x"))),
        jpeg.subarray(2),
      ]),
    ),
    {
      name: "JPEG and HTML",
      body: Buffer.concat([withSegment(jpeg, 0xfe, Buffer.from("<script>alert(1)</script>")), Buffer.from("<html>")]),
      outcome: "answered",
      film: jpeg,
    },
    refused("HTML before JPEG", Buffer.concat([Buffer.from("<!doctype html>"), jpeg])),
    refused("PDF before JPEG", Buffer.concat([Buffer.from("%PDF-1.7\n"), jpeg])),
  ];
}
