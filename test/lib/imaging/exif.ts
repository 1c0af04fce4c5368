import type { Orientation } from "../../../lib/domain/orientation.ts";

export interface ExifOptions {
  readonly bigEndian?: boolean;
  /** LONG instead of SHORT; both are read. */
  readonly long?: boolean;
}

/** A TIFF structure of one entry, the orientation (Exif 2.32, 4.5.2). */
export function exif(orientation: Orientation, { bigEndian = false, long = false }: ExifOptions = {}): Buffer {
  const u16 = (value: number) => (bigEndian ? [value >> 8, value & 255] : [value & 255, value >> 8]);
  const u32 = (value: number) => (bigEndian ? [0, 0, ...u16(value)] : [...u16(value), 0, 0]);
  const value = long ? u32(orientation) : [...u16(orientation), 0, 0];
  const entry = [...u16(0x0112), ...u16(long ? 4 : 3), ...u32(1), ...value];
  return Buffer.from([...Buffer.from(bigEndian ? "MM" : "II"), ...u16(42), ...u32(8), ...u16(1), ...entry, ...u32(0)]);
}
