import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { InputError } from "../domain/errors.ts";

const MAGIC = [0x1f, 0x8b] as const;

/**
 * A file's bytes, unpacked where it is a gzip file by its first two bytes; holds no more of it than a piece.
 * @param file name for messages
 * @throws InputError `csv` where the gzip file is damaged or ends early
 */
export async function* gunzip(file: string, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first = await nextOfAtLeast(iterator, MAGIC.length);
  const rest = chain(first, iterator);
  if (!MAGIC.every((byte, i) => first[i] === byte)) {
    yield* rest;
    return;
  }
  // Of its errors only zlib's own are about the file; the source's stay as they are.
  const unpacked = createGunzip();
  const source = Readable.from(rest, { objectMode: false }).on("error", (error) => unpacked.destroy(error));
  try {
    yield* source.pipe(unpacked);
  } catch (cause) {
    if (!String((cause as NodeJS.ErrnoException).code).startsWith("Z_")) throw cause;
    throw new InputError("csv", `${file}: the gzip file is damaged or ends early`, { cause });
  } finally {
    source.destroy();
    unpacked.destroy();
  }
}

async function nextOfAtLeast(iterator: AsyncIterator<Uint8Array>, bytes: number): Promise<Uint8Array> {
  let start: Uint8Array = new Uint8Array();
  while (start.length < bytes) {
    const { done, value } = await iterator.next();
    if (done) break;
    start = start.length === 0 ? value : Buffer.concat([start, value]);
  }
  return start;
}

async function* chain(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
