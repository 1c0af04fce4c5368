import { MetricUnit } from "@aws-lambda-powertools/metrics";
import * as z from "zod";
import { parseEnvironment, WatchEnvironment } from "../../lib/contracts/environment.ts";
import { metric } from "../../lib/contracts/metrics.ts";
import { stageMetrics } from "../../lib/steps/metrics.ts";

/** The part of EventBridge's "Batch Job State Change" that is read here; times in ms. */
const JobStarted = z.object({ detail: z.object({ createdAt: z.number(), startedAt: z.number() }) });

/** Counts how long a job waited for its machine; a job that was tried again waited for the last of them. */
export async function handler(event: unknown): Promise<void> {
  const { createdAt, startedAt } = JobStarted.parse(event).detail;
  const { HILUM_STAGE } = parseEnvironment(WatchEnvironment);
  const metrics = stageMetrics(HILUM_STAGE, "watch");
  metrics.addMetric(metric("queueTime").name, MetricUnit.Milliseconds, Math.max(0, startedAt - createdAt));
  metrics.publishStoredMetrics();
}
