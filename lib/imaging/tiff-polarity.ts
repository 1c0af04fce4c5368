/** Where a TIFF's parts stand: the classic one (TIFF 6.0, section 2) and BigTIFF, whose offsets have 8 bytes. */
const LAYOUTS: Readonly<
  Record<number, { directory: number; offset: 4 | 8; count: 2 | 8; entry: number; value: number }>
> = {
  42: { directory: 4, offset: 4, count: 2, entry: 12, value: 8 },
  43: { directory: 8, offset: 8, count: 8, entry: 20, value: 12 },
};
const PHOTOMETRIC_INTERPRETATION = 262;
const WHITE_IS_ZERO = 0;
const MOST_ENTRIES = 4096;

/** Whether the values of a TIFF's first picture fall with brightness (TIFF 6.0, section 8, PhotometricInterpretation). */
export function isWhiteZero(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  const read = (at: number, size: 2 | 4 | 8): number => {
    if (at + size > view.byteLength) return Number.NaN;
    if (size === 8) return Number(view.getBigUint64(at, little));
    return size === 4 ? view.getUint32(at, little) : view.getUint16(at, little);
  };
  const layout = LAYOUTS[read(2, 2)];
  if (layout === undefined) return false;
  const directory = read(layout.directory, layout.offset);
  const entries = Math.min(MOST_ENTRIES, read(directory, layout.count));
  for (let i = 0; i < entries; i += 1) {
    const at = directory + layout.count + i * layout.entry;
    if (read(at, 2) === PHOTOMETRIC_INTERPRETATION) return read(at + layout.value, 2) === WHITE_IS_ZERO;
  }
  return false;
}
