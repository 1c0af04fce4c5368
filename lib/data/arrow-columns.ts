import {
  type Data,
  Field,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  Table,
  tableFromIPC,
} from "apache-arrow";
import { InputError } from "../domain/errors.ts";
import { recordOf } from "../domain/record-of.ts";
import { CODECS, type ColumnKind, type ColumnKinds } from "./column-codecs.ts";

/** Names and kinds of a table's columns, in order. */
export type TableSpec = Readonly<Record<string, ColumnKind>>;
export type Columns<S extends TableSpec> = { readonly [name in keyof S]: ColumnKinds[S[name]] };

export const schemaOf = (spec: TableSpec, more: readonly Field[] = [], metadata?: Map<string, string>): Schema =>
  new Schema([...Object.entries(spec).map(([name, kind]) => fieldOf(name, CODECS[kind])), ...more], metadata);

const fieldOf = (name: string, { type, nullable, metadata }: (typeof CODECS)[ColumnKind]): Field =>
  new Field(name, type, nullable, new Map(metadata));

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
  // Earlier files may lack a column that need not say anything.
  const isAbsent = (name: string) => spec[name] === "text?" && table.getChild(name) === null;
  const there = Object.fromEntries(Object.entries(spec).filter(([name]) => !isAbsent(name)));
  const absent = Object.keys(spec).filter(isAbsent);
  return {
    ...decodeColumns(there, (name) => columnData(table, name, where), table.numRows),
    ...recordOf(absent, () => new Array<null>(table.numRows).fill(null)),
  } as Columns<S>;
}

function columnData(table: Table, name: string, where: string): readonly Data[] {
  const column = table.getChild(name);
  if (column === null) throw new InputError("table", `${where}: column ${name} is missing`);
  return column.data;
}
