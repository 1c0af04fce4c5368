import { expect, test } from "vitest";
import { stageTemplates } from "./stage-templates.ts";

test("before a first model no alarm takes for a fault what a model would have answered", async () => {
  const { monitoring } = await stageTemplates();
  const faults = monitoring
    .all("AWS::CloudWatch::Alarm")
    .find(({ Properties }) => Properties.AlarmName === "hilum-some Faults")!;
  const { Metrics, TreatMissingData, Threshold } = faults.Properties;
  const names = new Map(
    Metrics.flatMap(
      ({ Id, MetricStat }: { Id: string; MetricStat?: { Metric: { MetricName: string }; Stat: string } }) =>
        MetricStat === undefined ? [] : [[Id, `${MetricStat.Stat} ${MetricStat.Metric.MetricName}`]],
    ),
  );
  expect(Object.fromEntries(names)).toEqual({
    faults: "Sum 5XXError",
    waiting: "Sum BeforeFirstModel",
    calls: "Sum Count",
  });
  expect(Metrics.find(({ Expression }: { Expression?: string }) => Expression !== undefined).Expression).toBe(
    "(faults - FILL(waiting, 0)) / calls",
  );
  expect([TreatMissingData, Threshold]).toEqual(["notBreaching", 0.02]);
});
