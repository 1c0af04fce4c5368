/**
 * Grey values of a colour picture by Rec. 601 luma (0.299 R + 0.587 G + 0.114 B), rounded. Where the three are equal the
 * value is theirs. Preparation and serving both use it, so that a film gives the same pixels in either.
 * @param pixels rows x columns x channels, channels 3 or 4; a fourth (alpha) is left out
 */
export function luma(pixels: Uint8Array | Uint16Array, channels: 3 | 4): Uint8Array | Uint16Array {
  const count = pixels.length / channels;
  const grey = pixels instanceof Uint16Array ? new Uint16Array(count) : new Uint8Array(count);
  for (let i = 0; i < count; i += 1) {
    const at = i * channels;
    // In thousandths: whole numbers, so that equal channels stay exact.
    const sum = 299 * pixels[at]! + 587 * pixels[at + 1]! + 114 * pixels[at + 2]!;
    grey[i] = Math.floor((sum + 500) / 1000);
  }
  return grey;
}
