import { Stack } from "aws-cdk-lib";
import type { EcsJobDefinition, JobQueue } from "aws-cdk-lib/aws-batch";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { jobDefinitionName, machineLogGroupName, stateMachineName } from "../contracts/deployment.ts";
import { DEFINITION } from "../workflow/definition.ts";
import { FUNCTION_STEPS, type FunctionStep } from "../workflow/functions.ts";
import { JOB_STEPS, JOBS, type JobStep, type Queue } from "../workflow/jobs.ts";
import { integrationArns, type Slot } from "../workflow/slots.ts";
import { type LogKeeping, logGroup } from "./logs.ts";
import type { Stage } from "./stage.ts";

export interface PipelineParts extends LogKeeping {
  readonly functions: Readonly<Record<FunctionStep, IFunction>>;
  readonly jobs: Readonly<Record<JobStep, EcsJobDefinition>>;
  readonly queues: Readonly<Record<Queue, JobQueue>>;
}

/** Where a step's jobs wait in this stage. */
export const queueOf = (step: JobStep, { gpu }: Stage): Queue =>
  step === "upsample" && !gpu.upsample ? "cpuQueue" : JOBS[step].queue;

/** lib/workflow's state machine with its slots filled by what is deployed. */
export function pipeline(scope: Construct, id: string, parts: PipelineParts): StateMachine {
  const { functions, jobs, queues, stage, key } = parts;
  const stack = Stack.of(scope);
  const values = Object.fromEntries([
    ...FUNCTION_STEPS.map((step) => [`${step}Function`, functions[step].functionArn]),
    ...JOB_STEPS.flatMap((step) => [
      [`${step}Job`, jobs[step].jobDefinitionArn],
      [`${step}Queue`, queues[queueOf(step, stage)].jobQueueArn],
    ]),
    ...Object.entries(integrationArns(stack.partition)),
  ]) as Record<Slot, string>;
  const log = logGroup(scope, `${id}Log`, { stage, key, writer: "states", name: machineLogGroupName(stage.name) });
  const machine = new StateMachine(scope, id, {
    stateMachineName: stateMachineName(stage.name),
    definitionBody: DefinitionBody.fromString(JSON.stringify(DEFINITION)),
    definitionSubstitutions: values,
    stateMachineType: StateMachineType.STANDARD,
    logs: { destination: log, level: LogLevel.ALL, includeExecutionData: true },
    tracingEnabled: true,
  });
  const allow = (actions: string[], resources: string[]) =>
    machine.addToRolePolicy(new PolicyStatement({ actions, resources }));
  allow(
    ["lambda:InvokeFunction"],
    FUNCTION_STEPS.map((step) => functions[step].functionArn),
  );
  // Every revision: executions that began before a deployment go on with the one they know.
  const revisions = (step: JobStep) =>
    stack.formatArn({
      service: "batch",
      resource: "job-definition",
      resourceName: `${jobDefinitionName(stage.name, step)}:*`,
    });
  allow(["batch:SubmitJob"], [...Object.values(queues).map((queue) => queue.jobQueueArn), ...JOB_STEPS.map(revisions)]);
  // These two know no resources; what `.sync` needs besides is a rule of a fixed name.
  allow(["batch:DescribeJobs", "batch:TerminateJob"], ["*"]);
  const rule = { service: "events", resource: "rule", resourceName: "StepFunctionsGetEventsForBatchJobsRule" };
  allow(["events:PutTargets", "events:PutRule", "events:DescribeRule"], [stack.formatArn(rule)]);
  return machine;
}
