import type { GreyImage } from "../../../lib/domain/grey-image.ts";

export interface TiffOptions {
  readonly bigEndian?: boolean;
  /** BigTIFF. */
  readonly big?: boolean;
  /** PhotometricInterpretation 0 instead of 1; the values stay. */
  readonly whiteIsZero?: boolean;
}

/** An uncompressed grey TIFF in one strip (TIFF 6.0, section 4). */
export function tiffFile({ width, height, data }: GreyImage, options: TiffOptions = {}): Buffer {
  const { bigEndian = false, big = false, whiteIsZero = false } = options;
  const bytes = Buffer.alloc(data.byteLength);
  const isWide = data.BYTES_PER_ELEMENT === 2;
  data.forEach((value, i) => {
    if (!isWide) bytes[i] = value;
    else if (bigEndian) bytes.writeUInt16BE(value, 2 * i);
    else bytes.writeUInt16LE(value, 2 * i);
  });
  const header = big ? 16 : 8;
  const entries: readonly (readonly [tag: number, type: 3 | 4, value: number])[] = [
    [256, 4, width],
    [257, 4, height],
    [258, 3, isWide ? 16 : 8],
    [259, 3, 1],
    [262, 3, whiteIsZero ? 0 : 1],
    [273, 4, header],
    [277, 3, 1],
    [278, 4, height],
    [279, 4, bytes.length],
  ];
  const u16 = (value: number): Buffer => {
    const field = Buffer.alloc(2);
    field[bigEndian ? "writeUInt16BE" : "writeUInt16LE"](value);
    return field;
  };
  const u32 = (value: number): Buffer => {
    const field = Buffer.alloc(4);
    field[bigEndian ? "writeUInt32BE" : "writeUInt32LE"](value);
    return field;
  };
  const u64 = (value: number): Buffer => (bigEndian ? [u32(0), u32(value)] : [u32(value), u32(0)]).reduce(join);
  const offset = big ? u64 : u32;
  const directory = header + bytes.length + (bytes.length % 2);
  return Buffer.concat([
    Buffer.from(bigEndian ? "MM" : "II"),
    u16(big ? 43 : 42),
    ...(big ? [u16(8), u16(0)] : []),
    offset(directory),
    bytes,
    Buffer.alloc(bytes.length % 2),
    big ? u64(entries.length) : u16(entries.length),
    ...entries.flatMap(([tag, type, value]) => {
      const field = type === 3 ? Buffer.concat([u16(value), u16(0)]) : u32(value);
      return [u16(tag), u16(type), offset(1), field, ...(big ? [u32(0)] : [])];
    }),
    offset(0),
  ]);
}

const join = (a: Buffer, b: Buffer): Buffer => Buffer.concat([a, b]);
