import "./sdk-warning.ts";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { PreconditionError } from "./errors.ts";
import { checkKey, checkPrefix } from "./key.ts";
import { checkRange, rangeError } from "./range.ts";
import { attemptsOf, isMissing, storeError, withConflictRetries } from "./s3-errors.ts";
import type { ByteRange, Etag, ObjectInfo, Store, Written } from "./store.ts";

/** Parts of a multipart upload, and how many are in flight; an object can have 10,000 parts. */
const PART_BYTES = 16 << 20;
const PARTS_AT_ONCE = 4;

/** Attempts of one call, the first included; throttling and network errors are tried again with growing pauses. */
const ATTEMPTS = 5;

/** A server that can't be reached, or that falls silent in the middle of an answer, in milliseconds. */
const PATIENCE = { connectionTimeout: 10_000, socketTimeout: 30_000 } as const;

type Condition = { readonly IfNoneMatch: "*" } | { readonly IfMatch: Etag };

export const openS3 = (uri: string): Store => new S3Store(uri, s3Client());

/** A client as the environment describes it: region, credentials, and AWS_ENDPOINT_URL_S3 for a server of one's own. */
export function s3Client(environment: NodeJS.ProcessEnv = process.env): S3Client {
  const ownServer = environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL;
  return new S3Client({
    maxAttempts: ATTEMPTS,
    requestHandler: PATIENCE,
    forcePathStyle: ownServer !== undefined,
    ...(ownServer !== undefined && environment.AWS_REGION === undefined ? { region: "us-east-1" } : {}),
  });
}

/** Objects under a prefix of a bucket. */
export class S3Store implements Store {
  readonly uri: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #base: string;

  constructor(uri: string, client: S3Client) {
    this.uri = uri;
    this.#client = client;
    const [bucket, ...prefix] = uri.slice("s3://".length).split("/");
    this.#bucket = bucket!;
    this.#base = prefix.map((segment) => `${segment}/`).join("");
  }

  async get(key: string, range?: ByteRange): Promise<Uint8Array> {
    if (range === undefined) return (await this.read(key)).bytes;
    checkRange(this.uri, key, range);
    if (range.length === 0) return this.#emptyRange(key, range);
    const Range = `bytes=${range.start}-${range.start + range.length - 1}`;
    const { bytes } = await this.#download(key, { Range }).catch((error) => {
      throw error.name === "InvalidRange" ? rangeError(this.uri, key, range, { cause: error }) : error;
    });
    if (bytes.length !== range.length) throw rangeError(this.uri, key, range);
    return bytes;
  }

  read(key: string) {
    return this.#download(key, {});
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    try {
      const found = await this.#client.send(new HeadObjectCommand(this.#place(key)));
      return { key, size: found.ContentLength ?? 0 };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw storeError(this.uri, key, error);
    }
  }

  put(key: string, bytes: Uint8Array): Promise<Etag> {
    return this.#put(key, bytes);
  }

  putIfAbsent(key: string, bytes: Uint8Array): Promise<Etag> {
    return this.#put(key, bytes, { IfNoneMatch: "*" });
  }

  putIfMatch(key: string, bytes: Uint8Array, etag: Etag): Promise<Etag> {
    return this.#put(key, bytes, { IfMatch: etag });
  }

  async delete(key: string): Promise<void> {
    await this.#call(key, () => this.#client.send(new DeleteObjectCommand(this.#place(key))));
  }

  async *list(prefix: string): AsyncGenerator<ObjectInfo> {
    checkPrefix(this.uri, prefix);
    const input = { Bucket: this.#bucket, Prefix: this.#base + prefix };
    const pages = paginateListObjectsV2({ client: this.#client }, input);
    try {
      for await (const page of pages) {
        for (const { Key, Size } of page.Contents ?? []) {
          // A key that ends in a slash is what consoles make for an empty folder.
          if (Key !== undefined && !Key.endsWith("/")) yield { key: Key.slice(this.#base.length), size: Size ?? 0 };
        }
      }
    } catch (error) {
      throw storeError(this.uri, prefix, error);
    }
  }

  async *folders(folder: string): AsyncGenerator<string> {
    const start = folder === "" ? "" : `${folder}/`;
    checkPrefix(this.uri, start);
    const input = { Bucket: this.#bucket, Prefix: this.#base + start, Delimiter: "/" };
    try {
      for await (const page of paginateListObjectsV2({ client: this.#client }, input)) {
        for (const { Prefix } of page.CommonPrefixes ?? []) {
          if (Prefix !== undefined) yield Prefix.slice(this.#base.length, -1);
        }
      }
    } catch (error) {
      throw storeError(this.uri, folder, error);
    }
  }

  async *stream(key: string): AsyncGenerator<Uint8Array> {
    const found = await this.#open(key, {});
    try {
      yield* found.Body as Readable;
    } catch (error) {
      throw storeError(this.uri, key, error);
    }
  }

  async putStream(key: string, pieces: AsyncIterable<Uint8Array>): Promise<Written> {
    const hash = createHash("sha256");
    let bytes = 0;
    async function* measured() {
      for await (const piece of pieces) {
        hash.update(piece);
        bytes += piece.length;
        // Parts are put together from several pieces, later.
        yield new Uint8Array(piece);
      }
    }
    const upload = new Upload({
      client: this.#client,
      params: {
        ...this.#place(key),
        Body: Readable.from(measured(), { objectMode: false }),
        ChecksumAlgorithm: "SHA256",
      },
      partSize: PART_BYTES,
      queueSize: PARTS_AT_ONCE,
    });
    const { ETag } = await this.#call(key, () => upload.done());
    return { etag: ETag!, bytes, sha256: hash.digest("hex") };
  }

  #place(key: string) {
    checkKey(this.uri, key);
    return { Bucket: this.#bucket, Key: this.#base + key };
  }

  async #put(key: string, bytes: Uint8Array, condition?: Condition): Promise<Etag> {
    const command = new PutObjectCommand({
      ...this.#place(key),
      Body: bytes,
      ChecksumAlgorithm: "SHA256",
      ...condition,
    });
    try {
      const put = await this.#call(key, () => withConflictRetries(() => this.#client.send(command)));
      return put.ETag!;
    } catch (error) {
      if (!(error instanceof PreconditionError) || attemptsOf(error.cause) < 2) throw error;
      // An earlier attempt may have written, and only its answer got lost.
      const current = await this.read(key);
      if (Buffer.compare(current.bytes, bytes) !== 0) throw error;
      return current.etag;
    }
  }

  async #download(key: string, range: { Range?: string }): Promise<{ bytes: Uint8Array; etag: Etag }> {
    const found = await this.#open(key, range);
    const bytes = await this.#call(key, () => found.Body!.transformToByteArray());
    return { bytes, etag: found.ETag! };
  }

  #open(key: string, range: { Range?: string }): Promise<GetObjectCommandOutput> {
    const command = new GetObjectCommand({ ...this.#place(key), ...range, ChecksumMode: "ENABLED" });
    return this.#call(key, () => this.#client.send(command));
  }

  async #emptyRange(key: string, range: ByteRange): Promise<Uint8Array> {
    const found = await this.#call(key, () => this.#client.send(new HeadObjectCommand(this.#place(key))));
    checkRange(this.uri, key, range, found.ContentLength ?? 0);
    return new Uint8Array();
  }

  async #call<T>(key: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw storeError(this.uri, key, error);
    }
  }
}
