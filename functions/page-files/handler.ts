import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { PAGE_CONFIGURATION, PageConfiguration } from "../../lib/contracts/page-configuration.ts";

/** What CloudFormation asks of a resource of one's own, and where it waits for the answer: an hour where none comes. */
const ResourceEvent = z.object({
  RequestType: z.enum(["Create", "Update", "Delete"]),
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().optional(),
  ResourceProperties: z.unknown(),
});
type ResourceEvent = z.infer<typeof ResourceEvent>;

/** Of which bucket; a stack that goes may have been made by an older version, whose other properties were others. */
const Place = z.object({ bucket: z.string() });
const Properties = Place.extend({ configuration: PageConfiguration });

/** Beside the bundled function: the page as it stands in the repository. */
const FILES = join(import.meta.dirname, "files");

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};

/** Asked for anew each time and answered with "unchanged": a deployment is seen at once. */
const CACHING = "no-cache";

/** Puts the page's files where CloudFront finds them, and takes them away with the stack. */
export async function handler(event: unknown): Promise<void> {
  const request = ResourceEvent.parse(event);
  const { PhysicalResourceId = "page-files", ResourceProperties: properties } = request;
  try {
    const { bucket } = Place.parse(properties);
    if (request.RequestType === "Delete") await remove(bucket);
    else await write(Properties.parse(properties));
    await answer(request, { Status: "SUCCESS", Reason: "", PhysicalResourceId: `page-files-${bucket}` });
  } catch (error) {
    await answer(request, { Status: "FAILED", Reason: (error as Error).message, PhysicalResourceId });
  }
}

const keys = async (): Promise<string[]> =>
  (await readdir(FILES, { recursive: true })).filter((name) => extname(name) in TYPES).sort();

/** Documents answer under their names without the ending too, as the service itself serves them: `docs`. */
const places = (name: string): string[] =>
  extname(name) === ".html" ? [name, name.slice(0, -".html".length)] : [name];

async function write({ bucket, configuration }: z.infer<typeof Properties>): Promise<void> {
  const client = new S3Client();
  const put = (Key: string, Body: Uint8Array, type: string) =>
    client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key,
        Body,
        ContentType: TYPES[type]!,
        CacheControl: CACHING,
        ChecksumAlgorithm: "SHA256",
      }),
    );
  for (const name of await keys()) {
    const bytes = await readFile(join(FILES, name));
    for (const key of places(name)) await put(key, bytes, extname(name));
  }
  await put(PAGE_CONFIGURATION, Buffer.from(JSON.stringify(configuration)), extname(PAGE_CONFIGURATION));
}

async function remove(bucket: string): Promise<void> {
  const client = new S3Client();
  for (const Key of [...(await keys()).flatMap(places), PAGE_CONFIGURATION]) {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  }
}

async function answer(
  { ResponseURL, StackId, RequestId, LogicalResourceId }: ResourceEvent,
  outcome: { readonly Status: "SUCCESS" | "FAILED"; readonly Reason: string; readonly PhysicalResourceId: string },
): Promise<void> {
  const body = JSON.stringify({ ...outcome, StackId, RequestId, LogicalResourceId });
  const response = await fetch(ResponseURL, { method: "PUT", body, headers: { "content-type": "" } });
  if (!response.ok) throw new Error(`CloudFormation took no answer: HTTP ${response.status}`);
}
