/** Names an object's content: changes when its bytes change. Only ever compared. */
export type Etag = string;

export interface ObjectInfo {
  readonly key: string;
  readonly size: number;
}

/** What a stream of pieces came to. */
export interface Written {
  readonly etag: Etag;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Bytes from `start` on, `length` of them; a range beyond the end is an InputError (`store-range`). */
export interface ByteRange {
  readonly start: number;
  readonly length: number;
}

/**
 * Objects by key under one URI. Three implementations (disk, S3, memory) pass one suite.
 *
 * Keys are relative paths of printable segments joined by `/` (lib/store/key.ts); anything else is an InputError
 * (`store-key`). A key is never also the folder of another key. Every write is whole or not at all, also after a kill.
 */
export interface Store {
  /** `file:///…`, `s3://…` or `memory://…`, without a slash at its end. */
  readonly uri: string;

  /** @throws NotFoundError */
  get(key: string, range?: ByteRange): Promise<Uint8Array>;

  /** The object and its etag, for a later putIfMatch. @throws NotFoundError */
  read(key: string): Promise<{ readonly bytes: Uint8Array; readonly etag: Etag }>;

  /** Its size, or undefined where there is no such object. */
  head(key: string): Promise<ObjectInfo | undefined>;

  put(key: string, bytes: Uint8Array): Promise<Etag>;

  /** @throws PreconditionError where the key exists already; of several writers exactly one wins. */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<Etag>;

  /** @throws PreconditionError where the object's etag is not `etag` (any more); of several writers exactly one wins. */
  putIfMatch(key: string, bytes: Uint8Array, etag: Etag): Promise<Etag>;

  /** Nothing happens where there is no such object. */
  delete(key: string): Promise<void>;

  /** Every object whose key starts with the prefix, in order of key (UTF-8 bytes). */
  list(prefix: string): AsyncIterable<ObjectInfo>;

  /** Folders right under a folder, named by keys without a slash at their end, in order; "" is the whole. No object is listed. */
  folders(folder: string): AsyncIterable<string>;

  /** The object in pieces, for files larger than memory; one version of it, also when it is replaced meanwhile. @throws NotFoundError */
  stream(key: string): AsyncIterable<Uint8Array>;

  /** Writes an object from pieces, whole or not at all. A piece is not looked at again once the next is asked for. */
  putStream(key: string, pieces: AsyncIterable<Uint8Array>): Promise<Written>;

  /** The file that holds an object, whether or not it exists; only where objects are files of this machine. */
  readonly localPath?: (key: string) => string;
}
