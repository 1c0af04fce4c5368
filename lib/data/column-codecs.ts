import { type Data, type DataType, Float64, Int8, Int16, makeData, Uint32, Utf8 } from "apache-arrow";
import { BLANK, NOT_LABELLED } from "../domain/label-policy.ts";

/** What a column holds here; where there may be no value, a number says so in memory and a null in the file. */
export interface ColumnKinds {
  readonly text: readonly string[];
  readonly "text?": readonly (string | null)[];
  readonly uint32: Uint32Array;
  /** NaN is no number. */
  readonly float64: Float64Array;
  /** Whole years; -1 is unknown. */
  readonly age: Int16Array;
  /** 1, 0, -1; BLANK is a null in the file, NOT_LABELLED stands there as it is: whoever fills nulls with 0 makes no negatives of it. */
  readonly label: Int8Array;
}
export type ColumnKind = keyof ColumnKinds;

export const UNKNOWN_AGE = -1;

interface Codec<K extends ColumnKind> {
  readonly type: DataType;
  readonly nullable: boolean;
  /** What the column's values mean, for readers of the file. */
  readonly metadata?: ReadonlyMap<string, string>;
  encode(values: ColumnKinds[K]): Data;
  decode(pieces: readonly Data[], length: number): ColumnKinds[K];
}

const LABEL_MEANING = new Map([
  [
    "hilum.label",
    `1 present, 0 absent, -1 uncertain, null not mentioned, ${NOT_LABELLED} not labelled: nobody looked for it`,
  ],
]);

const textCodec = <K extends "text" | "text?">(nullable: boolean): Codec<K> => ({
  type: new Utf8(),
  nullable,
  encode: (values) => encodeText(values),
  decode: (pieces) => pieces.flatMap(decodeText) as unknown as ColumnKinds[K],
});

export const CODECS: { readonly [K in ColumnKind]: Codec<K> } = {
  text: textCodec<"text">(false),
  "text?": textCodec<"text?">(true),
  uint32: {
    type: new Uint32(),
    nullable: false,
    encode: (data) => makeData({ type: new Uint32(), length: data.length, nullCount: 0, data }),
    decode: (pieces, length) => join(pieces, new Uint32Array(length)),
  },
  float64: {
    type: new Float64(),
    nullable: false,
    encode: (data) => makeData({ type: new Float64(), length: data.length, nullCount: 0, data }),
    decode: (pieces, length) => join(pieces, new Float64Array(length)),
  },
  age: {
    type: new Int16(),
    nullable: true,
    encode: (data) => makeData({ type: new Int16(), data, ...nulls(data.length, (i) => data[i] === UNKNOWN_AGE) }),
    decode: (pieces, length) => join(pieces, new Int16Array(length), UNKNOWN_AGE),
  },
  label: {
    type: new Int8(),
    nullable: true,
    metadata: LABEL_MEANING,
    encode: (data) => makeData({ type: new Int8(), data, ...nulls(data.length, (i) => data[i] === BLANK) }),
    decode: (pieces, length) => join(pieces, new Int8Array(length), BLANK),
  },
};

/** Length and validity bitmap (bit set: there is a value), as Arrow has it. */
function nulls(length: number, isNull: (index: number) => boolean) {
  const nullBitmap = new Uint8Array(Math.ceil(length / 8));
  let nullCount = 0;
  for (let i = 0; i < length; i += 1) {
    if (isNull(i)) nullCount += 1;
    else nullBitmap[i >> 3]! |= 1 << (i & 7);
  }
  return { length, nullCount, nullBitmap: nullCount > 0 ? nullBitmap : null };
}

function encodeText(values: readonly (string | null)[]): Data {
  const valueOffsets = new Int32Array(values.length + 1);
  values.forEach((value, i) => {
    valueOffsets[i + 1] = valueOffsets[i]! + (value === null ? 0 : Buffer.byteLength(value));
  });
  const data = Buffer.from(values.map((value) => value ?? "").join(""));
  return makeData({ type: new Utf8(), data, valueOffsets, ...nulls(values.length, (i) => values[i] === null) });
}

function decodeText(piece: Data): (string | null)[] {
  const offsets = piece.valueOffsets as Int32Array;
  const start = offsets[0]!;
  const bytes = Buffer.from((piece.values as Uint8Array).subarray(start, offsets[piece.length]));
  const text = bytes.toString("utf8");
  // Offsets count bytes: where each is a character, one conversion does for the whole column.
  const slice =
    text.length === bytes.length
      ? (from: number, to: number) => text.slice(from, to)
      : (from: number, to: number) => bytes.toString("utf8", from, to);
  return Array.from({ length: piece.length }, (_, i) =>
    piece.getValid(i) ? slice(offsets[i]! - start, offsets[i + 1]! - start) : null,
  );
}

function join<T extends Uint32Array | Float64Array | Int16Array | Int8Array>(
  pieces: readonly Data[],
  into: T,
  missing?: number,
): T {
  let end = 0;
  for (const piece of pieces) {
    into.set((piece.values as T).subarray(0, piece.length), end);
    if (missing !== undefined && piece.nullCount > 0) {
      for (let i = 0; i < piece.length; i += 1) if (!piece.getValid(i)) into[end + i] = missing;
    }
    end += piece.length;
  }
  return into;
}
