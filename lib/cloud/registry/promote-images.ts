import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ECRClient } from "@aws-sdk/client-ecr";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import * as z from "zod";
import {
  bootstrapRoleName,
  type Delivered,
  imageRepository,
  imagesRoleName,
  roleArn,
} from "../../contracts/delivery.ts";
import { InputError } from "../../domain/errors.ts";
import { ask } from "../ask.ts";
import { copyImage, digestOfTag, type Repository } from "./copy-image.ts";

/** What the CDK leaves beside a template: its images by the hash of what they are built from, which is their tag. */
const Assets = z.object({
  dockerImages: z
    .record(
      z.string(),
      z.object({
        displayName: z.string(),
        destinations: z.record(z.string(), z.object({ imageTag: z.string() })),
      }),
    )
    .default({}),
});

export interface Promoted {
  readonly name: string;
  readonly digest: string;
  /** Whether it was not there yet. */
  readonly copied: boolean;
}

/**
 * Takes the images of a stage's templates over from the environment before, where they were built and tried, as they are:
 * the CDK builds none whose tag is there already.
 * @param folder where the templates are
 * @throws InputError `image` where the environment before has none, or another one stands under its tag
 */
export async function promoteImages({
  from,
  to,
  folder,
}: {
  readonly from: Delivered;
  readonly to: Delivered;
  readonly folder: string;
}): Promise<readonly Promoted[]> {
  const images = await imagesOf(to.name, folder);
  const source = await repositoryOf(from, roleArn(imagesRoleName(from.name), from));
  const target = await repositoryOf(to, roleArn(bootstrapRoleName("image-publishing", to), to));
  const promoted: Promoted[] = [];
  for (const [tag, name] of images) {
    promoted.push(await ask(`image ${name}`, () => promote(source, target, { tag, name, from: from.name })));
  }
  return promoted;
}

async function promote(
  source: Repository,
  target: Repository,
  { tag, name, from }: { readonly tag: string; readonly name: string; readonly from: string },
): Promise<Promoted> {
  const digest = await digestOfTag(source, tag);
  if (digest === undefined) {
    const place = `${source.repositoryName}:${tag}`;
    throw new InputError("image", `${place}: no ${name}; expected ${from} to be deployed from the same templates`);
  }
  const there = await digestOfTag(target, tag);
  if (there === digest) return { name, digest, copied: false };
  if (there !== undefined) {
    const place = `${target.repositoryName}:${tag}`;
    throw new InputError("image", `${place}: ${name} is ${there}; expected ${digest}, which ${from} runs`);
  }
  await copyImage(source, target, digest, tag);
  return { name, digest, copied: true };
}

/** Names of a stage's images by their tags. */
async function imagesOf(stage: string, folder: string): Promise<ReadonlyMap<string, string>> {
  const files = (await readdir(folder)).filter((name) =>
    new RegExp(`^hilum-${stage}-\\w+\\.assets\\.json$`).test(name),
  );
  const images = new Map<string, string>();
  for (const file of files.sort()) {
    const { dockerImages } = Assets.parse(JSON.parse(await readFile(join(folder, file), "utf8")));
    for (const { displayName, destinations } of Object.values(dockerImages)) {
      for (const { imageTag } of Object.values(destinations)) images.set(imageTag, displayName);
    }
  }
  if (images.size > 0) return images;
  throw new InputError("image", `${folder}: no images of stage ${stage}; expected its templates after npm run synth`);
}

async function repositoryOf(where: Delivered, RoleArn: string): Promise<Repository> {
  const { Credentials } = await ask(`role ${RoleArn}`, () =>
    new STSClient({ region: where.region }).send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: "hilum-promote-images" }),
    ),
  );
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials!;
  const client = new ECRClient({
    region: where.region,
    credentials: {
      accessKeyId: AccessKeyId!,
      secretAccessKey: SecretAccessKey!,
      sessionToken: SessionToken!,
      ...(Expiration && { expiration: Expiration }),
    },
  });
  return { client, registryId: where.account, repositoryName: imageRepository(where) };
}
