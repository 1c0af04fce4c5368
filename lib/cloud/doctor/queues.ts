import {
  BatchClient,
  type ComputeEnvironmentDetail,
  DescribeComputeEnvironmentsCommand,
  DescribeJobQueuesCommand,
} from "@aws-sdk/client-batch";
import { DescribeLaunchTemplatesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { bad, good } from "../../contracts/finding.ts";
import { ask } from "../ask.ts";
import { deployCommand } from "../stacks.ts";
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

/** Whether new instances are made as the last deployment says: Batch keeps the version of a launch template that it was given. */
export const launchTemplatesCheck: Check = async (looked) => {
  const used = (await environmentsOf(looked)).flatMap(({ computeEnvironmentName, computeResources }) => {
    const { launchTemplateId, version } = computeResources?.launchTemplate ?? {};
    return launchTemplateId === undefined ? [] : { name: computeEnvironmentName, id: launchTemplateId, version };
  });
  if (used.length === 0) return good("no launch template");
  const ids = [...new Set(used.map(({ id }) => id))];
  const { LaunchTemplates = [] } = await ask("launch templates", () =>
    new EC2Client().send(new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: ids })),
  );
  const newest = new Map(LaunchTemplates.map((template) => [template.LaunchTemplateId, template.LatestVersionNumber]));
  const behind = used.filter(({ id, version }) => version !== "$Latest" && version !== String(newest.get(id)));
  if (behind.length === 0) return good(`${used.length} environments, by the newest of their launch templates`);
  const faults = behind.map(
    ({ name, id, version = "$Default" }) => `${name} by version ${version} of ${newest.get(id)}`,
  );
  return bad(faults.join(", "), deployCommand(looked.stage));
};
