import { BatchClient, DescribeJobDefinitionsCommand } from "@aws-sdk/client-batch";
import { DescribeImagesCommand, ECRClient, type ImageIdentifier } from "@aws-sdk/client-ecr";
import { GetFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { bad, good } from "../../contracts/finding.ts";
import { JOB_STEPS } from "../../workflow/jobs.ts";
import { ask } from "../ask.ts";
import { deployCommand, resourcesOf } from "../stacks.ts";
import { apiFunctionOf } from "./api-function.ts";
import type { Check, Looked } from "./looked.ts";

/** `ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG`, or `…@sha256:DIGEST`. */
const IMAGE = /^(\d+)\.dkr\.ecr\.([a-z0-9-]+)\.[a-z.]+\/([^:@]+)(?::([^@]+))?(?:@(sha256:[0-9a-f]{64}))?$/;

/** What each step's jobs run, as their newest definition says. */
async function jobImages({ stage }: Looked): Promise<readonly string[]> {
  const definitions = await resourcesOf(stage, "training", "AWS::Batch::JobDefinition");
  const jobDefinitions = definitions.map(({ name }) => name);
  if (jobDefinitions.length === 0) return [];
  const { jobDefinitions: found = [] } = await ask("job definitions", () =>
    new BatchClient().send(new DescribeJobDefinitionsCommand({ jobDefinitions })),
  );
  return found.flatMap(({ status, containerProperties }) =>
    status === "ACTIVE" ? (containerProperties?.image ?? []) : [],
  );
}

async function apiImage(looked: Looked): Promise<readonly string[]> {
  const FunctionName = await apiFunctionOf(looked);
  if (FunctionName === undefined) return [];
  const { Code } = await ask(`function ${FunctionName}`, () =>
    new LambdaClient().send(new GetFunctionCommand({ FunctionName })),
  );
  return (Code?.ResolvedImageUri ?? Code?.ImageUri) ? [(Code.ResolvedImageUri ?? Code.ImageUri)!] : [];
}

/** The digest under which the registry has an image; undefined where it has none. */
async function digestOf(image: string): Promise<string | undefined> {
  const [, registryId, region, repositoryName, imageTag, imageDigest] = IMAGE.exec(image) ?? [];
  if (region === undefined) return undefined;
  const imageId: ImageIdentifier = imageDigest === undefined ? { imageTag } : { imageDigest };
  return ask(`image ${image}`, async () => {
    try {
      const asked = new DescribeImagesCommand({ registryId, repositoryName, imageIds: [imageId] });
      return (await new ECRClient({ region }).send(asked)).imageDetails?.[0]?.imageDigest;
    } catch (error) {
      if (/^(ImageNotFound|RepositoryNotFound)/.test((error as Error).name)) return undefined;
      throw error;
    }
  });
}

/** Whether the registry still has every image that jobs and the API run; a rule of its may have removed one. */
export const imagesCheck: Check = async (looked) => {
  const jobs = await jobImages(looked);
  if (jobs.length < JOB_STEPS.length) {
    return bad(`${jobs.length} of ${JOB_STEPS.length} jobs have an image`, deployCommand(looked.stage));
  }
  const images = [...new Set([...jobs, ...(await apiImage(looked))])];
  const digests = await Promise.all(images.map(digestOf));
  const gone = images.filter((_, index) => digests[index] === undefined);
  if (gone.length > 0) return bad(`gone from the registry: ${gone.join(", ")}`, deployCommand(looked.stage));
  const short = digests.map((digest) => digest!.slice("sha256:".length, "sha256:".length + 12));
  return good(`${images.length} images are there: ${short.join(", ")}`);
};
