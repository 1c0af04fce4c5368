import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  idle,
  MEASURED,
  scaleOf,
  thousandPredictions,
  training,
  WATCHED,
  warmMonth,
  watching,
} from "../../../bin/costs/bills.ts";
import { LIST_PRICES } from "../../../bin/costs/prices.ts";
import { stageTemplates } from "../../lib/stacks/stage-templates.ts";

test("what was measured is what docs/performance.md says", async () => {
  const said = await readFile("docs/performance.md", "utf8");
  expect(said).toContain(`${(2 * MEASURED.filmsPerCoreSecond).toLocaleString("en-US")} antialiased`);
  expect(said).toContain(`| DenseNet-121 | ${MEASURED.cpuImagesPerSecond}, `);
});

describe("what a price comes to", () => {
  // By hand: 730 hours a month, two zones.
  test("a month while nothing runs", () => {
    expect(idle({ ...LIST_PRICES, natGatewayHour: 0.1, endpointHour: 0.02 })).toEqual({
      ...{ public: 0, nat: 73, endpoints: expect.closeTo(6 * 2 * 0.02 * 730, 6) },
    });
    expect(warmMonth({ ...LIST_PRICES, lambdaProvisionedGBSecond: 1e-6 }, 2048)).toBeCloseTo(2 * 1e-6 * 730 * 3600, 9);
  });

  test("a month of what watches and guards: alarms by the metrics that they look at", () => {
    const prices = {
      ...LIST_PRICES,
      alarmMetricMonth: 1,
      customMetricMonth: 1,
      firewallMonth: 5,
      firewallRuleMonth: 2,
    };
    expect(watching(prices)).toMatchObject({ alarms: 12, driftAlarms: 14 * 3, firewall: 5 + 5 * 2 });
  });

  test("what watches and guards is counted as the templates have it", async () => {
    const { monitoring, inference } = await stageTemplates();
    const metricsOf = ({ Properties: { Metrics } }: { Properties: { Metrics?: object[] } }): number =>
      Metrics?.filter((metric) => "MetricStat" in metric).length ?? 1;
    const alarms = monitoring.all("AWS::CloudWatch::Alarm");
    const drift = alarms.filter(({ id }) => id.startsWith("Drift"));
    const others = alarms.filter(({ id }) => !id.startsWith("Drift"));
    expect(drift.map(metricsOf)).toEqual(Array(WATCHED.driftAlarms).fill(WATCHED.metricsOfDrift));
    expect(others).toHaveLength(WATCHED.alarms);
    expect(others.map(metricsOf).reduce((sum, some) => sum + some)).toBe(WATCHED.alarmMetrics);
    expect(monitoring.all("AWS::CloudWatch::Dashboard")).toHaveLength(1);
    expect(inference.one("AWS::WAFv2::WebACL").Properties.Rules).toHaveLength(WATCHED.firewallRules);
  });

  test("a thousand predictions", () => {
    const prices = { ...LIST_PRICES, lambdaGBSecond: 1e-5, lambdaMillionCalls: 1, gatewayMillionCalls: 4 };
    expect(thousandPredictions(prices, 1024, 0.5)).toBeCloseTo(1000 * 0.5 * 1e-5 + 0.005, 9);
  });

  test("a run of a million films of 320 x 320", () => {
    const scale = scaleOf({ ...LIST_PRICES, storedGBMonth: 0.01 }, 1e6);
    expect(scale).toMatchObject({ shards: 245, pixelsGB: 102.4, pixelsMonth: expect.closeTo(1.024, 9) });
    expect(training({ ...LIST_PRICES, gpuInstanceHour: 2 }, 360_000, 100)).toEqual({ hours: 1, dollars: 2 });
  });
});

describe("npm run costs -- FILE", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hilum-costs-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const costs = (file: string) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, ["--import", "tsx", "bin/costs.ts", file], (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });

  test("prints the page for these prices, and leaves the documented one alone", async () => {
    const before = await readFile("docs/costs.md", "utf8");
    const file = join(folder, "prices.json");
    await writeFile(file, JSON.stringify({ natGatewayHour: 1 }));
    const { code, stdout } = await costs(file);
    expect(code).toBe(0);
    expect(stdout).toContain(`at the prices in \`${file}\``);
    expect(stdout).toContain("| `nat` | 730 |");
    expect(stdout).toContain("| `endpoints` | 88 |");
    expect(await readFile("docs/costs.md", "utf8")).toBe(before);
  });

  test.each([
    ["a name that is none", '{ "gpuHour": 1 }', /gpuHour: not known here.*expected dollars by any of natGatewayHour/],
    ["a price below nothing", '{ "keyMonth": -1 }', /keyMonth: /],
    ["what is no JSON", "{", /prices\.json: .*JSON/],
  ])("refuses %s", async (_, text, message) => {
    const file = join(folder, "prices.json");
    await writeFile(file, text);
    const { code, stdout, stderr } = await costs(file);
    expect({ code, stdout }).toEqual({ code: 64, stdout: "" });
    expect(stderr).toMatch(message);
  });
});
