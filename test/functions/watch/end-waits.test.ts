import {
  BatchClient,
  CancelJobCommand,
  DescribeJobsCommand,
  type JobDetail,
  ListJobsCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-batch";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endWaits } from "../../../functions/watch/end-waits.ts";
import { openQueues } from "../../../functions/watch/queues.ts";

/** A queue as Batch keeps it: its jobs by id, each with what it does and its tags. */
let jobs: Map<string, Pick<JobDetail, "status" | "statusReason" | "arrayProperties" | "tags">>;
let cancelled: { id: string; reason: string; at: number }[];
let told: string[];
let minutes: number;

const batch = mockClient(BatchClient);
const idOf = (arn: string | undefined) => arn!.split("/").at(-1)!;

beforeEach(() => {
  jobs = new Map();
  cancelled = [];
  told = [];
  minutes = 0;
  batch.reset();
  // Two jobs a page.
  batch.on(ListJobsCommand).callsFake(({ jobQueue, jobStatus, nextToken = "0" }) => {
    if (jobQueue !== "arn:gpu") throw new Error(`no queue ${jobQueue}`);
    const ids = [...jobs].flatMap(([id, { status }]) => (status === jobStatus ? [id] : []));
    const next = Number(nextToken) + 2;
    return {
      jobSummaryList: ids.slice(Number(nextToken), next).map((jobId) => ({ jobId, jobName: jobId })),
      ...(next < ids.length && { nextToken: String(next) }),
    };
  });
  batch.on(DescribeJobsCommand).callsFake(({ jobs: ids }: { jobs: string[] }) => ({
    jobs: ids.map((id) => ({ jobId: id, jobName: id, jobArn: `arn:aws:batch:::job/${id}`, ...jobs.get(id) })),
  }));
  batch.on(TagResourceCommand).callsFake(({ resourceArn, tags }) => {
    const job = jobs.get(idOf(resourceArn))!;
    jobs.set(idOf(resourceArn), { ...job, tags: { ...job.tags, ...tags } });
  });
  batch.on(UntagResourceCommand).callsFake(({ resourceArn }) => {
    jobs.set(idOf(resourceArn), { ...jobs.get(idOf(resourceArn))!, tags: {} });
  });
  batch.on(CancelJobCommand).callsFake(({ jobId, reason }) => {
    cancelled.push({ id: jobId, reason, at: minutes });
    jobs.delete(jobId);
  });
});
afterEach(() => batch.reset());

/** Looks every quarter of an hour. */
async function pass(hours: number): Promise<void> {
  const queues = openQueues();
  for (const end = minutes + hours * 60; minutes < end; ) {
    minutes += 15;
    const now = new Date(minutes * 60_000);
    await endWaits("arn:gpu", { queues, hours: 6, stage: "dev", now, tell: (message) => told.push(message) });
  }
}

test("a quota that allows no machine ends a job after six hours, and not after the 252 of its attempts", async () => {
  jobs.set("run-1-train", { status: "RUNNABLE", statusReason: "UNDETERMINED - EC2 instance limit reached" });
  await pass(6);
  expect(cancelled).toEqual([]);
  await pass(1);
  expect(cancelled).toEqual([
    {
      id: "run-1-train",
      at: 15 + 6 * 60,
      reason:
        "waited 6 hours for a machine, and none came (UNDETERMINED - EC2 instance limit reached); " +
        "bin/hilum doctor --aws --stage dev looks at quota and capacity",
    },
  ]);
  expect(told).toEqual([`run-1-train: ${cancelled[0]!.reason}`]);
});

test("an array whose members all wait ends as one", async () => {
  // Batch says PENDING of an array while its members wait.
  jobs.set("run-1-prepare", { status: "PENDING", arrayProperties: { statusSummary: { RUNNABLE: 55, SUCCEEDED: 3 } } });
  await pass(7);
  expect(cancelled.map(({ id }) => id)).toEqual(["run-1-prepare"]);
});

test.each<[string, Pick<JobDetail, "status" | "arrayProperties">]>([
  ["a job that runs", { status: "RUNNING" }],
  ["one that starts", { status: "STARTING" }],
  [
    "an array with one member that runs",
    { status: "PENDING", arrayProperties: { statusSummary: { RUNNING: 1, RUNNABLE: 9 } } },
  ],
])("who waits behind %s waits its turn, and counts from when that is over", async (_, other) => {
  for (const id of ["run-2-train", "run-3-train", "run-4-train"]) jobs.set(id, { status: "RUNNABLE" });
  await pass(5);
  jobs.set("run-1-train", other);
  await pass(30);
  expect(cancelled).toEqual([]);
  jobs.delete("run-1-train");
  await pass(6);
  expect(cancelled).toEqual([]);
  await pass(0.5);
  expect(cancelled.map(({ id, at }) => [id, at])).toEqual(
    ["run-2-train", "run-3-train", "run-4-train"].map((id) => [id, (5 + 30 + 6) * 60 + 15]),
  );
});
