import {
  type Data,
  type DataType,
  Field,
  Int8,
  Int16,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  Uint32,
  Utf8,
} from "apache-arrow";
import { InputError } from "../domain/errors.ts";
import { BLANK } from "../domain/label-policy.ts";

/** What a column holds here; where there may be no value, a number says so in memory and a null in the file. */
export interface ColumnKinds {
  readonly text: readonly string[];
  readonly "text?": readonly (string | null)[];
  readonly uint32: Uint32Array;
  /** Whole years; -1 is unknown. */
  readonly age: Int16Array;
  /** 1, 0, -1; BLANK is not mentioned. */
  readonly label: Int8Array;
}
export type ColumnKind = keyof ColumnKinds;

/** Names and kinds of a table's columns, in order. */
export type TableSpec = Readonly<Record<string, ColumnKind>>;
export type Columns<S extends TableSpec> = { readonly [name in keyof S]: ColumnKinds[S[name]] };

export const UNKNOWN_AGE = -1;

interface Codec<K extends ColumnKind> {
  readonly type: DataType;
  readonly nullable: boolean;
  encode(values: ColumnKinds[K]): Data;
  decode(pieces: readonly Data[], length: number): ColumnKinds[K];
}

const textCodec = <K extends "text" | "text?">(nullable: boolean): Codec<K> => ({
  type: new Utf8(),
  nullable,
  encode: (values) => encodeText(values),
  decode: (pieces) => pieces.flatMap(decodeText) as unknown as ColumnKinds[K],
});

const CODECS: { readonly [K in ColumnKind]: Codec<K> } = {
  text: textCodec<"text">(false),
  "text?": textCodec<"text?">(true),
  uint32: {
    type: new Uint32(),
    nullable: false,
    encode: (data) => makeData({ type: new Uint32(), length: data.length, nullCount: 0, data }),
    decode: (pieces, length) => join(pieces, new Uint32Array(length)),
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
    encode: (data) => makeData({ type: new Int8(), data, ...nulls(data.length, (i) => data[i] === BLANK) }),
    decode: (pieces, length) => join(pieces, new Int8Array(length), BLANK),
  },
};

export const schemaOf = (spec: TableSpec, more: readonly Field[] = [], metadata?: Map<string, string>): Schema =>
  new Schema(
    [...Object.entries(spec).map(([name, kind]) => new Field(name, CODECS[kind].type, CODECS[kind].nullable)), ...more],
    metadata,
  );

/** Each column's data, in the order of the spec. */
export const encodeColumns = <S extends TableSpec>(spec: S, columns: Columns<S>): Data[] =>
  Object.entries(spec).map(([name, kind]) => CODECS[kind].encode(columns[name] as never));

/** @param columns for each column of the spec its pieces, one a record batch */
export function decodeColumns<S extends TableSpec>(
  spec: S,
  columns: (name: string) => readonly Data[],
  length: number,
): Columns<S> {
  return Object.fromEntries(
    Object.entries(spec).map(([name, kind]) => [name, CODECS[kind].decode(columns(name), length)]),
  ) as unknown as Columns<S>;
}

/** The columns of the spec, less all rows but these, in this order. */
export const takeRows = <S extends TableSpec>(spec: S, columns: Columns<S>, rows: Uint32Array): Columns<S> =>
  Object.fromEntries(Object.keys(spec).map((name) => [name, take(columns[name]!, rows)])) as unknown as Columns<S>;

function take(column: ColumnKinds[ColumnKind], rows: Uint32Array) {
  if (!ArrayBuffer.isView(column)) return Array.from(rows, (row) => column[row]);
  const typed = column as Int8Array;
  const values = new (typed.constructor as Int8ArrayConstructor)(rows.length);
  rows.forEach((row, i) => {
    values[i] = typed[row]!;
  });
  return values;
}

/** Tables one under the other. */
export const concatRows = <S extends TableSpec>(spec: S, tables: readonly Columns<S>[]): Columns<S> => {
  const names = Object.keys(spec);
  const length = tables.reduce((sum, table) => sum + (table[names[0]!]?.length ?? 0), 0);
  const encoded = tables.map((table) => encodeColumns(spec, table));
  return decodeColumns(spec, (name) => encoded.map((columns) => columns[names.indexOf(name)]!), length);
};

export function recordBatch(schema: Schema, children: Data[]): RecordBatch {
  const length = children[0]?.length ?? 0;
  return new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length, nullCount: 0, children }) as Data<Struct>,
  );
}

/** A small table as an Arrow IPC file. */
export function encodeTable<S extends TableSpec>(spec: S, columns: Columns<S>): Uint8Array {
  const schema = schemaOf(spec);
  const batch = recordBatch(schema, encodeColumns(spec, columns));
  return RecordBatchFileWriter.writeAll(new Table(schema, batch)).toUint8Array(true);
}

/** @throws InputError `table` where the bytes are no such table; `where` names it */
export function decodeTable<S extends TableSpec>(spec: S, bytes: Uint8Array, where: string): Columns<S> {
  let table: Table;
  try {
    table = tableFromIPC(bytes);
  } catch (cause) {
    throw new InputError("table", `${where}: expected an Arrow IPC file`, { cause });
  }
  return decodeColumns(spec, (name) => columnData(table, name, where), table.numRows);
}

function columnData(table: Table, name: string, where: string): readonly Data[] {
  const column = table.getChild(name);
  if (column === null) throw new InputError("table", `${where}: column ${name} is missing`);
  return column.data;
}

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

function join<T extends Uint32Array | Int16Array | Int8Array>(pieces: readonly Data[], into: T, missing?: number): T {
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
