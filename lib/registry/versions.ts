import { readFile } from "node:fs/promises";
import { modelKeys } from "../contracts/layout.ts";
import { ModelVersion, VersionId } from "../contracts/model-version.ts";
import { InputError } from "../domain/errors.ts";
import { encodeDocument, findDocument, readDocument } from "../store/documents.ts";
import { NotFoundError, PreconditionError } from "../store/errors.ts";
import { materialise } from "../store/materialise.ts";
import type { Store } from "../store/store.ts";
import { describePieces, type FileRecord, piecesOf, type VersionFile } from "./version-file.ts";
import { type VersionContent, versionId } from "./version-id.ts";

/** What the caller says of a version; the registry adds its files, id and time. */
export type VersionDescription = Omit<VersionContent, "schema" | "files">;

/**
 * Writes a version, its manifest last, so that a version that can be read is whole. The same content is the same
 * version: publishing it again, or from two places at once, gives the one that stands there.
 */
export async function publishVersion(
  models: Store,
  description: VersionDescription,
  sources: readonly VersionFile[],
): Promise<ModelVersion> {
  const files: FileRecord[] = [];
  for (const source of sources) files.push(await describePieces(source.path, piecesOf(source)));
  const content: VersionContent = { schema: "hilum.model/1", ...description, files };
  const version = versionId(content);
  const manifest = ModelVersion.parse({ ...content, version, createdAt: new Date().toISOString() });
  const keys = modelKeys.version(version);

  const standing = await findDocument(models, keys.manifest, ModelVersion);
  if (standing !== undefined) return standing;
  for (const source of sources) await models.putStream(keys.file(source.path), piecesOf(source));
  try {
    await models.putIfAbsent(keys.manifest, encodeDocument(manifest));
    return manifest;
  } catch (error) {
    if (error instanceof PreconditionError) return loadVersion(models, version);
    throw error;
  }
}

/**
 * A version's manifest, checked against its schema, the 14 labels and its own id.
 * @throws InputError `no-such-version`, `document`, `version-damaged`
 */
export async function loadVersion(models: Store, id: VersionId): Promise<ModelVersion> {
  const key = modelKeys.version(id).manifest;
  const manifest = await readDocument(models, key, ModelVersion).catch((error) => {
    if (!(error instanceof NotFoundError)) throw error;
    throw new InputError("no-such-version", `${models.uri}: no model version ${id}`, { cause: error });
  });
  const { version, createdAt: _, ...content } = manifest;
  if (version !== id || versionId(content) !== id) {
    const message = `${models.uri}/${key}: content does not give the version ${id}; it was changed after publishing`;
    throw new InputError("version-damaged", message);
  }
  return manifest;
}

/** Reads every file of a version and compares size and hash. @throws InputError as loadVersion, `version-damaged` */
export async function verifyVersion(models: Store, id: VersionId): Promise<ModelVersion> {
  const manifest = await loadVersion(models, id);
  for (const file of manifest.files) {
    const key = modelKeys.version(id).file(file.path);
    await checkFile(`${models.uri}/${key}`, file, models.stream(key));
  }
  return manifest;
}

/** A version whose files stand in a folder of this machine. */
export interface LocalVersion {
  readonly manifest: ModelVersion;
  readonly folder: string;
}

/**
 * A version with its files on this machine, each verified by its hash. A disk store's own folder is used as it is;
 * others are copied into `cache`, once a version.
 * @throws InputError as verifyVersion
 */
export async function materialiseVersion(models: Store, id: VersionId, cache: string): Promise<LocalVersion> {
  const manifest = await loadVersion(models, id);
  const source = `versions/${id}`;
  if (models.localPath !== undefined) {
    await verifyVersion(models, id);
    return { manifest, folder: models.localPath(source) };
  }
  const folder = await materialise(models, source, `${cache}/${id}`);
  for (const file of manifest.files) {
    const path = `${folder}/${file.path}`;
    await checkFile(path, file, piecesOf({ path: file.path, file: path }));
  }
  return { manifest, folder };
}

/**
 * A file of a version on this machine, read once: what is returned is what its hash was computed of, whatever becomes of
 * the file meanwhile.
 * @param folder as materialiseVersion gives it
 * @throws InputError `version-damaged`
 */
export async function readVersionFile(folder: string, { files }: ModelVersion, path: string): Promise<Uint8Array> {
  const where = `${folder}/${path}`;
  const expected = files.find((file) => file.path === path);
  if (expected === undefined) throw new InputError("version-damaged", `${where}: the version has no such file`);
  const bytes = await readFile(where).catch((cause: unknown) => {
    throw new InputError("version-damaged", `${where}: can't be read, expected ${expected.bytes} bytes`, { cause });
  });
  await checkFile(where, expected, piecesOf({ path, bytes }));
  return bytes;
}

/** Ids of the versions of a registry, in their order. */
export async function* listVersions(models: Store): AsyncGenerator<VersionId> {
  for await (const { key } of models.list(modelKeys.versions)) {
    const id = key.slice(modelKeys.versions.length).split("/", 1)[0]!;
    if (VersionId.safeParse(id).success && key === modelKeys.version(id).manifest) yield id;
  }
}

async function checkFile(where: string, expected: FileRecord, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const found = await describePieces(expected.path, pieces).catch((error) => {
    if (!(error instanceof NotFoundError) && error.code !== "ENOENT") throw error;
    throw new InputError("version-damaged", `${where}: missing, expected ${expected.bytes} bytes`, { cause: error });
  });
  if (found.bytes === expected.bytes && found.sha256 === expected.sha256) return;
  const what = `${found.bytes} bytes with SHA-256 ${found.sha256}`;
  throw new InputError(
    "version-damaged",
    `${where}: ${what}, expected ${expected.bytes} bytes with ${expected.sha256}`,
  );
}
