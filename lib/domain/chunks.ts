interface Sliceable<Rows> {
  readonly length: number;
  subarray(start: number, end: number): Rows;
}

/** A typed array in pieces of so many entries, the last one shorter; views of the same memory. */
export function* chunks<Rows extends Sliceable<Rows>>(rows: Rows, length: number): Generator<Rows> {
  for (let start = 0; start < rows.length; start += length) yield rows.subarray(start, start + length);
}
