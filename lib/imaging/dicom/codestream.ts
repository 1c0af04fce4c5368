import { APP0, APP14, isFrame, jpegSegments, readJpegFrame, SOF55, standsAlone } from "../../domain/jpeg-segments.ts";

/** What a compressed frame says of itself before it is decoded. */
export interface CodestreamSize {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** Of one value. */
  readonly bits: number;
  /** 1 for a picture in one piece. */
  readonly tiles: number;
}

type SizeReader = (frame: Buffer) => CodestreamSize | undefined;

/** JPEG and JPEG-LS. */
export const jpegSize: SizeReader = (frame) => {
  if (frame.readUInt16BE(0) !== 0xffd8) return undefined;
  for (const segment of jpegSegments(frame)) {
    if (!isFrame(segment.marker) && segment.marker !== SOF55) continue;
    const found = readJpegFrame(frame, segment);
    if (found === undefined) return undefined;
    const { depth: bits, ...size } = found;
    return { ...size, bits, tiles: 1 };
  }
  return undefined;
};

/**
 * Whether a JPEG of three components holds red, green and blue, or luma and two chromas; undefined where neither of the
 * two application segments that say so is there (ITU T.871; Adobe's Technical Note 5116, 18).
 */
export function jpegColours(frame: Buffer): "RGB" | "YBR_FULL" | undefined {
  for (const { marker, start } of jpegSegments(frame)) {
    const text = frame.toString("latin1", start, start + 5);
    if (marker === APP0 && text === "JFIF\0") return "YBR_FULL";
    if (marker === APP14 && text === "Adobe") return frame[start + 11] === 0 ? "RGB" : "YBR_FULL";
  }
  return undefined;
}

/** A JPEG without the markers before its scan that have no length and say nothing: a decoder waits for ever at one. */
export function withoutLoneMarkers(frame: Buffer): Buffer {
  const kept = [frame.subarray(0, 2)];
  let at = 2;
  for (const { start, end } of jpegSegments(frame)) {
    kept.push(frame.subarray(start - 4, end));
    at = end;
  }
  while (frame[at] === 0xff && standsAlone(frame[at + 1] ?? 0)) at += 2;
  kept.push(frame.subarray(at));
  return kept.reduce((sum, { length }) => sum + length, 0) === frame.length ? frame : Buffer.concat(kept);
}

/** More wavelet levels or quality layers than a film's writer chooses: each costs a decoder time. */
const MOST_LEVELS = 10;
const MOST_LAYERS = 64;

/**
 * JPEG 2000 and HTJ2K: the SIZ segment right after the start, and the coding style (ITU T.800, A.5.1 and A.6.1).
 * Undefined too where they name what the standard does not know: decoders have spent minutes on such a header.
 */
export const jpeg2000Size: SizeReader = (frame) => {
  if (frame.length < 45 || frame.readUInt32BE(0) !== 0xff4fff51 || !hasSoundCodingStyle(frame)) return undefined;
  const u32 = (at: number): number => frame.readUInt32BE(at);
  const [right, bottom, left, top] = [u32(8), u32(12), u32(16), u32(20)];
  const [tileWidth, tileHeight, tileLeft, tileTop] = [u32(24), u32(28), u32(32), u32(36)];
  const subsampled = frame[43] !== 1 || frame[44] !== 1;
  if (tileWidth === 0 || tileHeight === 0 || tileLeft > left || tileTop > top || subsampled) return undefined;
  return {
    width: right - left,
    height: bottom - top,
    components: frame.readUInt16BE(40),
    bits: (frame[42]! & 0x7f) + 1,
    tiles: Math.ceil((right - tileLeft) / tileWidth) * Math.ceil((bottom - tileTop) / tileHeight),
  };
};

const COD = 0xff52;
const SOT = 0xff90;

/** Walks the main header up to its first tile. */
function hasSoundCodingStyle(frame: Buffer): boolean {
  let sound = false;
  for (let at = 2; at + 14 < frame.length; at += 2 + frame.readUInt16BE(at + 2)) {
    const marker = frame.readUInt16BE(at);
    if (marker === SOT) return sound;
    if (marker < 0xff30) return false;
    if (marker !== COD) continue;
    const [progression, layers, levels] = [frame[at + 5]!, frame.readUInt16BE(at + 6), frame[at + 9]!];
    const [blockWidth, blockHeight, transform] = [frame[at + 10]!, frame[at + 11]!, frame[at + 13]!];
    const blocks = blockWidth <= 8 && blockHeight <= 8 && blockWidth + blockHeight <= 8;
    const counts = layers >= 1 && layers <= MOST_LAYERS && levels <= MOST_LEVELS;
    if (progression > 4 || transform > 1 || !counts || !blocks) return false;
    sound = true;
  }
  return false;
}

/** JP2's signature box; its boxes are told by a length and a name of four bytes each (ITU T.800, annex I). */
const JP2 = Buffer.from([0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20]);

/** The codestream of a frame that some writers leave in its file format, JP2; any other frame as it is. */
export function withoutBoxes(frame: Buffer): Buffer {
  if (!frame.subarray(0, JP2.length).equals(JP2)) return frame;
  for (let at = 0; at + 8 <= frame.length; ) {
    const length = frame.readUInt32BE(at) || frame.length - at;
    if (frame.toString("latin1", at + 4, at + 8) === "jp2c") return frame.subarray(at + 8, at + length);
    if (length < 8) return frame;
    at += length;
  }
  return frame;
}
