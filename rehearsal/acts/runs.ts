import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { type ExecutionListItem, ListExecutionsCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { Arrivals, executionName } from "../../lib/contracts/arrivals.ts";
import { ARRIVALS } from "../../lib/contracts/layout.ts";
import { putDataSet, takeMarker } from "../data-set.ts";
import type { Deployment } from "../deployment.ts";
import { ACCOUNT, REGION } from "../emulator/emulator.ts";
import { must } from "../must.ts";
import { SCHEDULE } from "../workarounds.ts";

export async function executions(deployment: Deployment): Promise<readonly ExecutionListItem[]> {
  const stateMachineArn = await deployment.output("training", "StateMachine");
  return (await deployment.steps.send(new ListExecutionsCommand({ stateMachineArn }))).executions ?? [];
}

export const running = async (deployment: Deployment): Promise<readonly ExecutionListItem[]> =>
  (await executions(deployment)).filter(({ status }) => status === "RUNNING");

export const stop = ({ steps }: Deployment, { executionArn }: ExecutionListItem) =>
  steps.send(new StopExecutionCommand({ executionArn }));

/** What the service keeps of the one data set. */
async function arrivals(deployment: Deployment): Promise<Arrivals> {
  const Bucket = await deployment.output("data", "RunsBucket");
  const { Contents = [] } = await deployment.s3.send(new ListObjectsV2Command({ Bucket, Prefix: ARRIVALS }));
  must(Contents.length === 1, `${Contents.length} accounts of arrivals, expected one`);
  const { Body } = await deployment.s3.send(new GetObjectCommand({ Bucket, Key: Contents[0]!.Key }));
  return Arrivals.parse(JSON.parse(await Body!.transformToString()));
}

/** The hour of the sweep's schedule has come. */
export async function sweep(deployment: Deployment): Promise<void> {
  const { emulator, functions } = deployment;
  const rule = `arn:aws:events:${REGION}:${ACCOUNT}:rule/${deployment.one("AWS::Events::Rule", "Sweep")}`;
  await emulator.tell(SCHEDULE.source, SCHEDULE.detailType, {}, [rule]);
  const { length } = await functions.deliver();
  must(length === 1, `the bus delivered ${length} events of the schedule, expected one`);
}

/** A data set arrives: S3 tells the bus, the bus on-data, on-data Step Functions; the same event again changes nothing. */
export async function executeOnce(deployment: Deployment): Promise<string> {
  const { s3, functions } = deployment;
  await putDataSet(s3, await deployment.output("data", "IncomingBucket"), 1);
  const delivered = await functions.deliver();
  must(delivered.length === 1, `the bus delivered ${delivered.length} events of _SUCCESS, expected one`);
  const started = await executions(deployment);
  must(started.length === 1, `${started.length} executions, expected one`);
  const [{ name, status }] = started as [ExecutionListItem];
  must(status === "RUNNING", `the execution is ${status}, expected RUNNING`);
  await functions.call("OnData", delivered[0]!);
  must((await executions(deployment)).length === 1, "the same event, delivered again, started another execution");
  const { current } = await arrivals(deployment);
  must(current !== null && executionName(current) === name, `the execution is called ${name}`);
  return `${name}, from one event of S3 by the bus; the same event again started none`;
}

/** The data set changes while its first version runs: it waits for the sweep too, and starts when the first has ended. */
export async function wait(deployment: Deployment): Promise<string> {
  const { s3, functions, emulator } = deployment;
  const incoming = await deployment.output("data", "IncomingBucket");
  await takeMarker(s3, incoming);
  await putDataSet(s3, incoming, 2);
  const delivered = await functions.deliver();
  must(delivered.length === 1, `the bus delivered ${delivered.length} events of the second _SUCCESS, expected one`);
  await sweep(deployment);
  const during = await executions(deployment);
  must(during.length === 1, `${during.length} executions while the first runs, expected one`);
  const { pending } = await arrivals(deployment);
  must(pending !== null, "nothing waits while the first version runs");
  const [first] = during as [ExecutionListItem];
  await stop(deployment, first);
  const { executionArn, stateMachineArn, name } = first;
  const status = { executionArn, stateMachineArn, name, status: "ABORTED" };
  await emulator.tell("aws.states", "Step Functions Execution Status Change", status);
  must((await functions.deliver()).length === 1, "the bus did not tell on-failure that the execution was stopped");
  const after = await executions(deployment);
  must(after.length === 2, `${after.length} executions after the first was stopped, expected two`);
  const second = (await running(deployment))[0]?.name;
  must(second === executionName({ ...pending, attempt: 1 }), "what waited was not started after the first");
  return `the second version waited for the first, through a sweep too; ${second} began when that was stopped`;
}
