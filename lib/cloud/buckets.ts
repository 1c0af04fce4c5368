import { STACK_PARTS, type StackPart } from "../contracts/deployment.ts";
import { deletionPolicies, findStack, resourcesOf } from "./stacks.ts";

/** A bucket that a stage's stacks have made and that is still theirs. */
export interface StageBucket {
  /** What the stack calls it, such as `incoming`. */
  readonly name: string;
  readonly bucket: string;
  /** It stays where its stack goes. */
  readonly kept: boolean;
}

/** What the CDK adds to a name that it has made a resource's from. */
const MADE_UNIQUE = /[0-9A-F]{8}$/;

/** Where S3 writes who read the others: it fills while they are emptied. */
const LAST = "accessLogs";

/** Every bucket that is deployed for a stage, the one of access logs last; none where no stack is. */
export async function stageBuckets(stage: string): Promise<readonly StageBucket[]> {
  const found = await Promise.all(STACK_PARTS.map((part) => bucketsOf(stage, part)));
  return found.flat().sort((a, b) => Number(a.name === LAST) - Number(b.name === LAST));
}

async function bucketsOf(stage: string, part: StackPart): Promise<StageBucket[]> {
  if ((await findStack(stage, part)) === undefined) return [];
  const buckets = await resourcesOf(stage, part, "AWS::S3::Bucket");
  if (buckets.length === 0) return [];
  const policies = await deletionPolicies(stage, part);
  return buckets.map(({ logicalName, name }) => ({
    name: logicalName.replace(MADE_UNIQUE, ""),
    bucket: name,
    // Without a policy of its own a resource goes with its stack.
    kept: (policies.get(logicalName) ?? "Delete") !== "Delete",
  }));
}
