import { ENDPOINT_ZONES, JOB_ENDPOINTS } from "../../lib/contracts/deployment.ts";
import { METRICS, PER_OBSERVATION_METRICS } from "../../lib/contracts/metrics.ts";
import { RunConfig } from "../../lib/contracts/run-config.ts";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import { parseStage } from "../../lib/stacks/stage.ts";
import { JOBS } from "../../lib/workflow/jobs.ts";
import ensemble from "../../presets/densenet121-ensemble.json" with { type: "json" };
import type { Prices } from "./prices.ts";

const HOURS_A_MONTH = 730;
const GB = 1e9;

const config = RunConfig.parse(ensemble);
export const ENSEMBLE = {
  size: config.geometry.size,
  rowsPerPart: config.prepare.rowsPerPart,
  epochs: config.training.epochs,
  members: config.training.seeds.length,
  trainShare: config.split.train,
} as const;

/** Measured on 2 cores of an AMD EPYC (docs/performance.md): films of 390 x 320 prepared antialiased, steps of DenseNet-121 at 224 x 224. */
export const MEASURED = { filmsPerCoreSecond: 3682 / 2, cpuImagesPerSecond: 14.4, stepSize: 224 } as const;

/**
 * Instances that the prices are of. Which CPU instance Batch takes is its own choice; this one is among them, and has
 * CPU_INSTANCE_CORES.
 */
export const INSTANCES = { cpu: "m6i.2xlarge", gpu: parseStage({ name: "costs" }).gpu.instances[0]! } as const;
const CPU_INSTANCE_CORES = 8;

/** Dollars a month while nothing runs. */
export const idle = (prices: Prices): Readonly<Record<"public" | "nat" | "endpoints", number>> => ({
  public: 0,
  nat: prices.natGatewayHour * HOURS_A_MONTH,
  endpoints: Object.keys(JOB_ENDPOINTS).length * ENDPOINT_ZONES * prices.endpointHour * HOURS_A_MONTH,
});

/** What of a stage watches and guards it, as its templates have it; a test counts them. */
export const WATCHED = {
  alarms: 10,
  /** Of those alarms; a share of calls is a figure of three. */
  alarmMetrics: 12,
  driftAlarms: OBSERVATIONS.length,
  /** Answers, positives and the training prevalence. */
  metricsOfDrift: 3,
  firewallRules: 5,
  /** All that is ever counted; CloudWatch bills those that are, by the hour. */
  customMetrics: Object.keys(METRICS).length + PER_OBSERVATION_METRICS.length,
} as const;

/** Dollars a month of what watches, guards and locks a stage. */
export const watching = (prices: Prices) => ({
  key: prices.keyMonth,
  firewall: prices.firewallMonth + WATCHED.firewallRules * prices.firewallRuleMonth,
  alarms: WATCHED.alarmMetrics * prices.alarmMetricMonth,
  driftAlarms: WATCHED.driftAlarms * WATCHED.metricsOfDrift * prices.alarmMetricMonth,
  customMetrics: WATCHED.customMetrics * prices.customMetricMonth,
  dashboard: prices.dashboardMonth,
});

/** Dollars a month of an environment of the API that is kept warm. */
export const warmMonth = (prices: Prices, memoryMiB: number): number =>
  (memoryMiB / 1024) * prices.lambdaProvisionedGBSecond * HOURS_A_MONTH * 3600;

/** Dollars of a thousand predictions that take so long each; a gateway and a function, without maps or storage. */
export const thousandPredictions = (prices: Prices, memoryMiB: number, seconds: number): number =>
  1000 * seconds * (memoryMiB / 1024) * prices.lambdaGBSecond +
  (prices.lambdaMillionCalls + prices.gatewayMillionCalls) / 1000;

export interface Scale {
  readonly films: number;
  /** Shards, and as many members of the array job. */
  readonly shards: number;
  /** GB of pixels, a byte each. */
  readonly pixelsGB: number;
  readonly pixelsMonth: number;
  /** Minutes of one member, and dollars of all. */
  readonly prepareMemberMinutes: number;
  readonly prepare: number;
  /** Steps of every member together, in images. */
  readonly trainedImages: number;
}

export function scaleOf(prices: Prices, films: number): Scale {
  const { size, rowsPerPart, epochs, members, trainShare } = ENSEMBLE;
  const pixelsGB = (films * size * size) / GB;
  const core = prices.cpuInstanceHour / CPU_INSTANCE_CORES / 3600;
  return {
    films,
    shards: Math.ceil(films / rowsPerPart),
    pixelsGB,
    pixelsMonth: pixelsGB * prices.storedGBMonth,
    prepareMemberMinutes: rowsPerPart / (MEASURED.filmsPerCoreSecond * JOBS.prepare.vcpus) / 60,
    prepare: (films / MEASURED.filmsPerCoreSecond) * core,
    trainedImages: films * trainShare * epochs * members,
  };
}

/** GPU hours and dollars at a rate in images a second. */
export const training = (prices: Prices, images: number, rate: number) => {
  const hours = images / rate / 3600;
  return { hours, dollars: hours * prices.gpuInstanceHour };
};
