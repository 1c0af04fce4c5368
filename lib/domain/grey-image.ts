/**
 * A decoded film before its resize: one grey value a pixel, row by row, dark = 0 = air.
 * Values run from 0 to `maxValue` (255 for 8-bit films; up to 65535, kept until the resize).
 */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  readonly maxValue: number;
  readonly data: Uint8Array | Uint16Array;
}
