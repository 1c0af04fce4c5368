/** A segment before a JPEG's scans. */
export interface JpegSegment {
  /** The marker's second byte. */
  readonly marker: number;
  /** Where its content begins, after its length. */
  readonly start: number;
  readonly end: number;
}

/** A frame header (ITU T.81, B.2.2; JPEG-LS has the same, T.87, C.2.2). */
export interface JpegFrame {
  /** Bits of one value. */
  readonly depth: number;
  readonly height: number;
  readonly width: number;
  readonly components: number;
}

export const APP0 = 0xe0;
export const APP14 = 0xee;
export const COM = 0xfe;
/** Tables of quantisation and of Huffman codes, and how far restarts are apart. */
export const DQT = 0xdb;
export const DHT = 0xc4;
export const DRI = 0xdd;
/** Baseline's frame. */
export const SOF0 = 0xc0;
/** JPEG-LS's frame. */
export const SOF55 = 0xf7;
const SOS = 0xda;
const FRAME_BYTES = 6;
/** Between the frames' markers: Huffman tables, a reserved one, arithmetic conditioning. */
const NO_FRAMES: ReadonlySet<number> = new Set([DHT, 0xc8, 0xcc]);

/** Markers without a length (ITU T.81, B.1.1.3): TEM, restarts, start and end. */
export const standsAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd9);

export const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.has(marker);

/** Walks the segments from the start to the first scan (ITU T.81, annex B), or to what is none; one may end beyond the bytes. */
export function* jpegSegments(view: Buffer): Generator<JpegSegment> {
  let at = 2;
  while (at + 4 <= view.length && view[at] === 0xff) {
    const marker = view[at + 1]!;
    // Markers may be filled up in front with more of their first byte.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === SOS) return;
    if (standsAlone(marker)) {
      at += 2;
      continue;
    }
    const end = at + 2 + view.readUInt16BE(at + 2);
    yield { marker, start: at + 4, end };
    at = end;
  }
}

/** @returns undefined where the bytes end before it does */
export function readJpegFrame(view: Buffer, { start }: JpegSegment): JpegFrame | undefined {
  if (start + FRAME_BYTES > view.length) return undefined;
  return {
    depth: view[start]!,
    height: view.readUInt16BE(start + 1),
    width: view.readUInt16BE(start + 3),
    components: view[start + 5]!,
  };
}
