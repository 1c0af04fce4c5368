import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BatchCheckLayerAvailabilityCommand,
  BatchGetImageCommand,
  CompleteLayerUploadCommand,
  DescribeImagesCommand,
  ECRClient,
  GetDownloadUrlForLayerCommand,
  InitiateLayerUploadCommand,
  PutImageCommand,
  UploadLayerPartCommand,
} from "@aws-sdk/client-ecr";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { promoteImages } from "../../../../lib/cloud/registry/promote-images.ts";

const DEV = {
  ...{ name: "dev", repository: "hospital/hilum", account: "111122223333", region: "eu-central-1" },
  ...{ knowsGitHub: false, qualifier: "hnb659fds" },
};
const PROD = { ...DEV, name: "prod", account: "444455556666" };
const PART = 1000;
const OCI = "application/vnd.oci.image";

const digestOf = (bytes: Uint8Array | string): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** A registry that checks digests as ECR does. */
class Registry {
  readonly layers = new Map<string, Buffer>();
  readonly manifests = new Map<string, { readonly text: string; readonly type: string }>();
  readonly tags = new Map<string, string>();

  layer(bytes: Buffer) {
    const digest = digestOf(bytes);
    this.layers.set(digest, bytes);
    return { digest, size: bytes.length };
  }

  manifest(content: object, type: string, tag?: string): { digest: string; size: number } {
    const text = JSON.stringify({ schemaVersion: 2, mediaType: type, ...content });
    return this.put(text, type, tag);
  }

  put(text: string, type: string, tag?: string): { digest: string; size: number } {
    const { config, layers = [], manifests = [] } = JSON.parse(text);
    for (const { digest } of [...(config ? [config] : []), ...layers]) {
      if (!this.layers.has(digest)) throw new Error(`LayersNotFound ${digest}`);
    }
    for (const { digest } of manifests) if (!this.manifests.has(digest)) throw new Error(`ImagesNotFound ${digest}`);
    const digest = digestOf(text);
    this.manifests.set(digest, { text, type });
    if (tag !== undefined) this.tags.set(tag, digest);
    return { digest, size: text.length };
  }
}

let folder: string;
let server: Server;
let dev: Registry;
let prod: Registry;
let refusals = 0;
const uploads = new Map<string, Buffer[]>();
const sts = mockClient(STSClient);
const ecr = mockClient(ECRClient);

