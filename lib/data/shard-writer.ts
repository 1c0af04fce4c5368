import { AsyncByteQueue, RecordBatchFileWriter } from "apache-arrow";
import type { Geometry } from "../contracts/run-config.ts";
import type { Store } from "../store/store.ts";
import type { Films } from "./film-columns.ts";
import { shardBatch, shardSchema } from "./shard-format.ts";

/** Films with their pixels, films x size x size. */
export interface PreparedBatch {
  readonly films: Films;
  readonly pixels: Uint8Array;
}

export interface WrittenShard {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** Writes a shard as its batches come, whole or not at all; holds one of them at a time. */
export async function writeShard(
  store: Store,
  key: string,
  geometry: Geometry,
  batches: AsyncIterable<PreparedBatch>,
): Promise<WrittenShard> {
  let rows = 0;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    const schema = shardSchema(geometry);
    const sink = new Outbox();
    const writer = new RecordBatchFileWriter().reset(sink, schema);
    for await (const { films, pixels } of batches) {
      if (films.row.length === 0) continue;
      writer.write(shardBatch(schema, films, pixels));
      rows += films.row.length;
      yield* sink.take();
    }
    writer.finish();
    yield* sink.take();
  }
  const { bytes, sha256 } = await store.putStream(key, pieces());
  return { rows, bytes, sha256 };
}

/** What the writer has written and nobody has fetched: arrow's own queue would take in all batches without a pause. */
class Outbox extends AsyncByteQueue<Uint8Array> {
  private pieces: Uint8Array[] = [];

  override write(piece: ArrayBufferView): void {
    this.pieces.push(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
  }

  take(): Uint8Array[] {
    const taken = this.pieces;
    this.pieces = [];
    return taken;
  }
}
