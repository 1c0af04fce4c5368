import { deflateSync } from "node:zlib";

function chunk(type: string, body: Uint8Array): Buffer {
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

function header(columns: number, rows: number, depth: number): Buffer {
  const body = Buffer.alloc(13);
  body.writeUInt32BE(columns);
  body.writeUInt32BE(rows, 4);
  body[8] = depth;
  return chunk("IHDR", body);
}

/** A PNG that claims a size and holds next to nothing. */
export const pngHeader = (columns: number, rows: number): Buffer =>
  Buffer.concat([
    SIGNATURE,
    header(columns, rows, 8),
    chunk("IDAT", deflateSync(Buffer.alloc(1000))),
    chunk("IEND", Buffer.alloc(0)),
  ]);

/** Columns of white and black by turns. */
export function pngOfBits(columns: number, rows: number): Buffer {
  const line = Buffer.concat([Buffer.from([0]), Buffer.alloc(columns / 8, 0b10101010)]);
  const lines = Buffer.concat(Array.from({ length: rows }, () => line));
  return Buffer.concat([
    SIGNATURE,
    header(columns, rows, 1),
    chunk("IDAT", deflateSync(lines)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
