import { CfnOutput, type Stack } from "aws-cdk-lib";
import { Construct } from "constructs";
import type { OutputName, StackPart } from "../contracts/deployment.ts";

/** Outputs under the names by which lib/cloud looks them up. */
export function output<P extends StackPart>(
  stack: Stack,
  _part: P,
  values: Readonly<Partial<Record<OutputName<P>, string>>>,
): void {
  const scope = new Construct(stack, "Outputs");
  for (const [name, value] of Object.entries(values) as [OutputName<P>, string][]) {
    new CfnOutput(scope, name, { value }).overrideLogicalId(name);
  }
}
