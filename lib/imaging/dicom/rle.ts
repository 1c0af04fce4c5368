/**
 * One frame of RLE Lossless (PS3.5, annex G): a segment for each byte of a pixel, packed by PackBits.
 * @param places where in a pixel each segment's byte goes: `[1, 0]` for words, whose high byte comes first
 * @returns the pixels; undefined where a segment is short or over-long
 */
export function decodeRle(frame: Uint8Array, pixels: number, places: readonly number[]): Uint8Array | undefined {
  if (frame.length < 64) return undefined;
  const bytesPerPixel = places.length;
  const header = new DataView(frame.buffer, frame.byteOffset, 64);
  if (header.getUint32(0, true) !== bytesPerPixel) return undefined;
  const out = new Uint8Array(pixels * bytesPerPixel);
  for (let segment = 0; segment < bytesPerPixel; segment += 1) {
    const from = header.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < bytesPerPixel ? header.getUint32(8 + 4 * segment, true) : frame.length;
    if (from < 64 || end > frame.length || from > end) return undefined;
    const unpacked = unpackBits(frame.subarray(from, end), pixels);
    if (unpacked === undefined) return undefined;
    const place = places[segment]!;
    for (let i = 0; i < pixels; i += 1) out[i * bytesPerPixel + place] = unpacked[i]!;
  }
  return out;
}

/** @returns exactly `length` bytes, or undefined; bytes after them are padding */
function unpackBits(packed: Uint8Array, length: number): Uint8Array | undefined {
  const out = new Uint8Array(length);
  let at = 0;
  let to = 0;
  while (to < length) {
    const control = packed[at];
    if (control === undefined) return undefined;
    at += 1;
    if (control === 128) continue;
    const count = control < 128 ? control + 1 : 257 - control;
    const taken = control < 128 ? count : 1;
    if (at + taken > packed.length || to + count > length) return undefined;
    if (control < 128) out.set(packed.subarray(at, at + count), to);
    else out.fill(packed[at]!, to, to + count);
    at += taken;
    to += count;
  }
  return out;
}
