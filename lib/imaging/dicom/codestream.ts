/** What a compressed frame says of itself before it is decoded. */
export interface CodestreamSize {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** 1 for a picture in one piece. */
  readonly tiles: number;
}

type SizeReader = (frame: Buffer) => CodestreamSize | undefined;

/** JPEG and JPEG-LS: the frame header (ITU T.81, B.2.2; T.87, C.2.2). */
export const jpegSize: SizeReader = (frame) => {
  if (frame.readUInt16BE(0) !== 0xffd8) return undefined;
  let at = 2;
  while (at + 9 < frame.length) {
    if (frame[at] !== 0xff) return undefined;
    const marker = frame[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) || marker === 0xf7;
    if (isFrame) {
      return {
        height: frame.readUInt16BE(at + 5),
        width: frame.readUInt16BE(at + 7),
        components: frame[at + 9]!,
        tiles: 1,
      };
    }
    at += 2 + frame.readUInt16BE(at + 2);
  }
  return undefined;
};

/** JPEG 2000 and HTJ2K: the SIZ segment right after the start (ITU T.800, A.5.1). */
export const jpeg2000Size: SizeReader = (frame) => {
  if (frame.length < 42 || frame.readUInt32BE(0) !== 0xff4fff51) return undefined;
  const u32 = (at: number): number => frame.readUInt32BE(at);
  const [right, bottom, left, top] = [u32(8), u32(12), u32(16), u32(20)];
  const tileWidth = u32(24);
  const tileHeight = u32(28);
  if (tileWidth === 0 || tileHeight === 0) return undefined;
  return {
    width: right - left,
    height: bottom - top,
    components: frame.readUInt16BE(40),
    tiles: Math.ceil(right / tileWidth) * Math.ceil(bottom / tileHeight),
  };
};

/** JPEG's EOI and JPEG 2000's EOC are the same two bytes; one byte of padding may follow, and some writers add more. */
export function endsWhole(frame: Uint8Array): boolean {
  let end = frame.length;
  while (end > 0 && frame[end - 1] === 0) end -= 1;
  return end >= 2 && frame[end - 2] === 0xff && frame[end - 1] === 0xd9;
}
