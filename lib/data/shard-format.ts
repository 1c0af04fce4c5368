import { type Data, Field, FixedSizeBinary, makeData, type RecordBatch, type Schema } from "apache-arrow";
import type { Geometry } from "../contracts/run-config.ts";
import { encodeColumns, recordBatch, schemaOf } from "./arrow-columns.ts";
import { FILM_COLUMNS, type Films } from "./film-columns.ts";

/** The last column of a shard: size x size grey values a film, row by row, uncompressed. */
export const PIXELS = "pixels";

/** Films of one record batch: about 16 MiB of pixels, the most that a reader or writer need hold at once. */
export const filmsPerBatch = (size: number): number => Math.max(16, Math.min(512, Math.floor(2 ** 24 / size ** 2)));

/**
 * An Arrow IPC file. Pixels come last, so that all else of a record batch is one short range at its start; nothing in
 * it depends on a policy or a split.
 */
export const shardSchema = (geometry: Geometry): Schema =>
  schemaOf(
    FILM_COLUMNS,
    [new Field(PIXELS, new FixedSizeBinary(geometry.size ** 2), false)],
    new Map([
      ["hilum.shard", "1"],
      ["hilum.geometry", JSON.stringify(geometry)],
    ]),
  );

/** @param pixels films x size x size */
export function shardBatch(schema: Schema, films: Films, pixels: Uint8Array): RecordBatch {
  const length = films.row.length;
  const { type } = schema.fields.at(-1) as Field<FixedSizeBinary>;
  return recordBatch(schema, [
    ...encodeColumns(FILM_COLUMNS, films),
    makeData({ type, length, nullCount: 0, data: pixels }) as Data,
  ]);
}
