import { STACK_PARTS, type StackPart, stackName } from "../../contracts/deployment.ts";
import { bad, good, type NamedFinding } from "../../contracts/finding.ts";
import { HilumError } from "../../domain/errors.ts";
import { deployCommand, findStack } from "../stacks.ts";
import { bootstrapCheck, machineImageCheck, whoAndWhere } from "./account.ts";
import { apiDoorCheck, logRoleCheck } from "./gateway.ts";
import { imagesCheck } from "./images.ts";
import { instanceTypesCheck } from "./instance-types.ts";
import { concurrencyCheck, memoryCheck } from "./lambda.ts";
import type { Check, Looked, Subject } from "./looked.ts";
import { channelCheck, weightsCheck } from "./models.ts";
import { networkCheck } from "./network.ts";
import { launchTemplatesCheck, queuesCheck } from "./queues.ts";
import { quotaCheck } from "./quotas.ts";
import { subscriptionsCheck } from "./told.ts";

/** Fills in the stacks, which what comes after them looks at. */
const stacksCheck: Check = async ({ stage, stacks }) => {
  for (const part of STACK_PARTS) stacks[part] = await findStack(stage, part);
  const faults = STACK_PARTS.flatMap((part) => {
    const status = stacks[part]?.status ?? "not deployed";
    return /^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status) ? [] : [`${stackName(stage, part)} ${status}`];
  });
  return faults.length === 0 ? good(`${STACK_PARTS.length} deployed`) : bad(faults.join(", "), deployCommand(stage));
};

/** What an account needs, before anything is deployed too. */
const BEFORE: Readonly<Record<string, Check>> = {
  Bootstrap: bootstrapCheck,
  "GPU types": instanceTypesCheck("gpu"),
  "CPU types": instanceTypesCheck("cpu"),
  "GPU quota": quotaCheck("gpu"),
  "CPU quota": quotaCheck("cpu"),
  "GPU image": machineImageCheck("gpu"),
  "CPU image": machineImageCheck("cpu"),
  "API memory": memoryCheck,
  "API calls": concurrencyCheck,
  "API door": apiDoorCheck,
  "Log role": logRoleCheck,
};

/** What a deployed stage needs besides, and the stack in which each is found. */
const AFTER: Readonly<Record<string, readonly [StackPart, Check]>> = {
  Queues: ["training", queuesCheck],
  Instances: ["training", launchTemplatesCheck],
  Network: ["training", networkCheck],
  Images: ["training", imagesCheck],
  Weights: ["data", weightsCheck],
  Channel: ["data", channelCheck],
  Alarms: ["monitoring", subscriptionsCheck],
};

/** A check that could not be made is a finding as well; the others are made all the same. */
async function made(name: string, check: Check, looked: Looked): Promise<NamedFinding> {
  try {
    return { name, ...(await check(looked)) };
  } catch (error) {
    const answered = (error as { readonly $metadata?: object }).$metadata !== undefined;
    if (!(error instanceof HilumError) && !answered) throw error;
    const { name: fault, message } = error as Error;
    return { name, state: "bad", found: error instanceof HilumError ? message : `${fault}: ${message}` };
  }
}

/**
 * Everything that a stage needs of its account, in the order in which it is mended. Without credentials or a region
 * nothing else can be looked at; what is not deployed yet has its stacks alone to tell of.
 */
export async function examine(subject: Subject): Promise<readonly NamedFinding[]> {
  let identity: Awaited<ReturnType<typeof whoAndWhere>>;
  try {
    identity = await whoAndWhere();
  } catch (error) {
    if (!(error instanceof HilumError)) throw error;
    const name = error.code === "aws-region" ? "Region" : "Credentials";
    const mend = name === "Region" ? "export AWS_REGION=us-east-1" : "aws sso login, or aws configure";
    return [{ name, ...bad(error.message, mend) }];
  }
  const { account, region, arn } = identity;
  const stacks: Looked["stacks"] = {};
  const findings: NamedFinding[] = [
    { name: "Credentials", ...good(arn) },
    { name: "Region", ...good(region) },
  ];
  const looked = { ...subject, account, region, stacks };
  // First, since what an account still has to give depends on what is deployed.
  const deployed = await made("Stacks", stacksCheck, looked);
  for (const [name, check] of Object.entries(BEFORE)) findings.push(await made(name, check, looked));
  findings.push(deployed);
  for (const [name, [part, check]] of Object.entries(AFTER)) {
    if (stacks[part] !== undefined) findings.push(await made(name, check, looked));
  }
  return findings;
}
