import { readFileSync } from "node:fs";
import { CfnOutput, Duration, Stack, type StackProps, Tags } from "aws-cdk-lib";
import { Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { RunConfig } from "../contracts/run-config.ts";
import { definitionHash } from "../workflow/definition.ts";
import { FUNCTION_STEPS, FUNCTIONS, type FunctionStep } from "../workflow/functions.ts";
import { JOB_STEPS, type JobStep } from "../workflow/jobs.ts";
import { withBundles } from "./bundle.ts";
import { Compute } from "./compute.ts";
import { onDataEnvironment, roomsEnvironment } from "./environment.ts";
import { stepJob } from "./job.ts";
import { pipeline } from "./pipeline.ts";
import { type Buckets, grantAccess, ON_DATA_ACCESS, STEP_ACCESS } from "./room-access.ts";
import { smallFunction } from "./small-function.ts";
import type { Stage } from "./stage.ts";

const preset = (name: string): RunConfig =>
  RunConfig.parse(JSON.parse(readFileSync(new URL(`../../presets/${name}.json`, import.meta.url), "utf8")));

/** From films that arrive to a promoted model. */
export class TrainingStack extends Stack {
  readonly stateMachine: StateMachine;

  constructor(
    scope: Construct,
    id: string,
    { stage, buckets, ...props }: StackProps & { readonly stage: Stage; readonly buckets: Buckets },
  ) {
    super(scope, id, props);
    const { queues } = new Compute(this, "Compute", stage);
    const jobs = Object.fromEntries(JOB_STEPS.map((step) => [step, stepJob(this, step, buckets)])) as Record<
      JobStep,
      ReturnType<typeof stepJob>
    >;
    const environment = roomsEnvironment(buckets);
    this.stateMachine = withBundles((code) => {
      const stepFunction = (step: FunctionStep) => {
        const made = smallFunction(this, `${step}Function`, {
          ...FUNCTIONS[step],
          code: code(step),
          description: `Hilum ${stage.name}: ${step}`,
          environment,
        });
        grantAccess(made, buckets, STEP_ACCESS[step]);
        return made;
      };
      const functions = Object.fromEntries(FUNCTION_STEPS.map((step) => [step, stepFunction(step)])) as Record<
        FunctionStep,
        ReturnType<typeof stepFunction>
      >;
      const machine = pipeline(this, "Pipeline", { functions, jobs, queues });
      const onData = smallFunction(this, "OnData", {
        memoryMiB: 1024,
        timeoutSeconds: 300,
        code: code("on-data"),
        description: `Hilum ${stage.name}: starts a run when a folder of films is complete`,
        environment: onDataEnvironment(buckets, machine.stateMachineArn, preset(stage.preset)),
      });
      grantAccess(onData, buckets, ON_DATA_ACCESS);
      machine.grantStartExecution(onData);
      this.#startOnArrival(buckets, onData);
      return machine;
    });
    Tags.of(this.stateMachine).add("hilum:definition", definitionHash());
    new CfnOutput(this, "Incoming", { value: buckets.incoming.s3UrlForObject() });
    new CfnOutput(this, "Reports", { value: buckets.runs.s3UrlForObject() });
    new CfnOutput(this, "StateMachine", { value: this.stateMachine.stateMachineArn });
  }

  /** A folder is complete when an object `_SUCCESS` stands in it. Events that cannot be delivered are kept. */
  #startOnArrival(buckets: Buckets, onData: ReturnType<typeof smallFunction>): void {
    const undelivered = new Queue(this, "Undelivered", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    new Rule(this, "Arrival", {
      eventPattern: {
        source: ["aws.s3"],
        detailType: ["Object Created"],
        detail: {
          bucket: { name: [buckets.incoming.bucketName] },
          object: { key: [{ suffix: "/_SUCCESS" }] },
        },
      },
      targets: [new LambdaTarget(onData, { deadLetterQueue: undelivered, retryAttempts: 10 })],
    });
  }
}
