import {
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { eachOf } from "../../../lib/parallel/each-of.ts";
import { bucketContents, emptyBucket, NOTHING, sumOf } from "../../../lib/store/bucket-contents.ts";
import { s3Client } from "../../../lib/store/s3.ts";
import { stubEnvironment } from "../../stub-environment.ts";
import { noServer, type S3Server, startS3Server } from "../../versitygw.ts";

describe.skipIf(noServer)("a bucket with versions, on a server", () => {
  let server: S3Server;
  let client: S3Client;
  beforeAll(async () => {
    server = await startS3Server({ versions: true });
    stubEnvironment(server.environment);
    client = s3Client();
  });
  afterAll(async () => {
    client.destroy();
    vi.unstubAllEnvs();
    await server.stop();
  });

  const made = async (Bucket: string, { versions = true } = {}) => {
    await server.bucket(Bucket);
    if (!versions) return Bucket;
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    return Bucket;
  };
  const put = (Bucket: string, Key: string, Body = "abc") => client.send(new PutObjectCommand({ Bucket, Key, Body }));

  test("is counted and emptied of versions, markers and unended uploads; then it can be deleted", async () => {
    const Bucket = await made("versions");
    for (const key of ["a", "b/c", "b/c", "b/d"]) await put(Bucket, key);
    await client.send(new DeleteObjectCommand({ Bucket, Key: "b/d" }));
    await client.send(new CreateMultipartUploadCommand({ Bucket, Key: "b/e" }));
    const all = { versions: 4, markers: 1, uploads: 1, bytes: 12 };
    expect(await bucketContents(client, Bucket)).toEqual(all);
    await expect(client.send(new DeleteBucketCommand({ Bucket }))).rejects.toThrow();
    const told: (typeof NOTHING)[] = [];
    expect(await emptyBucket(client, Bucket, { tell: (removed) => told.push(removed) })).toEqual(all);
    expect(sumOf(told)).toEqual(all);
    expect(await bucketContents(client, Bucket)).toEqual(NOTHING);
    expect(await emptyBucket(client, Bucket)).toEqual(NOTHING);
    await client.send(new DeleteBucketCommand({ Bucket }));
    expect(await bucketContents(client, Bucket)).toEqual(NOTHING);
  });

  test("of more than a page is emptied whole", async () => {
    const Bucket = await made("pages");
    await eachOf(Array.from({ length: 1100 }), 16, (_, index) => put(Bucket, `film-${index}`));
    await put(Bucket, "film-7", "again");
    // This server names the last version of a page again on the next one.
    expect((await emptyBucket(client, Bucket)).versions - 1101).toBeOneOf([0, 1]);
    await client.send(new DeleteBucketCommand({ Bucket }));
  });

  test("without versions is emptied as well", async () => {
    const Bucket = await made("plain", { versions: false });
    await put(Bucket, "a");
    expect(await emptyBucket(client, Bucket)).toMatchObject({ versions: 1 });
    await client.send(new DeleteBucketCommand({ Bucket }));
  });

  test("stops where the signal says so", async () => {
    const Bucket = await made("stopped");
    await put(Bucket, "a");
    await expect(emptyBucket(client, Bucket, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "bucket-not-empty",
      exitCode: 75,
    });
  });
});

describe("a bucket that does not get empty", () => {
  const versions = { Versions: [{ Key: "patient7/film.jpg", VersionId: "1", Size: 3 }] };
  const mocked = (answer: object) => {
    const client = s3Client({ AWS_REGION: "us-east-1" });
    const mock = mockClient(client);
    mock.on(ListObjectVersionsCommand).resolves(versions);
    mock.on(DeleteObjectsCommand).resolves(answer);
    mock.onAnyCommand().resolves({});
    mock.on(ListObjectVersionsCommand).resolves(versions);
    mock.on(DeleteObjectsCommand).resolves(answer);
    return client;
  };

  test("because S3 refuses: the reason is told, and no key", async () => {
    const Errors = [{ Key: "patient7/film.jpg", VersionId: "1", Code: "AccessDenied", Message: "Access Denied" }];
    const ended = emptyBucket(mocked({ Errors }), "films");
    await expect(ended).rejects.toMatchObject({ code: "store-access", exitCode: 64 });
    await expect(ended).rejects.toThrow(/^s3:\/\/films: AccessDenied: Access Denied; expected a role/);
    await expect(ended).rejects.not.toThrow(/patient7/);
  });

  test("because something writes into it all the time: it ends", async () => {
    await expect(emptyBucket(mocked({}), "logs")).rejects.toThrow("s3://logs: something still writes into it");
  });
});