const registry = (account: string) => (account === DEV.account ? dev : prod);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-promote-"));
  server = createServer((request, response) => {
    refusals -= 1;
    if (refusals >= 0) response.writeHead(503).end();
    else response.end(dev.layers.get(decodeURIComponent(request.url!.slice(1))));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  for (const [stack, images] of [
    ["hilum-prod-training", { t: "train", p: "prepare" }],
    ["hilum-prod-inference", { i: "api" }],
    ["hilum-dev-training", { x: "another stage's" }],
  ] as const) {
    const dockerImages = Object.fromEntries(
      Object.entries(images).map(([imageTag, displayName]) => [
        imageTag,
        { displayName, destinations: { current: { imageTag, repositoryName: "any" } } },
      ]),
    );
    await writeFile(join(folder, `${stack}.assets.json`), JSON.stringify({ version: "1", dockerImages }));
  }
});
afterAll(async () => {
  server.close();
  sts.restore();
  ecr.restore();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  [dev, prod, refusals] = [new Registry(), new Registry(), 0];
  const Credentials = { AccessKeyId: "a", SecretAccessKey: "b", SessionToken: "c", Expiration: new Date(8e12) };
  sts.on(AssumeRoleCommand).resolves({ Credentials });
  ecr.on(DescribeImagesCommand).callsFake(({ registryId, imageIds: [{ imageTag }] }) => {
    const imageDigest = registry(registryId).tags.get(imageTag);
    if (imageDigest === undefined) throw Object.assign(new Error("none"), { name: "ImageNotFoundException" });
    return { imageDetails: [{ imageDigest }] };
  });
  ecr.on(BatchGetImageCommand).callsFake(({ registryId, imageIds: [{ imageDigest }] }) => {
    const found = registry(registryId).manifests.get(imageDigest);
    return { images: found ? [{ imageManifest: found.text, imageManifestMediaType: found.type }] : [] };
  });
  ecr.on(BatchCheckLayerAvailabilityCommand).callsFake(({ registryId, layerDigests: [digest] }) => ({
    layers: [{ layerAvailability: registry(registryId).layers.has(digest) ? "AVAILABLE" : "UNAVAILABLE" }],
  }));
  ecr.on(GetDownloadUrlForLayerCommand).callsFake(({ layerDigest }) => ({
    downloadUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${encodeURIComponent(layerDigest)}`,
  }));
  ecr.on(InitiateLayerUploadCommand).callsFake(() => {
    const uploadId = `upload-${uploads.size}`;
    uploads.set(uploadId, []);
    return { uploadId, partSize: PART };
  });
  ecr.on(UploadLayerPartCommand).callsFake(({ uploadId, partFirstByte, partLastByte, layerPartBlob }) => {
    const parts = uploads.get(uploadId)!;
    if (partFirstByte !== Buffer.concat(parts).length) throw new Error("InvalidLayerPart");
    if (layerPartBlob.length !== partLastByte - partFirstByte + 1) throw new Error("InvalidLayerPart");
    if (layerPartBlob.length > PART) throw new Error("LayerPartTooLarge");
    parts.push(Buffer.from(layerPartBlob));
    return {};
  });
  ecr.on(CompleteLayerUploadCommand).callsFake(({ registryId, uploadId, layerDigests: [digest] }) => {
    const bytes = Buffer.concat(uploads.get(uploadId)!);
    if (digestOf(bytes) !== digest) throw new Error("InvalidLayer");
    registry(registryId).layers.set(digest, bytes);
    return {};
  });
  ecr.on(PutImageCommand).callsFake(({ registryId, imageManifest, imageManifestMediaType, imageDigest, imageTag }) => {
    if (digestOf(imageManifest) !== imageDigest) throw new Error("ImageDigestDoesNotMatch");
    registry(registryId).put(imageManifest, imageManifestMediaType, imageTag);
    return {};
  });
});
afterEach(() => {
  sts.reset();
  ecr.reset();
});

/** One image, one list of two, and one that shares a layer. */
const built = () => {
  const base = dev.layer(Buffer.alloc(2 * PART + 17, "base"));
  const image = (text: string, tag?: string) =>
    dev.manifest(
      { config: dev.layer(Buffer.from(`{"${text}":1}`)), layers: [base, dev.layer(Buffer.from(text))] },
      `${OCI}.manifest.v1+json`,
      tag,
    );
  image("train", "t");
  image("prepare", "p");
  const { digest, size } = image("api");
  dev.manifest({ manifests: [{ digest, size }] }, `${OCI}.index.v1+json`, "i");
};
const promote = () => promoteImages({ from: DEV, to: PROD, folder });

describe("images of the next environment", () => {
  test("are those that were tried, by digest, with everything in them; a second time nothing is sent", async () => {
    built();
    const promoted = await promote();
    expect(promoted).toEqual(
      [
        ["api", "i"],
        ["train", "t"],
        ["prepare", "p"],
      ].map(([name, tag]) => ({ name, digest: dev.tags.get(tag!), copied: true })),
    );
    expect(prod.tags).toEqual(dev.tags);
    expect(prod.manifests).toEqual(dev.manifests);
    expect([...prod.layers.keys()].sort()).toEqual([...dev.layers.keys()].sort());
    // The layer that three images share is sent once.
    expect(ecr.commandCalls(CompleteLayerUploadCommand)).toHaveLength(dev.layers.size);
    ecr.resetHistory();
    expect((await promote()).map(({ copied }) => copied)).toEqual([false, false, false]);
    expect(ecr.commandCalls(PutImageCommand)).toEqual([]);
    expect(sts.commandCalls(AssumeRoleCommand).map(({ args }) => args[0].input.RoleArn)).toEqual([
      "arn:aws:iam::111122223333:role/hilum-images-dev",
      "arn:aws:iam::444455556666:role/cdk-hnb659fds-image-publishing-role-444455556666-eu-central-1",
      ...["arn:aws:iam::111122223333:role/hilum-images-dev", expect.stringContaining("image-publishing")],
    ]);
  });

  test("that were not tried are not made up for", async () => {
    await expect(promote()).rejects.toMatchObject({
      code: "image",
      message: expect.stringContaining("expected dev to be deployed from the same templates"),
    });
  });

  test("another image under the same tag is no image that was tried", async () => {
    built();
    prod.manifest({ layers: [] }, `${OCI}.manifest.v1+json`, "t");
    await expect(promote()).rejects.toThrow(
      /:t: train is sha256:[0-9a-f]{64}; expected sha256:[0-9a-f]{64}, which dev/,
    );
  });

  test("a network that fails is asked again, and then given up with the layer's name", async () => {
    built();
    refusals = 2;
    expect(await promote()).toHaveLength(3);
    prod = new Registry();
    refusals = 1000;
    await expect(promote()).rejects.toMatchObject({ exitCode: 75, message: expect.stringContaining("HTTP 503") });
  });

  test("templates that are not there", async () => {
    await expect(promoteImages({ from: DEV, to: { ...PROD, name: "none" }, folder })).rejects.toThrow(
      "no images of stage none; expected its templates after npm run synth",
    );
  });
});
