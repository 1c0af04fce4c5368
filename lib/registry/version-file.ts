import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { ModelVersion } from "../contracts/model-version.ts";

/** A file to publish: its path in the version, and its bytes or the file of this machine that holds them. */
export type VersionFile =
  | { readonly path: string; readonly bytes: Uint8Array }
  | { readonly path: string; readonly file: string };

export type FileRecord = ModelVersion["files"][number];

export async function* piecesOf(source: VersionFile): AsyncGenerator<Uint8Array> {
  if ("bytes" in source) yield source.bytes;
  else yield* createReadStream(source.file);
}

/** Size and hash of what the pieces hold together. */
export async function describePieces(path: string, pieces: AsyncIterable<Uint8Array>): Promise<FileRecord> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { path, bytes, sha256: hash.digest("hex") };
}

/** Every file under a folder of this machine, as files of a version under `path/`. */
export async function filesOfFolder(folder: string, path: string): Promise<VersionFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ file, path: [path, ...relative(folder, file).split(sep)].join("/") }));
}
