import { jpegSegments } from "../../domain/jpeg-segments.ts";

/** JPEG's and JPEG-LS's EOI, and JPEG 2000's EOC; within what is coded none of them has two such bytes. */
export const END = Buffer.from([0xff, 0xd9]);

/**
 * A frame up to the marker that ends it, without what some writers pad it with; undefined where it has none.
 * @param coded where its header ends, which may hold a whole picture of its own
 */
export function upToEnd(frame: Buffer, coded: number): Buffer | undefined {
  const at = frame.lastIndexOf(END);
  return at < coded ? undefined : frame.subarray(0, at + END.length);
}

/** Where the header of a JPEG or JPEG-LS ends. */
export const jpegHeaderEnd = (frame: Buffer): number => [...jpegSegments(frame)].at(-1)?.end ?? 0;

const SOT = Buffer.from([0xff, 0x90]);

/** Where the main header of a JPEG 2000 ends: at its first tile-part (ITU T.800, A.4.2). */
export const jpeg2000HeaderEnd = (frame: Buffer): number => Math.max(0, frame.indexOf(SOT));

/**
 * A JPEG 2000 without its end, up to its last tile-part; undefined where one is shorter than it says, or says 0, which
 * is to the end, wherever that would be.
 */
export function wholeTileParts(frame: Buffer): Buffer | undefined {
  let at = jpeg2000HeaderEnd(frame);
  while (at + 12 <= frame.length && frame.subarray(at, at + SOT.length).equals(SOT)) {
    const length = frame.readUInt32BE(at + 6);
    if (length < 12) return undefined;
    at += length;
  }
  return at > 0 && at <= frame.length ? frame.subarray(0, at) : undefined;
}
