/** Element types that the graphs here use, with their numbers in TensorFlow's `DataType`. */
export const DTYPES = { float32: 1, int32: 3, uint8: 4, bool: 10, bfloat16: 14, resource: 20 } as const;
export type DType = keyof typeof DTYPES;

/** Sizes by axis; null where a size is known only when the graph runs. */
export type Shape = readonly (number | null)[];

/** A value of an attribute of an operation, as its kind in `AttrValue`. */
export type Attribute =
  | { readonly type: DType }
  | { readonly types: readonly DType[] }
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly bool: boolean }
  | { readonly string: string }
  | { readonly shape: Shape }
  | { readonly tensor: ConstantValue };

export interface ConstantValue {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Row-major, little-endian. */
  readonly bytes: Uint8Array;
}

/** The number of elements of a shape that is known. @throws RangeError where it is not */
export function elementCount(shape: Shape): number {
  return shape.reduce<number>((product, size) => {
    if (size === null) throw new RangeError(`shape [${shape.join(", ")}] is known only when the graph runs`);
    return product * size;
  }, 1);
}
