import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { HilumError, TemporaryError } from "../domain/errors.ts";
import { eachOf } from "../parallel/each-of.ts";
import { storeError } from "./s3-errors.ts";

/** What a bucket holds, by the kinds that keep it from being deleted or cost on. */
export interface BucketContents {
  readonly versions: number;
  /** Delete markers: versions without bytes that hide the ones before. */
  readonly markers: number;
  /** Multipart uploads that nobody has ended. */
  readonly uploads: number;
  /** Of all versions. */
  readonly bytes: number;
}

export const NOTHING: BucketContents = { versions: 0, markers: 0, uploads: 0, bytes: 0 };

export const sumOf = (contents: Iterable<BucketContents>): BucketContents => {
  const total = { ...NOTHING };
  for (const one of contents) {
    for (const kind of Object.keys(total) as (keyof BucketContents)[]) total[kind] += one[kind];
  }
  return total;
};

export const isNothing = ({ versions, markers, uploads }: BucketContents): boolean =>
  versions + markers + uploads === 0;

/** Pages of 1,000 versions, as many as S3 deletes in one call, that are deleted at a time. */
const PAGES_AT_ONCE = 4;

/** Looks at a bucket that something still writes into. */
const MOST_PASSES = 10;

/** What stands in a bucket; nothing where there is no such bucket. @throws InputError `store-access` and the like */
export async function bucketContents(client: S3Client, bucket: string): Promise<BucketContents> {
  const found: BucketContents[] = [];
  await within(bucket, async () => {
    for await (const page of versionPages(client, bucket)) found.push(counted(page));
    found.push({ ...NOTHING, uploads: (await unendedUploads(client, bucket)).length });
  });
  return sumOf(found);
}

/**
 * Removes every version, delete marker and unended upload of a bucket, those too that arrive meanwhile.
 * @param tell called with what went since the last call
 * @throws TemporaryError `bucket-not-empty` where the signal ends it for no reason of ours, S3 keeps what it was told to
 * delete, or something writes into the bucket all the time; what went is gone, and the next call goes on
 */
export async function emptyBucket(
  client: S3Client,
  bucket: string,
  {
    tell = () => {},
    signal,
  }: { readonly tell?: (removed: BucketContents) => void; readonly signal?: AbortSignal } = {},
): Promise<BucketContents> {
  const removed: BucketContents[] = [];
  const note = (some: BucketContents): void => {
    removed.push(some);
    tell(some);
  };
  await within(bucket, async () => {
    for (let pass = 1; ; pass += 1) {
      const before = removed.length;
      const kept = await removeVersions(client, bucket, note, signal);
      await removeUploads(client, bucket, note);
      if (removed.length === before && kept.length === 0) return;
      if (removed.length === before || pass === MOST_PASSES) throw notEmpty(bucket, kept[0]);
    }
  });
  return sumOf(removed);
}

/** Why one of many objects stayed; its key would name a film. */
interface Kept {
  readonly name: string;
  readonly message: string;
}

const unfinished = (bucket: string, why: string): TemporaryError =>
  new TemporaryError("bucket-not-empty", `s3://${bucket}: ${why}; expected it to be empty after this`);

function notEmpty(bucket: string, kept: Kept | undefined): unknown {
  if (kept?.name === "AccessDenied") return storeError("s3:/", bucket, { ...kept, $metadata: { httpStatusCode: 403 } });
  return unfinished(bucket, kept ? `${kept.name}: ${kept.message}` : "something still writes into it");
}

/** A bucket that is gone holds nothing. */
async function within(bucket: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if ((error as Error).name !== "NoSuchBucket") throw storeError("s3:/", bucket, error);
  }
}

async function* versionPages(client: S3Client, Bucket: string): AsyncGenerator<ListObjectVersionsCommandOutput> {
  let place: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
  for (;;) {
    const page = await client.send(new ListObjectVersionsCommand({ Bucket, ...place }));
    yield page;
    if (!page.IsTruncated) return;
    place = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
}

const counted = ({ Versions = [], DeleteMarkers = [] }: ListObjectVersionsCommandOutput): BucketContents => ({
  versions: Versions.length,
  markers: DeleteMarkers.length,
  uploads: 0,
  bytes: Versions.reduce((bytes, { Size = 0 }) => bytes + Size, 0),
});

/** One walk over the bucket. @returns why versions stayed, an entry a version */
async function removeVersions(
  client: S3Client,
  bucket: string,
  tell: (removed: BucketContents) => void,
  signal: AbortSignal | undefined,
): Promise<Kept[]> {
  const kept: Kept[] = [];
  let pages: ListObjectVersionsCommandOutput[] = [];
  const removeAll = async (): Promise<void> => {
    const stayed = await eachOf(pages, PAGES_AT_ONCE, (page) => removePage(client, bucket, page, tell));
    kept.push(...stayed.flat());
    pages = [];
  };
  for await (const page of versionPages(client, bucket)) {
    if (signal?.aborted) throw signal.reason instanceof HilumError ? signal.reason : unfinished(bucket, "out of time");
    pages.push(page);
    if (pages.length === PAGES_AT_ONCE) await removeAll();
  }
  await removeAll();
  return kept;
}

async function removePage(
  client: S3Client,
  Bucket: string,
  page: ListObjectVersionsCommandOutput,
  tell: (removed: BucketContents) => void,
): Promise<Kept[]> {
  const { Versions = [], DeleteMarkers = [] } = page;
  const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key: Key!, VersionId }));
  if (Objects.length === 0) return [];
  const { Errors = [] } = await client.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true }, ChecksumAlgorithm: "SHA256" }),
  );
  const stayed = new Set(Errors.map(({ Key, VersionId = "null" }) => `${VersionId} ${Key}`));
  const went = <T extends { Key?: string | undefined; VersionId?: string | undefined }>(all: readonly T[]): T[] =>
    all.filter(({ Key, VersionId = "null" }) => !stayed.has(`${VersionId} ${Key}`));
  const removed = counted({ ...page, Versions: went(Versions), DeleteMarkers: went(DeleteMarkers) });
  if (!isNothing(removed)) tell(removed);
  return Errors.map(({ Code: name = "Error", Message: message = "no reason" }) => ({ name, message }));
}

async function unendedUploads(client: S3Client, Bucket: string): Promise<{ Key: string; UploadId: string }[]> {
  const found: { Key: string; UploadId: string }[] = [];
  let place: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
  for (;;) {
    const page = await client.send(new ListMultipartUploadsCommand({ Bucket, ...place }));
    for (const { Key, UploadId } of page.Uploads ?? []) found.push({ Key: Key!, UploadId: UploadId! });
    if (!page.IsTruncated) return found;
    place = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
  }
}

async function removeUploads(client: S3Client, Bucket: string, tell: (removed: BucketContents) => void): Promise<void> {
  for (const which of await unendedUploads(client, Bucket)) {
    await client.send(new AbortMultipartUploadCommand({ Bucket, ...which })).catch((error: Error) => {
      if (error.name !== "NoSuchUpload") throw error;
    });
    tell({ ...NOTHING, uploads: 1 });
  }
}
