import { createHash } from "node:crypto";
import { linkSync, readFileSync, renameSync, unlinkSync } from "node:fs";
import { type FileHandle, open, rm, rmdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chunks } from "../domain/chunks.ts";
import { InputError } from "../domain/errors.ts";
import { sha256 } from "../domain/sha256.ts";
import { makeFolder } from "../setup/make-folder.mjs";
import { codeOf, isMissing } from "./disk-errors.ts";
import { listFiles, listFolders } from "./disk-list.ts";
import { NotFoundError, PreconditionError } from "./errors.ts";
import { contentEtag } from "./etag.ts";
import { checkKey, checkPrefix, RESERVED } from "./key.ts";
import { withLock } from "./lock.ts";
import { NoFileError, openFile, readWholeFile } from "./open-file.ts";
import { checkRange } from "./range.ts";
import type { ByteRange, Etag, ObjectInfo, Store, Written } from "./store.ts";
import { temporaryBeside } from "./temporary-file.ts";

/** Of a long object so much is read, or hashed and written, at a time. */
const PIECE_BYTES = 1 << 20;
/** Of a long object so much is flushed at a time, while more is written, so that the end need not wait for all of it. */
const FLUSH_BYTES = 1 << 25;

/**
 * Objects as files of a folder, under their keys. A file appears under its key by a rename or a link only, when it is
 * whole and flushed; writers of one key keep apart by a lock file (lib/store/lock.ts). Needs hard links.
 */
export class DiskStore implements Store {
  readonly uri: string;
  readonly #folder: string;

  constructor(uri: string) {
    this.uri = uri;
    this.#folder = fileURLToPath(uri);
  }

