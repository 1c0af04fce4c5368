import { execFile } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { json } from "node:stream/consumers";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import {
  DeleteBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { noServer, type S3Server, startS3Server } from "../../versitygw.ts";

const FUNCTIONS = fileURLToPath(new URL("../../../functions/", import.meta.url));
const CONFIGURATION = {
  login: "https://log-in.example.org",
  clientId: "client",
  redirect: "https://films.example.org/",
};
const BUCKET = "page";

/** The function as it is deployed, one bundle with the page beside it; CloudFormation is a server that takes answers. */
describe.skipIf(noServer)("the page's files in a bucket", () => {
  let folder: string;
  let s3: S3Server;
  let client: S3Client;
  let cloudFormation: Server;
  let status = 200;
  let answers: Record<string, unknown>[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hilum-page-files-"));
    await build({
      entryPoints: [join(FUNCTIONS, "page-files/handler.ts")],
      outfile: join(folder, "index.mjs"),
      ...{ bundle: true, platform: "node", format: "esm", logLevel: "error", mainFields: ["module", "main"] },
      banner: { js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);` },
    });
    const page = { filter: (name: string) => !name.endsWith("tsconfig.json"), recursive: true };
    await cp(join(FUNCTIONS, "api/page"), join(folder, "files/page"), page);
    await cp(join(folder, "files/page/docs.html"), join(folder, "files/docs.html"));
    await cp(join(folder, "files/page/index.html"), join(folder, "files/index.html"));
    s3 = await startS3Server({ versions: true });
    await s3.bucket(BUCKET);
    client = new S3Client({
      ...{ endpoint: s3.environment.AWS_ENDPOINT_URL_S3!, region: "us-east-1", forcePathStyle: true },
      credentials: { accessKeyId: "test", secretAccessKey: "test-secret" },
    });
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration }));
    cloudFormation = createServer(async (request, response) => {
      answers.push({ method: request.method, ...((await json(request)) as object) });
      response.writeHead(status).end();
    }).listen(0, "127.0.0.1");
    await once(cloudFormation, "listening");
  });
  beforeEach(() => {
    [answers, status] = [[], 200];
  });
  afterAll(async () => {
    client?.destroy();
    cloudFormation?.close();
    await s3?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = async (RequestType: string, properties: object, more = {}) => {
    const event = {
      ...{ RequestType, StackId: "stack", RequestId: "request", LogicalResourceId: "PageFilesInPlace", ...more },
      ResponseURL: `http://127.0.0.1:${(cloudFormation.address() as AddressInfo).port}/answer`,
      ResourceProperties: { ServiceToken: "arn", ...properties },
    };
    const call = `import { handler } from ${JSON.stringify(pathToFileURL(join(folder, "index.mjs")).href)};
      await handler(${JSON.stringify(event)});`;
    const env = { ...process.env, ...s3.environment };
    await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", call], { env });
    return answers.at(-1);
  };
  const keys = async () =>
    ((await client.send(new ListObjectsV2Command({ Bucket: BUCKET }))).Contents ?? []).map(({ Key }) => Key!).sort();
  const read = async (Key: string) => {
    const { Body, ContentType, CacheControl } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    return { text: await Body!.transformToString(), type: ContentType, caching: CacheControl };
  };

  test("are put under the names that the service has for them, with their types, and the log-in's address", async () => {
    expect(await ask("Create", { bucket: BUCKET, configuration: CONFIGURATION })).toMatchObject({
      ...{ method: "PUT", Status: "SUCCESS", PhysicalResourceId: "page-files-page", StackId: "stack" },
      ...{ RequestId: "request", LogicalResourceId: "PageFilesInPlace" },
    });
    const all = await keys();
    expect(all).toEqual(expect.arrayContaining(["docs", "docs.html", "index", "index.html", "page/client.js"]));
    expect(await read("page/client.js")).toMatchObject({ type: "text/javascript; charset=utf-8", caching: "no-cache" });
    expect(JSON.parse((await read("login.json")).text)).toEqual(CONFIGURATION);
    const docs = await read("docs");
    expect(docs).toEqual(await read("docs.html"));
    expect(docs.type).toBe("text/html; charset=utf-8");
    const loaded = [...docs.text.matchAll(/(?:src|href)="\/?(page\/[^"]+)"/g)].map(([, file]) => file!);
    expect(loaded.map((file) => basename(file))).toEqual(expect.arrayContaining(["docs.js", "docs.css"]));
    expect(all).toEqual(expect.arrayContaining(loaded));
  });

  test.each([
    ["a bucket that is not there", { bucket: "nowhere", configuration: CONFIGURATION }, "bucket"],
    ["properties that are wrong", { bucket: BUCKET, configuration: { login: "not an address" } }, "Invalid URL"],
  ])("%s: CloudFormation is told why, and does not wait", async (_, properties, reason) => {
    const told = await ask("Update", properties, { PhysicalResourceId: "page-files-page" });
    expect(told).toMatchObject({ Status: "FAILED", PhysicalResourceId: "page-files-page" });
    expect(told!.Reason).toContain(reason);
  });

  test("go with the stack, whatever the properties were called when it was made, and leave a bucket that can go", async () => {
    await ask("Update", { bucket: BUCKET, configuration: CONFIGURATION });
    expect(await keys()).not.toEqual([]);
    expect(await ask("Delete", { bucket: BUCKET, made: "by another version" })).toMatchObject({ Status: "SUCCESS" });
    await client.send(new DeleteBucketCommand({ Bucket: BUCKET }));
  });

  test("an answer that is not taken is an error, which Lambda tries again", async () => {
    status = 403;
    await expect(ask("Delete", { bucket: BUCKET })).rejects.toThrow("CloudFormation took no answer: HTTP 403");
  });
});
