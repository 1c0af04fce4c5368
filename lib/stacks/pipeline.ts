import { Stack } from "aws-cdk-lib";
import type { EcsJobDefinition, JobQueue } from "aws-cdk-lib/aws-batch";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { DEFINITION } from "../workflow/definition.ts";
import { FUNCTION_STEPS, type FunctionStep } from "../workflow/functions.ts";
import { JOB_STEPS, type JobStep, QUEUES, type Queue } from "../workflow/jobs.ts";
import type { Slot } from "../workflow/slots.ts";
import { logGroup } from "./small-function.ts";

export interface PipelineParts {
  readonly functions: Readonly<Record<FunctionStep, IFunction>>;
  readonly jobs: Readonly<Record<JobStep, EcsJobDefinition>>;
  readonly queues: Readonly<Record<Queue, JobQueue>>;
}

const entries = <K extends string, V>(names: readonly K[], value: (name: K) => V) =>
  Object.fromEntries(names.map((name) => [name, value(name)])) as Record<K, V>;

/** lib/workflow's state machine with its slots filled by what is deployed. */
export function pipeline(scope: Construct, id: string, { functions, jobs, queues }: PipelineParts): StateMachine {
  const stack = Stack.of(scope);
  const values: Record<Slot, string> = {
    ...entries(QUEUES, (name) => queues[name].jobQueueArn),
    ...(Object.fromEntries([
      ...FUNCTION_STEPS.map((step) => [`${step}Function`, functions[step].functionArn]),
      ...JOB_STEPS.map((step) => [`${step}Job`, jobs[step].jobDefinitionArn]),
    ]) as Record<`${FunctionStep}Function` | `${JobStep}Job`, string>),
    partition: stack.partition,
  };
  const machine = new StateMachine(scope, id, {
    definitionBody: DefinitionBody.fromString(JSON.stringify(DEFINITION)),
    definitionSubstitutions: values,
    stateMachineType: StateMachineType.STANDARD,
    logs: { destination: logGroup(scope, `${id}Log`), level: LogLevel.ALL, includeExecutionData: true },
    tracingEnabled: true,
  });
  for (const step of FUNCTION_STEPS) functions[step].grantInvoke(machine);
  const allow = (actions: string[], resources: string[]) =>
    machine.addToRolePolicy(new PolicyStatement({ actions, resources }));
  allow(
    ["batch:SubmitJob"],
    [...QUEUES.map((name) => queues[name].jobQueueArn), ...JOB_STEPS.map((step) => jobs[step].jobDefinitionArn)],
  );
  // These two know no resources; what `.sync` needs besides is a rule of a fixed name.
  allow(["batch:DescribeJobs", "batch:TerminateJob"], ["*"]);
  const rule = { service: "events", resource: "rule", resourceName: "StepFunctionsGetEventsForBatchJobsRule" };
  allow(["events:PutTargets", "events:PutRule", "events:DescribeRule"], [stack.formatArn(rule)]);
  return machine;
}
