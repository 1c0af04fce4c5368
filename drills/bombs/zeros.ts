import { constants, deflateRawSync } from "node:zlib";
import { be32, u32 } from "./bomb.ts";

const BLOCK = 1 << 24;
const GIGABYTES = 4;
const COUNT = (GIGABYTES * 2 ** 30) / BLOCK;
const LAST = Buffer.of(0x03, 0x00);
const FLUSHED = deflateRawSync(Buffer.alloc(BLOCK), { level: 9, finishFlush: constants.Z_FULL_FLUSH });
const zeros = (): Buffer[] => Array.from({ length: COUNT }, () => FLUSHED);

/** Four gigabytes of zeros in four megabytes (RFC 1951). `first` comes before them. */
export const rawDeflated = (first: Uint8Array = Buffer.alloc(0)): Buffer =>
  Buffer.concat([deflateRawSync(first, { finishFlush: constants.Z_FULL_FLUSH }), ...zeros(), LAST]);

/** The same in zlib's frame (RFC 1950): of zeros, Adler's first sum is 1, the second counts them. */
export const zlibDeflated = (): Buffer =>
  Buffer.concat([Buffer.of(0x78, 0xda), ...zeros(), LAST, be32(((((COUNT * BLOCK) % 65521) << 16) + 1) >>> 0)]);

/** The same as gzip writes it (RFC 1952). Its checksum is that of nothing: readers get there after four gigabytes. */
export const gzipped = (): Buffer =>
  Buffer.concat([Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3), ...zeros(), LAST, u32(0, 0)]);
