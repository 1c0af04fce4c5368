import { readFileSync } from "node:fs";
import { ArnFormat, Stack, type StackProps, Tags } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { stateMachineName } from "../contracts/deployment.ts";
import { RunConfig } from "../contracts/run-config.ts";
import { ON_DATA_WRITES, ON_FAILURE_WRITES, STEP_WRITES } from "../contracts/writers.ts";
import { recordOf } from "../domain/record-of.ts";
import { ON_DATA_ACCESS, ON_FAILURE_ACCESS, STEP_ACCESS } from "../workflow/access.ts";
import { definitionHash } from "../workflow/definition.ts";
import { FUNCTION_STEPS, FUNCTIONS, type FunctionStep } from "../workflow/functions.ts";
import { JOB_STEPS, type JobStep } from "../workflow/jobs.ts";
import { withBundles } from "./bundle.ts";
import { Compute } from "./compute.ts";
import {
  notifyEnvironment,
  onDataEnvironment,
  onFailureEnvironment,
  RUN_PAGE,
  roomsEnvironment,
  watchEnvironment,
} from "./environment.ts";
import { events, undeliveredQueue } from "./events.ts";
import { stepJob } from "./job.ts";
import { output } from "./output.ts";
import { pipeline } from "./pipeline.ts";
import { type Buckets, grantAccess } from "./room-access.ts";
import { smallFunction } from "./small-function.ts";
import type { Stage } from "./stage.ts";

const preset = (name: string): RunConfig =>
  RunConfig.parse(JSON.parse(readFileSync(new URL(`../../presets/${name}.json`, import.meta.url), "utf8")));

/** From films that arrive to a promoted model. */
export class TrainingStack extends Stack {
  readonly stateMachine: StateMachine;
  /** Events that could not be delivered. */
  readonly undelivered: Queue;

  constructor(
    scope: Construct,
    id: string,
    {
      stage,
      buckets,
      runPage,
      ...props
    }: StackProps & { readonly stage: Stage; readonly buckets: Buckets; readonly runPage: string },
  ) {
    super(scope, id, props);
    const keeping = { stage, key: buckets.key };
    const { queues } = new Compute(this, "Compute", { ...keeping, buckets });
    const jobQueueArns = Object.values(queues).map((queue) => queue.jobQueueArn);
    const jobs = recordOf(JOB_STEPS, (step: JobStep) => stepJob(this, step, stage, buckets));
    // By its name, since the machine calls functions that have to know it.
    const stateMachineArn = this.formatArn({
      service: "states",
      resource: "stateMachine",
      resourceName: stateMachineName(stage.name),
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const executions = stateMachineArn.replace(":stateMachine:", ":execution:");
    const startsRuns = (made: LambdaFunction) => {
      made.addToRolePolicy(new PolicyStatement({ actions: ["states:StartExecution"], resources: [stateMachineArn] }));
      made.addToRolePolicy(
        new PolicyStatement({ actions: ["states:DescribeExecution"], resources: [`${executions}:*`] }),
      );
    };
    const page = { [RUN_PAGE]: Buffer.from(runPage) };
    const undelivered = undeliveredQueue(this, buckets.key);
    const parts = withBundles([...FUNCTION_STEPS, "on-data", "on-failure", "watch"] as const, (code) => {
      const functions = recordOf(FUNCTION_STEPS, (step: FunctionStep) => {
        const made = smallFunction(this, `${step}Function`, {
          ...keeping,
          ...FUNCTIONS[step],
          name: step,
          does: step,
          code: code(step, step === "notify" ? page : {}),
          environment: step === "notify" ? notifyEnvironment(buckets, stateMachineArn) : roomsEnvironment(buckets),
        });
        grantAccess(made, buckets, STEP_ACCESS[step], STEP_WRITES[step]);
        return made;
      });
      const onData = smallFunction(this, "OnData", {
        ...keeping,
        memoryMiB: 1024,
        timeoutSeconds: 900,
        name: "on-data",
        does: "starts a run when a data set is complete",
        code: code("on-data"),
        deadLetterQueue: undelivered,
        environment: onDataEnvironment(buckets, stage, stateMachineArn, preset(stage.preset)),
      });
      grantAccess(onData, buckets, ON_DATA_ACCESS, ON_DATA_WRITES);
      const onFailure = smallFunction(this, "OnFailure", {
        ...keeping,
        memoryMiB: 512,
        timeoutSeconds: 120,
        name: "on-failure",
        does: "tells why a run failed, and starts what waited for it",
        code: code("on-failure", page),
        deadLetterQueue: undelivered,
        environment: onFailureEnvironment(buckets, stage, stateMachineArn),
      });
      grantAccess(onFailure, buckets, ON_FAILURE_ACCESS, ON_FAILURE_WRITES);
      const watch = smallFunction(this, "Watch", {
        ...keeping,
        memoryMiB: 256,
        timeoutSeconds: 300,
        name: "watch",
        does: "counts how long jobs wait, and ends what waits for nothing",
        code: code("watch"),
        deadLetterQueue: undelivered,
        environment: watchEnvironment(stage, jobQueueArns),
      });
      return { functions, onData, onFailure, watch };
    });
    startsRuns(parts.functions.notify);
    startsRuns(parts.onData);
    startsRuns(parts.onFailure);
    parts.onFailure.addToRolePolicy(
      new PolicyStatement({ actions: ["states:GetExecutionHistory"], resources: [`${executions}:*`] }),
    );
    // Looking knows no resources; jobs have names of their own that nobody knows before.
    parts.watch.addToRolePolicy(
      new PolicyStatement({ actions: ["batch:ListJobs", "batch:DescribeJobs"], resources: ["*"] }),
    );
    parts.watch.addToRolePolicy(
      new PolicyStatement({
        actions: ["batch:CancelJob", "batch:TagResource", "batch:UntagResource"],
        resources: [this.formatArn({ service: "batch", resource: "job", resourceName: "*" })],
      }),
    );
    this.stateMachine = pipeline(this, "Pipeline", { ...keeping, functions: parts.functions, jobs, queues });
    this.undelivered = undelivered;
    events(this, {
      stage,
      buckets,
      onData: parts.onData,
      onFailure: parts.onFailure,
      watch: parts.watch,
      undelivered,
      stateMachineArn,
      jobQueueArns,
    });
    Tags.of(this.stateMachine).add("hilum:definition", definitionHash());
    output(this, "training", {
      StateMachine: this.stateMachine.stateMachineArn,
      CpuQueue: queues.cpuQueue.jobQueueArn,
      GpuQueue: queues.gpuQueue.jobQueueArn,
    });
  }
}
