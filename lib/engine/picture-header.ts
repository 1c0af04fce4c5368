import { APP1, isFrame, jpegSegments, readJpegFrame } from "../domain/jpeg-segments.ts";
import type { Orientation } from "../domain/orientation.ts";

/** What a file says of its picture before anything is decoded. */
export interface PictureHeader {
  readonly format: "jpeg" | "png";
  readonly width: number;
  readonly height: number;
  /** Colour components of a JPEG (1, 3 or 4); channels of a PNG as decoded. */
  readonly channels: number;
  /** Bits of one value. */
  readonly depth: number;
  readonly orientation: Orientation;
}

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** By the bytes alone, never by a file's name. @returns undefined where they are neither JPEG nor PNG, or end too early */
export function readPictureHeader(bytes: Uint8Array): PictureHeader | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length >= 3 && view[0] === 0xff && view[1] === 0xd8 && view[2] === 0xff) return readJpegHeader(view);
  if (view.subarray(0, 8).equals(PNG_SIGNATURE)) return readPngHeader(view);
  return undefined;
}

/** PNG 1.2, section 11.2.2: channels by colour type; a palette is decoded to RGB. */
const PNG_CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 };

function readPngHeader(view: Buffer): PictureHeader | undefined {
  if (view.length < 26 || view.toString("latin1", 12, 16) !== "IHDR") return undefined;
  const channels = PNG_CHANNELS[view[25]!];
  if (channels === undefined) return undefined;
  return {
    format: "png",
    width: view.readUInt32BE(16),
    height: view.readUInt32BE(20),
    channels,
    depth: view[24]!,
    orientation: 1,
  };
}

function readJpegHeader(view: Buffer): PictureHeader | undefined {
  let orientation: Orientation = 1;
  for (const segment of jpegSegments(view)) {
    const { marker, start, end } = segment;
    if (marker === APP1) orientation = exifOrientation(view.subarray(start, end)) ?? orientation;
    if (!isFrame(marker)) continue;
    const frame = readJpegFrame(view, segment);
    if (frame === undefined) return undefined;
    const { components: channels, ...rest } = frame;
    return { format: "jpeg", channels, orientation, ...rest };
  }
  return undefined;
}

/** The orientation of an APP1 segment's EXIF data, where it has one. */
function exifOrientation(segment: Buffer): Orientation | undefined {
  if (segment.length < 16 || segment.toString("latin1", 0, 6) !== "Exif\0\0") return undefined;
  const tiff = segment.subarray(6);
  const order = tiff.toString("latin1", 0, 2);
  if (order !== "II" && order !== "MM") return undefined;
  const u16 = (at: number) => (order === "II" ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const u32 = (at: number) => (order === "II" ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const directory = u32(4);
  if (directory + 2 > tiff.length) return undefined;
  for (let entry = 0; entry < u16(directory); entry += 1) {
    const at = directory + 2 + 12 * entry;
    if (at + 12 > tiff.length) return undefined;
    if (u16(at) !== 0x0112) continue;
    const value = u16(at + 8);
    return value >= 1 && value <= 8 ? (value as Orientation) : undefined;
  }
  return undefined;
}
