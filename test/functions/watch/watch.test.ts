import { BatchClient, ListJobsCommand } from "@aws-sdk/client-batch";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { handler } from "../../../functions/watch/handler.ts";
import { metrics } from "../embedded-metrics.ts";

beforeEach(() => {
  vi.stubEnv("HILUM_STAGE", "test");
  vi.stubEnv("HILUM_QUEUES", "arn:gpu,arn:cpu");
  vi.stubEnv("HILUM_QUEUE_HOURS", "6");
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** As Batch sends it by EventBridge, with more than is read. */
const started = (detail: object) => ({
  version: "0",
  "detail-type": "Batch Job State Change",
  source: "aws.batch",
  detail: { jobName: "run-1-train", jobId: "1", status: "RUNNING", ...detail },
});

test.each([
  ["a job that waited", { createdAt: 1_000, startedAt: 61_500 }, 60_500],
  ["clocks that differ", { createdAt: 1_000, startedAt: 900 }, 0],
])("counts how long a job waited for its machine: %s", async (_, detail, milliseconds) => {
  const counted = await metrics(() => handler(started(detail)));
  expect(counted).toEqual([
    {
      ...{ namespace: "Hilum/test", service: "watch" },
      values: { QueueTime: milliseconds },
      units: { QueueTime: "Milliseconds" },
    },
  ]);
});

test("says why a queue is blocked, and counts it for the alarm", async () => {
  const log = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const event = {
    "detail-type": "Batch Job Queue Blocked",
    detail: {
      ...{ jobName: "run-1-train", jobId: "1", jobQueue: "arn:gpu", status: "RUNNABLE", createdAt: 1 },
      statusReason: "UNDETERMINED - EC2 instance limit reached",
    },
  };
  const counted = await metrics(() => handler(event));
  expect(counted.map(({ values }) => values)).toEqual([{ QueueBlocked: 1 }]);
  expect(log.mock.calls.join()).toContain(
    "run-1-train is first in arn:gpu and finds no machine: UNDETERMINED - EC2 instance limit reached",
  );
});

test("looks at every queue by the clock", async () => {
  const batch = mockClient(BatchClient);
  batch.on(ListJobsCommand).resolves({});
  await handler({ "detail-type": "Scheduled Event", time: "2026-01-01T00:00:00Z" });
  const asked = batch.commandCalls(ListJobsCommand).map(({ args }) => args[0].input.jobQueue);
  expect(new Set(asked)).toEqual(new Set(["arn:gpu", "arn:cpu"]));
  batch.restore();
});

test("an event of another kind is an error, which goes to the queue of what was not handled", async () => {
  await expect(handler({ "detail-type": "Batch Job State Change", detail: {} })).rejects.toThrow("createdAt");
  await expect(handler({ "detail-type": "Object Created" })).rejects.toThrow("detail-type");
});
