import { Metric, type MetricOptions, type Unit } from "aws-cdk-lib/aws-cloudwatch";
import { type MetricName, metric, metricsNamespace, SERVICE_DIMENSION } from "../contracts/metrics.ts";

/** Metrics of a stage, by the names under which they are emitted. */
export const stageMetrics = (stage: string) => {
  const make = (metricName: string, service: string | undefined, options: MetricOptions): Metric =>
    new Metric({
      namespace: metricsNamespace(stage),
      metricName,
      ...(service !== undefined && { dimensionsMap: { [SERVICE_DIMENSION]: service } }),
      ...options,
    });
  return {
    /** One that the API counts for each observation. */
    named: (metricName: string, options: MetricOptions): Metric => make(metricName, "api", options),
    of: (which: MetricName, options: MetricOptions = {}): Metric => {
      const { name, unit, service } = metric(which);
      return make(name, service, { label: name, unit: unit as Unit, ...options });
    },
  };
};
