import { Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import type { Buckets } from "./room-access.ts";
import type { Stage } from "./stage.ts";

export interface EventsProps {
  readonly stage: Stage;
  readonly buckets: Buckets;
  /** Starts runs. */
  readonly onData: IFunction;
  /** Tells why runs failed. */
  readonly onFailure: IFunction;
  /** Counts how long jobs wait, and ends what waits for nothing. */
  readonly watch: IFunction;
  readonly undelivered: Queue;
  readonly stateMachineArn: string;
  readonly jobQueueArns: readonly string[];
}

/** Events that could not be delivered or handled, for two weeks. */
export const undeliveredQueue = (scope: Construct, key: IKey): Queue =>
  new Queue(scope, "Undelivered", {
    encryption: QueueEncryption.KMS,
    encryptionMasterKey: key,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });

/** How often it is looked for jobs that wait where nothing runs. */
const LOOK_AT_QUEUES = Duration.minutes(15);

/** What starts functions by themselves: arrivals, the sweep for lost ones, runs that end badly, jobs that begin or can't. */
export function events(scope: Construct, props: EventsProps): void {
  const { stage, buckets, onData, onFailure, watch, undelivered, stateMachineArn, jobQueueArns } = props;
  const to = (target: IFunction) => new LambdaTarget(target, { deadLetterQueue: undelivered, retryAttempts: 10 });
  // A folder is complete when an object `_SUCCESS` stands in it.
  new Rule(scope, "Arrival", {
    description: "Hilum: a data set is complete",
    eventPattern: {
      source: ["aws.s3"],
      detailType: ["Object Created"],
      detail: { bucket: { name: [buckets.incoming.bucketName] }, object: { key: [{ suffix: "/_SUCCESS" }] } },
    },
    targets: [to(onData)],
  });
  new Rule(scope, "Sweep", {
    description: "Hilum: arrivals whose event was lost, and what waits for a run that was stopped",
    schedule: Schedule.rate(Duration.hours(stage.data.sweepHours)),
    targets: [to(onData)],
  });
  new Rule(scope, "RunFailed", {
    description: "Hilum: a run has failed, run out of time or been stopped",
    eventPattern: {
      source: ["aws.states"],
      detailType: ["Step Functions Execution Status Change"],
      detail: { stateMachineArn: [stateMachineArn], status: ["FAILED", "TIMED_OUT", "ABORTED"] },
    },
    targets: [to(onFailure)],
  });
  new Rule(scope, "JobStarted", {
    description: "Hilum: a job has found its machine",
    eventPattern: {
      source: ["aws.batch"],
      detailType: ["Batch Job State Change"],
      detail: { status: ["RUNNING"], jobQueue: [...jobQueueArns] },
    },
    targets: [to(watch)],
  });
  new Rule(scope, "QueueBlocked", {
    description: "Hilum: the first job of a queue finds no machine",
    eventPattern: {
      source: ["aws.batch"],
      detailType: ["Batch Job Queue Blocked"],
      detail: { jobQueue: [...jobQueueArns] },
    },
    targets: [to(watch)],
  });
  new Rule(scope, "Waits", {
    description: "Hilum: jobs that wait for a machine where nothing runs",
    schedule: Schedule.rate(LOOK_AT_QUEUES),
    targets: [to(watch)],
  });
}
