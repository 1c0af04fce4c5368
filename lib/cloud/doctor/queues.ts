import {
  BatchClient,
  type ComputeEnvironmentDetail,
  DescribeComputeEnvironmentsCommand,
  DescribeJobDefinitionsCommand,
  DescribeJobQueuesCommand,
} from "@aws-sdk/client-batch";
import { bad, good } from "../../contracts/finding.ts";
import { JOB_STEPS } from "../../workflow/jobs.ts";
import { ask } from "../ask.ts";
import { deployCommand, resourcesOf } from "../stacks.ts";
import type { Check, Looked } from "./looked.ts";

const jobQueuesOf = ({ stacks }: Looked): string[] =>
  [stacks.training?.outputs.CpuQueue, stacks.training?.outputs.GpuQueue].filter((arn) => arn !== undefined);

const describeQueues = async (looked: Looked) =>
  (
    await ask("job queues", () =>
      new BatchClient().send(new DescribeJobQueuesCommand({ jobQueues: jobQueuesOf(looked) })),
    )
  ).jobQueues ?? [];

/** Where the stage's jobs run. */
export async function environmentsOf(looked: Looked): Promise<readonly ComputeEnvironmentDetail[]> {
  const names = (await describeQueues(looked)).flatMap(({ computeEnvironmentOrder = [] }) =>
    computeEnvironmentOrder.flatMap(({ computeEnvironment }) => computeEnvironment ?? []),
  );
  if (names.length === 0) return [];
  const { computeEnvironments = [] } = await ask("compute environments", () =>
    new BatchClient().send(new DescribeComputeEnvironmentsCommand({ computeEnvironments: names })),
  );
  return computeEnvironments;
}

/** Whether jobs would be taken, and machines found for them. */
export const queuesCheck: Check = async (looked) => {
  const queues = await describeQueues(looked);
  const environments = await environmentsOf(looked);
  const parts = [
    ...queues.map((queue) => ({ name: queue.jobQueueName, ...queue })),
    ...environments.map((environment) => ({ name: environment.computeEnvironmentName, ...environment })),
  ];
  const faults = parts
    .filter(({ state, status }) => state !== "ENABLED" || status !== "VALID")
    .map(({ name, state, status, statusReason }) => `${name} is ${state}, ${status}: ${statusReason ?? "no reason"}`);
  const wanted = jobQueuesOf(looked).length;
  if (queues.length < wanted) faults.push(`${wanted - queues.length} of ${wanted} queues are gone`);
  if (faults.length > 0) return bad(faults.join("; "), deployCommand(looked.stage));
  return good(`${queues.length} queues over ${environments.length} environments take jobs`);
};

/** `ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG` */
const IMAGE = /^\d+\.dkr\.ecr\.([a-z0-9-]+)\.[a-z.]+\/([^:@]+):(.+)$/;

/** The commands that ask the registry itself, which this program has no client for: one a repository. */
function askRegistry(images: readonly string[]): string {
  const tags = new Map<string, string[]>();
  for (const image of images) {
    const [, region, repository, tag] = IMAGE.exec(image) ?? [];
    if (tag === undefined) continue;
    const place = `--region ${region} --repository-name ${repository}`;
    tags.set(place, [...(tags.get(place) ?? []), `imageTag=${tag}`]);
  }
  return [...tags].map(([place, ids]) => `aws ecr describe-images ${place} --image-ids ${ids.join(" ")}`).join("\n");
}

/** The job definitions, and the images that they name; CDK puts images in place before it makes definitions. */
export const imagesCheck: Check = async ({ stage }) => {
  const definitions = await resourcesOf(stage, "training", "AWS::Batch::JobDefinition");
  const jobDefinitions = definitions.map(({ name }) => name);
  const { jobDefinitions: found = [] } =
    jobDefinitions.length === 0
      ? {}
      : await ask("job definitions", () =>
          new BatchClient().send(new DescribeJobDefinitionsCommand({ jobDefinitions })),
        );
  const images = new Set(
    found.flatMap(({ status, containerProperties }) => (status === "ACTIVE" ? (containerProperties?.image ?? []) : [])),
  );
  const repositories = [...new Set([...images].map((image) => image.replace(/:[^:/]*$/, "")))].join(", ");
  if (images.size === JOB_STEPS.length) {
    const found = `${images.size} images named by jobs, in ${repositories}; whether they are still there its registry says`;
    return { ...good(found), mend: askRegistry([...images]) };
  }
  return bad(`${images.size} of ${JOB_STEPS.length} jobs have an image`, deployCommand(stage));
};
