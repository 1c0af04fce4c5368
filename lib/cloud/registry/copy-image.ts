import {
  BatchCheckLayerAvailabilityCommand,
  BatchGetImageCommand,
  CompleteLayerUploadCommand,
  DescribeImagesCommand,
  type ECRClient,
  GetDownloadUrlForLayerCommand,
  type Image,
  type ImageIdentifier,
  InitiateLayerUploadCommand,
  LayerAlreadyExistsException,
  LayerAvailability,
  PutImageCommand,
  UploadLayerPartCommand,
} from "@aws-sdk/client-ecr";
import * as z from "zod";
import { InputError, TemporaryError } from "../../domain/errors.ts";

/** A repository of images, and who may reach it. */
export interface Repository {
  readonly client: ECRClient;
  readonly registryId: string;
  readonly repositoryName: string;
}

/** Times that a layer is sent before a network is given up. */
const ATTEMPTS = 3;

const Piece = z.object({ digest: z.string(), size: z.number() });
/** A manifest, Docker's or OCI's: of one image, or a list of others. */
const Manifest = z.object({
  config: Piece.optional(),
  layers: z.array(Piece).default([]),
  manifests: z.array(Piece).default([]),
});
type Piece = z.infer<typeof Piece>;

const ACCEPTED = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];

const place = ({ registryId, repositoryName }: Repository) => ({ registryId, repositoryName });

/** The digest that a tag stands for; undefined where there is no such tag. */
export async function digestOfTag(repository: Repository, imageTag: string): Promise<string | undefined> {
  const asked = new DescribeImagesCommand({ ...place(repository), imageIds: [{ imageTag }] });
  try {
    return (await repository.client.send(asked)).imageDetails?.[0]?.imageDigest;
  } catch (error) {
    if ((error as Error).name === "ImageNotFoundException") return undefined;
    throw error;
  }
}

/**
 * Copies an image byte for byte, under its tag: no Docker, and the same digest, which the registry checks itself.
 * @throws InputError `image` where it is not there; TemporaryError `image` where a layer does not arrive
 */
export async function copyImage(from: Repository, to: Repository, imageDigest: string, imageTag: string) {
  const { imageManifest, imageManifestMediaType } = await copyManifest(from, to, { imageDigest });
  await to.client.send(
    new PutImageCommand({ ...place(to), imageManifest, imageManifestMediaType, imageDigest, imageTag }),
  );
}

/** Everything that a manifest names, and of a list each of its images. */
async function copyManifest(from: Repository, to: Repository, image: ImageIdentifier): Promise<Image> {
  const asked = new BatchGetImageCommand({ ...place(from), imageIds: [image], acceptedMediaTypes: ACCEPTED });
  const found = (await from.client.send(asked)).images?.[0];
  if (found?.imageManifest === undefined) {
    throw new InputError("image", `${from.repositoryName}: no image ${image.imageDigest}; expected it to be there`);
  }
  const { config, layers, manifests } = Manifest.parse(JSON.parse(found.imageManifest));
  for (const { digest: imageDigest } of manifests) {
    const { imageManifest, imageManifestMediaType } = await copyManifest(from, to, { imageDigest });
    await to.client.send(new PutImageCommand({ ...place(to), imageManifest, imageManifestMediaType, imageDigest }));
  }
  for (const layer of [...(config ? [config] : []), ...layers]) await copyLayer(from, to, layer);
  return found;
}

async function copyLayer(from: Repository, to: Repository, layer: Piece): Promise<void> {
  const { digest: layerDigest } = layer;
  const asked = new BatchCheckLayerAvailabilityCommand({ ...place(to), layerDigests: [layerDigest] });
  const { layers = [] } = await to.client.send(asked);
  if (layers[0]?.layerAvailability === LayerAvailability.AVAILABLE) return;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await sendLayer(from, to, layerDigest);
    } catch (error) {
      if (error instanceof LayerAlreadyExistsException) return;
      if (attempt < ATTEMPTS) continue;
      const why = `${to.repositoryName}: layer ${layerDigest}: ${(error as Error).message}`;
      throw new TemporaryError("image", `${why}; expected it after ${ATTEMPTS} attempts`, { cause: error });
    }
  }
}

async function sendLayer(from: Repository, to: Repository, layerDigest: string): Promise<void> {
  const { downloadUrl } = await from.client.send(new GetDownloadUrlForLayerCommand({ ...place(from), layerDigest }));
  const answer = await fetch(downloadUrl!);
  if (!answer.ok || answer.body === null) throw new Error(`HTTP ${answer.status}`);
  const { uploadId, partSize } = await to.client.send(new InitiateLayerUploadCommand(place(to)));
  let partFirstByte = 0;
  for await (const layerPartBlob of inParts(answer.body, partSize!)) {
    const partLastByte = partFirstByte + layerPartBlob.length - 1;
    await to.client.send(
      new UploadLayerPartCommand({ ...place(to), uploadId, partFirstByte, partLastByte, layerPartBlob }),
    );
    partFirstByte = partLastByte + 1;
  }
  await to.client.send(new CompleteLayerUploadCommand({ ...place(to), uploadId, layerDigests: [layerDigest] }));
}

/** The same bytes in parts of one size, the last one shorter. */
async function* inParts(pieces: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    bytes += piece.length;
    if (bytes < size) continue;
    const whole = Buffer.concat(waiting);
    let start = 0;
    for (; whole.length - start >= size; start += size) yield whole.subarray(start, start + size);
    waiting = [whole.subarray(start)];
    bytes = whole.length - start;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}
