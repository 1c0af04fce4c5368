import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import * as z from "zod";
import { PAGE_CONFIGURATION, PageConfiguration } from "../../lib/contracts/page-configuration.ts";
import { customResource } from "../../lib/steps/custom-resource.ts";
import { emptyBucket } from "../../lib/store/bucket-contents.ts";
import { s3Client } from "../../lib/store/s3.ts";

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

/** Puts the page's files where CloudFront finds them; when they go, their bucket is left empty, so that it can go too. */
export const handler = customResource(async ({ RequestType, ResourceProperties: properties }) => {
  const { bucket } = Place.parse(properties);
  if (RequestType === "Delete") await emptyBucket(s3Client(), bucket);
  else await write(Properties.parse(properties));
  return `page-files-${bucket}`;
});

const keys = async (): Promise<string[]> =>
  (await readdir(FILES, { recursive: true })).filter((name) => extname(name) in TYPES).sort();

/** Documents answer under their names without the ending too, as the service itself serves them: `docs`. */
const places = (name: string): string[] =>
  extname(name) === ".html" ? [name, name.slice(0, -".html".length)] : [name];

async function write({ bucket, configuration }: z.infer<typeof Properties>): Promise<void> {
  const client = s3Client();
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
