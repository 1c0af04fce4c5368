import { ShardRecord } from "../contracts/dataset.ts";
import { datasetKeys, preparationName } from "../contracts/layout.ts";
import { InputError } from "../domain/errors.ts";
import { readDocument } from "../store/documents.ts";
import type { Store } from "../store/store.ts";
import type { Films } from "./film-columns.ts";
import { indexShard, readShardFilms, storeRange } from "./shard-reader.ts";
import type { PrepareRequest } from "./steps/prepare.ts";

/** A prepared part of the manifest, whole; reads no pixels. @throws InputError `shard` */
export async function readShard(
  datasets: Store,
  { fingerprint, config }: Pick<PrepareRequest, "fingerprint" | "config">,
  index: number,
): Promise<{ record: ShardRecord; films: Films }> {
  const stored = datasetKeys(fingerprint);
  const preparation = preparationName(config);
  const record = await readDocument(datasets, stored.shardRecord(preparation, index), ShardRecord);
  const file = await storeRange(datasets, record.key);
  const shard = await indexShard(file);
  if (file.bytes !== record.bytes || shard.rows !== record.rows) {
    const what = `${shard.rows} films in ${file.bytes} bytes, expected ${record.rows} in ${record.bytes}; delete it`;
    throw new InputError("shard", `${file.where}: ${what}`);
  }
  return { record, films: await readShardFilms(file, shard) };
}
