import { deflateSync } from "node:zlib";

export function chunk(type: string, body: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type), body]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(body.length);
  frame.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
}

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** PNG 1.2, 11.2.2. */
const COLOUR_TYPES = { 1: 0, 3: 2 } as const;

interface Kind {
  readonly depth?: 1 | 8 | 16;
  readonly channels?: keyof typeof COLOUR_TYPES;
  readonly interlaced?: boolean;
}

function header(columns: number, rows: number, { depth = 8, channels = 1, interlaced = false }: Kind): Buffer {
  const body = Buffer.alloc(13);
  body.writeUInt32BE(columns);
  body.writeUInt32BE(rows, 4);
  body.set([depth, COLOUR_TYPES[channels], 0, 0, interlaced ? 1 : 0], 8);
  return chunk("IHDR", body);
}

/** A PNG that claims a size and holds next to nothing, in a file of so many bytes at least. */
export const pngHeader = (columns: number, rows: number, kind: Kind = {}, bytes = 0): Buffer =>
  Buffer.concat([
    SIGNATURE,
    header(columns, rows, kind),
    chunk("tEXt", Buffer.alloc(bytes, "a")),
    chunk("IDAT", deflateSync(Buffer.alloc(1000))),
    chunk("IEND", Buffer.alloc(0)),
  ]);

/** Columns of white and black by turns. */
export function pngOfBits(columns: number, rows: number): Buffer {
  const line = Buffer.concat([Buffer.from([0]), Buffer.alloc(columns / 8, 0b10101010)]);
  const lines = Buffer.concat(Array.from({ length: rows }, () => line));
  return Buffer.concat([
    SIGNATURE,
    header(columns, rows, { depth: 1 }),
    chunk("IDAT", deflateSync(lines)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
