import { crc32 } from "../../test/lib/imaging/png-file.ts";

/** Numbers from 0 to 1. */
type Random = () => number;

/** A change to a file: bytes in, other bytes out. */
type Mutation = (file: Buffer, next: Random, others: readonly Buffer[]) => Buffer;

const below = (next: Random, limit: number): number => Math.floor(next() * limit);

/** Most changes fall into the header, where they do the most. */
const place = (file: Buffer, next: Random): number =>
  below(next, next() < 0.6 ? Math.min(1000, file.length) : file.length);

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff] as const;

const MUTATIONS: readonly Mutation[] = [
  function randomBytes(file, next) {
    const changed = Buffer.from(file);
    for (let i = below(next, 8); i >= 0; i -= 1) changed[place(file, next)] = below(next, 256);
    return changed;
  },
  function flippedBits(file, next) {
    const changed = Buffer.from(file);
    for (let i = below(next, 8); i >= 0; i -= 1) changed[place(file, next)]! ^= 1 << below(next, 8);
    return changed;
  },
  function extremeLengths(file, next) {
    const changed = Buffer.from(file);
    const at = place(file, next);
    const value = EXTREMES[below(next, EXTREMES.length)]!;
    return changed.fill(value, at, Math.min(changed.length, at + 2 ** below(next, 4)));
  },
  (file, next) => file.subarray(0, below(next, file.length)),
  function pieceLeftOut(file, next) {
    const at = place(file, next);
    return Buffer.concat([file.subarray(0, at), file.subarray(at + 1 + below(next, 300))]);
  },
  function pieceTwice(file, next) {
    const at = place(file, next);
    const end = at + 1 + below(next, 300);
    return Buffer.concat([file.subarray(0, end), file.subarray(at)]);
  },
  function anotherFilesEnd(file, next, others) {
    const other = others[below(next, others.length)]!;
    return Buffer.concat([file.subarray(0, place(file, next)), other.subarray(below(next, other.length))]);
  },
];

/** Another file made of this one. PNG's checksums are put right in half of the cases, so that decoders get further. */
export function mutate(file: Buffer, next: Random, others: readonly Buffer[]): Buffer {
  let changed = file;
  for (let i = below(next, 3); i >= 0; i -= 1)
    changed = MUTATIONS[below(next, MUTATIONS.length)]!(changed, next, others);
  return next() < 0.5 ? withChecksums(changed) : changed;
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function withChecksums(file: Buffer): Buffer {
  if (!file.subarray(0, 8).equals(PNG)) return file;
  const mended = Buffer.from(file);
  for (let at = 8; at + 12 <= mended.length; ) {
    const end = at + 8 + mended.readUInt32BE(at);
    if (end + 4 > mended.length) break;
    mended.writeUInt32BE(crc32(mended.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return mended;
}
