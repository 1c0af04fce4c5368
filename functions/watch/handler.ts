import * as z from "zod";
import { parseEnvironment, WatchEnvironment } from "../../lib/contracts/environment.ts";
import { type MetricName, metric } from "../../lib/contracts/metrics.ts";
import { stageMetrics } from "../../lib/steps/metrics.ts";
import { createReporter } from "../../lib/steps/progress.ts";
import { endWaits } from "./end-waits.ts";
import { openQueues } from "./queues.ts";

/** The parts of EventBridge's events that are read here; times in ms. */
const JobStarted = z.object({
  "detail-type": z.literal("Batch Job State Change"),
  detail: z.object({ createdAt: z.number(), startedAt: z.number() }),
});
const QueueBlocked = z.object({
  "detail-type": z.literal("Batch Job Queue Blocked"),
  detail: z.object({ jobName: z.string(), jobQueue: z.string(), statusReason: z.string().optional() }),
});
const Sweep = z.object({ "detail-type": z.literal("Scheduled Event"), time: z.iso.datetime() });
const WatchEvent = z.discriminatedUnion("detail-type", [JobStarted, QueueBlocked, Sweep]);

const reporter = createReporter("watch");

/** Watches jobs wait: counts for how long, tells why a queue is blocked, and ends what waits for nothing. */
export async function handler(event: unknown): Promise<void> {
  const parsed = WatchEvent.parse(event);
  const { HILUM_STAGE: stage, HILUM_QUEUES, HILUM_QUEUE_HOURS: hours } = parseEnvironment(WatchEnvironment);
  const count = (which: MetricName, value: number) => {
    const metrics = stageMetrics(stage, "watch");
    const { name, unit } = metric(which);
    metrics.addMetric(name, unit, value);
    metrics.publishStoredMetrics();
  };
  switch (parsed["detail-type"]) {
    case "Batch Job State Change": {
      // A job that was tried again waited for the last of its machines.
      const { createdAt, startedAt } = parsed.detail;
      return count("queueTime", Math.max(0, startedAt - createdAt));
    }
    case "Batch Job Queue Blocked": {
      const { jobName, jobQueue, statusReason = "Batch gives no reason" } = parsed.detail;
      reporter.note("error", `${jobName} is first in ${jobQueue} and finds no machine: ${statusReason}`);
      return count("blockedQueues", 1);
    }
    case "Scheduled Event": {
      const tell = (message: string) => reporter.note("error", message);
      const options = { queues: openQueues(), hours, stage, now: new Date(parsed.time), tell };
      for (const queue of HILUM_QUEUES) await endWaits(queue, options);
    }
  }
}
