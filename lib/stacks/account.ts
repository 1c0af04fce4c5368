import { type Stack, Tags } from "aws-cdk-lib";
import { type IManagedPolicy, ManagedPolicy, PermissionsBoundary } from "aws-cdk-lib/aws-iam";
import type { Stage } from "./stage.ts";

/** What budgets count by. */
const STAGE_TAG = "hilum:stage";

/** What the account's owners ask of everything in it: tags, and a bound to what any role may do. */
export function followAccount(stack: Stack, { name, account: { tags, permissionsBoundary } }: Stage): void {
  for (const [key, value] of Object.entries({ ...tags, [STAGE_TAG]: name })) Tags.of(stack).add(key, value);
  if (permissionsBoundary === null) return;
  const policy = permissionsBoundary.startsWith("arn:")
    ? ManagedPolicy.fromManagedPolicyArn(stack, "Boundary", permissionsBoundary)
    : ManagedPolicy.fromManagedPolicyName(stack, "Boundary", permissionsBoundary);
  PermissionsBoundary.of(stack).apply(policy as IManagedPolicy);
}
