import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  paginateListStackResources,
} from "@aws-sdk/client-cloudformation";
import { OUTPUTS, type OutputName, type StackPart, stackName } from "../contracts/deployment.ts";
import { InputError } from "../domain/errors.ts";
import { ask } from "./ask.ts";

/** A stack as it stands. */
export interface StackState {
  /** CloudFormation's word for it, such as `UPDATE_COMPLETE`. */
  readonly status: string;
  /** Values of its outputs, by their names. */
  readonly outputs: Readonly<Record<string, string>>;
}

const isMissing = (error: unknown): boolean => /does not exist/.test((error as Error).message);

/** One of a stage's stacks; undefined where it is not deployed. */
export async function findStack(stage: string, part: StackPart): Promise<StackState | undefined> {
  const StackName = stackName(stage, part);
  return ask(`stack ${StackName}`, async () => {
    const found = await new CloudFormationClient().send(new DescribeStacksCommand({ StackName })).catch((error) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    const stack = found?.Stacks?.[0];
    if (stack === undefined) return undefined;
    const outputs = (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]);
    return { status: stack.StackStatus ?? "UNKNOWN", outputs: Object.fromEntries(outputs) };
  });
}

/** The command that deploys a stage. */
export const deployCommand = (stage: string): string => `npx cdk deploy 'hilum-${stage}-*'`;

/**
 * Every output of a stack.
 * @throws InputError `not-deployed` where there is no such stack, or one of an older deployment that lacks some
 */
export async function stackOutputs<P extends StackPart>(
  stage: string,
  part: P,
): Promise<Readonly<Record<OutputName<P>, string>>> {
  const stack = await findStack(stage, part);
  const lacking = OUTPUTS[part].filter((name) => stack?.outputs[name] === undefined);
  if (stack !== undefined && lacking.length === 0) return stack.outputs as Record<OutputName<P>, string>;
  const what = stack === undefined ? "there is none here" : `it has no output ${lacking.join(", ")}`;
  throw new InputError(
    "not-deployed",
    `stack ${stackName(stage, part)}: ${what}; expected it after ${deployCommand(stage)}, in this account and region`,
  );
}

/** A resource of a stack: its name in the template, and in the account. */
export interface StackResource {
  readonly logicalName: string;
  readonly name: string;
}

/** A stack's resources of a type that are there. */
export function resourcesOf(stage: string, part: StackPart, type: string): Promise<StackResource[]> {
  const StackName = stackName(stage, part);
  return ask(`stack ${StackName}`, async () => {
    const found: StackResource[] = [];
    for await (const page of paginateListStackResources({ client: new CloudFormationClient() }, { StackName })) {
      for (const {
        ResourceType,
        ResourceStatus,
        LogicalResourceId,
        PhysicalResourceId,
      } of page.StackResourceSummaries ?? []) {
        if (ResourceType === type && PhysicalResourceId !== undefined && ResourceStatus !== "DELETE_COMPLETE")
          found.push({ logicalName: LogicalResourceId!, name: PhysicalResourceId });
      }
    }
    return found;
  });
}

/** What CloudFormation does with a stack's resources when it goes, by their names in the template it was deployed with. */
export function deletionPolicies(stage: string, part: StackPart): Promise<ReadonlyMap<string, string | undefined>> {
  const StackName = stackName(stage, part);
  return ask(`template of ${StackName}`, async () => {
    const { TemplateBody = "{}" } = await new CloudFormationClient().send(new GetTemplateCommand({ StackName }));
    const { Resources = {} } = JSON.parse(TemplateBody) as {
      Resources?: Readonly<Record<string, { DeletionPolicy?: string }>>;
    };
    return new Map(Object.entries(Resources).map(([name, { DeletionPolicy }]) => [name, DeletionPolicy]));
  });
}
