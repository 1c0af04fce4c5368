import { InputError } from "../domain/errors.ts";
import type { ByteRange } from "./store.ts";

export const rangeError = (uri: string, key: string, range: ByteRange, options?: ErrorOptions): InputError =>
  new InputError(
    "store-range",
    `${uri}/${key}: bytes ${range.start} to ${range.start + range.length}, expected a range inside the object`,
    options,
  );

/** @throws InputError `store-range` where the numbers are no range at all, or end after `size` */
export function checkRange(uri: string, key: string, range: ByteRange, size = Number.POSITIVE_INFINITY): void {
  const whole = Number.isSafeInteger(range.start) && Number.isSafeInteger(range.length);
  if (!whole || range.start < 0 || range.length < 0 || range.start + range.length > size) {
    throw rangeError(uri, key, range);
  }
}
