import { NotFoundError, PreconditionError } from "./errors.ts";
import { contentEtag } from "./etag.ts";
import { checkKey, checkPrefix, compareKeys } from "./key.ts";
import { checkRange } from "./range.ts";
import type { ByteRange, Etag, ObjectInfo, Store, Written } from "./store.ts";

/** Objects of this process, for tests and for work that leaves nothing behind. */
export class MemoryStore implements Store {
  readonly uri: string;
  readonly #objects = new Map<string, Uint8Array>();

  constructor(uri: string) {
    this.uri = uri;
  }

  async get(key: string, range?: ByteRange): Promise<Uint8Array> {
    const bytes = this.#find(key);
    if (range === undefined) return bytes.slice();
    checkRange(this.uri, key, range, bytes.length);
    return bytes.slice(range.start, range.start + range.length);
  }

  async read(key: string) {
    const bytes = this.#find(key);
    return { bytes: bytes.slice(), etag: contentEtag(bytes) };
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    checkKey(this.uri, key);
    const bytes = this.#objects.get(key);
    return bytes && { key, size: bytes.length };
  }

  async put(key: string, bytes: Uint8Array): Promise<Etag> {
    checkKey(this.uri, key);
    this.#objects.set(key, new Uint8Array(bytes));
    return contentEtag(bytes);
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<Etag> {
    checkKey(this.uri, key);
    if (this.#objects.has(key)) throw new PreconditionError(this.uri, key);
    return this.put(key, bytes);
  }

  async putIfMatch(key: string, bytes: Uint8Array, etag: Etag): Promise<Etag> {
    checkKey(this.uri, key);
    const current = this.#objects.get(key);
    if (current === undefined || contentEtag(current) !== etag) throw new PreconditionError(this.uri, key);
    return this.put(key, bytes);
  }

  async delete(key: string): Promise<void> {
    checkKey(this.uri, key);
    this.#objects.delete(key);
  }

  async *list(prefix: string): AsyncGenerator<ObjectInfo> {
    checkPrefix(this.uri, prefix);
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort(compareKeys);
    for (const key of keys) {
      const bytes = this.#objects.get(key);
      if (bytes !== undefined) yield { key, size: bytes.length };
    }
  }

  async *folders(folder: string): AsyncGenerator<string> {
    const start = folder === "" ? "" : `${folder}/`;
    checkPrefix(this.uri, start);
    const inside = [...this.#objects.keys()].filter((key) => key.startsWith(start));
    const names = inside.flatMap((key) => key.slice(start.length).match(/^([^/]+)\//)?.[1] ?? []);
    for (const name of [...new Set(names)].sort((a, b) => compareKeys(`${a}/`, `${b}/`))) yield start + name;
  }

  async *stream(key: string): AsyncGenerator<Uint8Array> {
    yield await this.get(key);
  }

  async putStream(key: string, pieces: AsyncIterable<Uint8Array>): Promise<Written> {
    checkKey(this.uri, key);
    const kept: Uint8Array[] = [];
    for await (const piece of pieces) kept.push(new Uint8Array(piece));
    const bytes = Buffer.concat(kept);
    const etag = await this.put(key, bytes);
    return { etag, bytes: bytes.length, sha256: etag };
  }

  #find(key: string): Uint8Array {
    checkKey(this.uri, key);
    const bytes = this.#objects.get(key);
    if (bytes === undefined) throw new NotFoundError(this.uri, key);
    return bytes;
  }
}
