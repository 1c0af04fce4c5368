import { afterEach, expect, test, vi } from "vitest";
import { handler } from "../../../functions/watch/handler.ts";
import { metrics } from "../embedded-metrics.ts";

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
  vi.stubEnv("HILUM_STAGE", "test");
  const counted = await metrics(() => handler(started(detail)));
  expect(counted).toEqual([
    {
      ...{ namespace: "Hilum/test", service: "watch" },
      values: { QueueTime: milliseconds },
      units: { QueueTime: "Milliseconds" },
    },
  ]);
});

test("an event of another kind is an error, which goes to the queue of what was not handled", async () => {
  vi.stubEnv("HILUM_STAGE", "test");
  await expect(handler({ detail: { status: "SUCCEEDED" } })).rejects.toThrow("createdAt");
});
