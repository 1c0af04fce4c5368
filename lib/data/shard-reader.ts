import type { Data } from "apache-arrow";
import { Footer } from "apache-arrow/ipc/metadata/file";
import { Message, type RecordBatch } from "apache-arrow/ipc/metadata/message";
import { VectorLoader } from "apache-arrow/visitor/vectorloader";
import { InputError } from "../domain/errors.ts";
import type { Store } from "../store/store.ts";
import { decodeColumns, schemaOf } from "./arrow-columns.ts";
import { FILM_COLUMNS, type Films } from "./film-columns.ts";
import { PIXELS } from "./shard-format.ts";

/** Reads of any range of one file. */
export interface RangeReader {
  /** Names the file in messages. */
  readonly where: string;
  readonly bytes: number;
  read(start: number, length: number): Promise<Uint8Array>;
}

export async function storeRange(store: Store, key: string): Promise<RangeReader> {
  const where = `${store.uri}/${key}`;
  const info = await store.head(key);
  if (info === undefined) throw new InputError("shard", `${where}: the shard is missing, expected a run of prepare`);
  return { where, bytes: info.size, read: (start, length) => store.get(key, { start, length }) };
}

/** A record batch: `rows` films whose pixels lie one behind another from byte `pixels` of the file on. */
interface Batch {
  readonly rows: number;
  readonly header: RecordBatch;
  readonly body: number;
  readonly pixels: number;
}

/** Where everything of a shard lies; the pixels themselves are not read. */
export interface ShardIndex {
  readonly rows: number;
  /** Side of a film in pixels, squared: bytes of one film. */
  readonly stride: number;
  readonly batches: readonly Batch[];
}

const MAGIC = "ARROW1";
/** Length of the footer and magic behind it (Arrow columnar format, IPC file). */
const TAIL = 4 + MAGIC.length;
/** Enough for the footer of any shard, so that one read does. */
const FIRST_GUESS = 64 * 1024;

/** @throws InputError `shard` where the file is no whole shard */
export async function indexShard(file: RangeReader): Promise<ShardIndex> {
  const guess = Math.min(file.bytes, FIRST_GUESS);
  let end = await file.read(file.bytes - guess, guess);
  const tail = Buffer.from(end).subarray(-TAIL);
  if (guess < TAIL || tail.toString("latin1", 4) !== MAGIC) throw damaged(file);
  const footerBytes = tail.readInt32LE(0);
  if (footerBytes <= 0 || footerBytes + TAIL > file.bytes) throw damaged(file);
  if (footerBytes + TAIL > end.length) {
    end = await file.read(file.bytes - TAIL - footerBytes, footerBytes + TAIL);
  }
  const footer = Footer.decode(end.slice(end.length - TAIL - footerBytes, end.length - TAIL));
  const pixels = footer.schema.fields.at(-1);
  if (pixels?.name !== PIXELS) throw damaged(file);
  const batches = await Promise.all(
    [...footer.recordBatches()].map(async ({ offset, metaDataLength }): Promise<Batch> => {
      // A message starts with the marker -1 and its length, 4 bytes each.
      const message = await file.read(offset, metaDataLength);
      const header = Message.decode(message.slice(8)).header() as RecordBatch;
      const body = offset + metaDataLength;
      return { rows: header.length, header, body, pixels: body + header.buffers.at(-1)!.offset };
    }),
  );
  return {
    rows: batches.reduce((sum, batch) => sum + batch.rows, 0),
    stride: pixels.type.byteWidth as number,
    batches,
  };
}

/** All of a shard but the pixels, by one short range a record batch. */
export async function readShardFilms(file: RangeReader, index: ShardIndex): Promise<Films> {
  const names = Object.keys(FILM_COLUMNS);
  const { fields } = schemaOf(FILM_COLUMNS);
  const loaded = await Promise.all(
    index.batches.map(async ({ header, body, pixels }): Promise<Data[]> => {
      const bytes = await file.read(body, pixels - body);
      return new VectorLoader(bytes, header.nodes, header.buffers, new Map()).visitMany(fields);
    }),
  );
  return decodeColumns(FILM_COLUMNS, (name) => loaded.map((columns) => columns[names.indexOf(name)]!), index.rows);
}

const damaged = (file: RangeReader): InputError =>
  new InputError("shard", `${file.where}: no whole shard, expected an Arrow IPC file as prepare writes it; delete it`);
