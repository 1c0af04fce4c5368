import { Metrics } from "@aws-lambda-powertools/metrics";
import { metricsNamespace } from "../contracts/metrics.ts";

/** Counts for a deployed stage: embedded in the function's log, where CloudWatch finds them. */
export const stageMetrics = (stage: string, serviceName: string): Metrics =>
  new Metrics({ namespace: metricsNamespace(stage), serviceName });