  localPath = (key: string): string => {
    checkKey(this.uri, key);
    return join(this.#folder, key);
  };

  async get(key: string, range?: ByteRange): Promise<Uint8Array> {
    return this.#reading(key, async (path) => {
      if (range === undefined) return readWholeFile(path);
      const file = await openFile(path);
      try {
        const found = await file.stat();
        if (found.isDirectory()) throw new NotFoundError(this.uri, key);
        checkRange(this.uri, key, range, found.size);
        return await readExactly(file, range);
      } finally {
        await file.close();
      }
    });
  }

  async read(key: string) {
    const bytes = await this.get(key);
    return { bytes, etag: contentEtag(bytes) };
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    try {
      const found = await stat(this.localPath(key));
      return found.isFile() ? { key, size: found.size } : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async put(key: string, bytes: Uint8Array): Promise<Etag> {
    return (await this.putStream(key, once(bytes))).etag;
  }

  async putStream(key: string, pieces: AsyncIterable<Uint8Array>): Promise<Written> {
    return this.#writing(key, pieces, (temporary, path) =>
      withLock(lockOf(path), () => renameSync(temporary, path)).catch((error) => {
        throw codeOf(error) === "EISDIR" ? this.#isFolder(key, error) : error;
      }),
    );
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<Etag> {
    if ((await this.head(key)) !== undefined) throw new PreconditionError(this.uri, key);
    const { etag } = await this.#writing(key, once(bytes), async (temporary, path) => {
      try {
        linkSync(temporary, path);
      } catch (error) {
        if (codeOf(error) !== "EEXIST") throw error;
        const found = await stat(path).catch(() => undefined);
        throw found?.isDirectory() ? this.#isFolder(key, error) : new PreconditionError(this.uri, key);
      }
    });
    return etag;
  }

  async putIfMatch(key: string, bytes: Uint8Array, etag: Etag): Promise<Etag> {
    if ((await this.head(key)) === undefined) throw new PreconditionError(this.uri, key);
    const written = await this.#writing(key, once(bytes), (temporary, path) =>
      withLock(lockOf(path), () => {
        if (currentEtag(path) !== etag) throw new PreconditionError(this.uri, key);
        renameSync(temporary, path);
      }),
    );
    return written.etag;
  }

  async delete(key: string): Promise<void> {
    const path = this.localPath(key);
    if ((await this.head(key)) === undefined) return;
    try {
      await withLock(lockOf(path), () => unlinkSync(path));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    await this.#removeEmptyFolders(dirname(path));
  }

  async *list(prefix: string): AsyncGenerator<ObjectInfo> {
    checkPrefix(this.uri, prefix);
    yield* listFiles(this.#folder, prefix);
  }

  async *folders(folder: string): AsyncGenerator<string> {
    checkPrefix(this.uri, folder === "" ? "" : `${folder}/`);
    yield* listFolders(this.#folder, folder);
  }

  async *stream(key: string): AsyncGenerator<Uint8Array> {
    const file = await this.#reading(key, openFile);
    try {
      if ((await file.stat()).isDirectory()) throw new NotFoundError(this.uri, key);
      for (;;) {
        const piece = new Uint8Array(PIECE_BYTES);
        const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, null);
        if (bytesRead === 0) return;
        yield piece.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }

  async #reading<T>(key: string, read: (path: string) => Promise<T>): Promise<T> {
    try {
      return await read(this.localPath(key));
    } catch (error) {
      if (error instanceof NoFileError)
        throw new InputError("store-no-file", `${this.uri}/${key}: ${error.message}`, { cause: error });
      throw isMissing(error) ? new NotFoundError(this.uri, key, { cause: error }) : error;
    }
  }

  /** Writes a whole, flushed file beside the object's place, and hands it to `publish`; leaves nothing else behind. */
  async #writing(
    key: string,
    pieces: AsyncIterable<Uint8Array>,
    publish: (temporary: string, path: string) => Promise<void>,
  ): Promise<Written> {
    const path = this.localPath(key);
    const temporary = temporaryBeside(path);
    const hash = createHash("sha256");
    let bytes = 0;
    const file = await this.#create(key, temporary);
    try {
      try {
        let flushed = 0;
        let flushing = Promise.resolve();
        for await (const piece of inPieces(pieces)) {
          hash.update(piece);
          bytes += piece.length;
          await writeWhole(file, piece);
          if (bytes - flushed < FLUSH_BYTES) continue;
          await flushing;
          flushed = bytes;
          flushing = file.datasync();
          // Its error is thrown where it is awaited.
          flushing.catch(() => {});
        }
        await flushing;
        await file.sync();
      } finally {
        await file.close();
      }
      await publish(temporary, path);
    } finally {
      await rm(temporary, { force: true });
    }
    await flushFolder(dirname(path));
    const sha256 = hash.digest("hex");
    return { etag: sha256, bytes, sha256 };
  }

  /** Opens a new file; a folder that somebody else empties and removes meanwhile is made again. */
  async #create(key: string, temporary: string): Promise<FileHandle> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await makeFolder(dirname(temporary));
        return await open(temporary, "wx");
      } catch (error) {
        const code = codeOf(error);
        if (code === "EEXIST" || code === "ENOTDIR") throw this.#isFolder(key, error);
        if (code !== "ENOENT" || attempt === 100) throw error;
      }
    }
  }

  #isFolder(key: string, cause: unknown): InputError {
    return new InputError("store-key", `${this.uri}/${key}: one key is the folder of another`, { cause });
  }

  async #removeEmptyFolders(from: string): Promise<void> {
    for (let folder = from; folder.startsWith(this.#folder) && folder !== this.#folder; folder = dirname(folder)) {
      const removed = await rmdir(folder).then(
        () => true,
        () => false,
      );
      if (!removed) return;
    }
  }
}

const lockOf = (path: string): string => join(dirname(path), `${RESERVED}lock-${sha256(basename(path)).slice(0, 24)}`);

function currentEtag(path: string): Etag | undefined {
  try {
    return contentEtag(readFileSync(path));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function readExactly(file: FileHandle, { start, length }: ByteRange): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, start + filled);
    if (bytesRead === 0) throw new Error("file became shorter while it was read");
    filled += bytesRead;
  }
  return bytes;
}

/** By one call to the system, as a rule; Node's own writeFile() makes one of each 512 KiB. */
async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += (await file.write(bytes, written, bytes.length - written)).bytesWritten;
  }
}

/** Long pieces cut up: hashing one does not hold up all else that this thread does, and it is in the cache when it is written. */
async function* inPieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    yield* chunks(piece, PIECE_BYTES);
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** A rename lasts through a power cut when its folder is flushed; Windows cannot and need not. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  try {
    const handle = await open(folder);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}
