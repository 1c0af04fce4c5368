import { OBSERVATIONS, type Observation } from "../domain/observations.ts";

/** CloudWatch's namespace of everything that a stage counts. */
export const metricsNamespace = (stage: string): string => `Hilum/${stage}`;

/** The one dimension: which function counted. What is filtered from job logs has none. */
export const SERVICE_DIMENSION = "service";

interface MetricDefinition {
  readonly name: string;
  readonly unit: "Count" | "Milliseconds" | "Count/Second" | "None";
  readonly service?: "api" | "on-data" | "watch";
}

/**
 * What is counted: functions emit it, job logs are filtered into it, dashboard and alarms read it. Nothing of a film is
 * in a name, a dimension or a value.
 */
export const METRICS = {
  /** Films that were answered. */
  predictions: { name: "Predictions", unit: "Count", service: "api" },
  /** Films that were refused: no chest film, broken, too large. */
  refusedFilms: { name: "RefusedFilms", unit: "Count", service: "api" },
  /** Environments that had to be made ready first. */
  coldStarts: { name: "ColdStart", unit: "Count", service: "api" },
  /** 1 for a film, answered or refused, that is unlike those the model learned from, 0 for any other answered: their share on average. */
  strangeFilms: { name: "StrangeFilms", unit: "None", service: "api" },
  /** Calls that a model would have answered, before any was promoted: no fault of the service. */
  beforeFirstModel: { name: "BeforeFirstModel", unit: "Count", service: "api" },
  /** A version that could not be loaded; the one before it, where there is one, went on answering. */
  modelFallbacks: { name: "ModelFallback", unit: "Count", service: "api" },
  /** Folders of films that were refused before a run began. */
  refusedArrivals: { name: "RefusedArrivals", unit: "Count", service: "on-data" },
  /** Milliseconds between a job's submission and its start. */
  queueTime: { name: "QueueTime", unit: "Milliseconds", service: "watch" },
  /** Times that Batch said of a queue that its first job finds no machine. */
  blockedQueues: { name: "QueueBlocked", unit: "Count", service: "watch" },
  /** Images a second in training. */
  trainingRate: { name: "TrainingRate", unit: "Count/Second" },
  trainingLoss: { name: "TrainingLoss", unit: "None" },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
export type MetricName = keyof typeof METRICS;

export const metric = (name: MetricName): MetricDefinition => METRICS[name];

const plain = (name: Observation): string => name.replaceAll(/[^A-Za-z]/g, "");

/** Share of answers above the observation's threshold; counted by the API. */
export const positiveMetric = (name: Observation): string => `Positive.${plain(name)}`;

/** What that share was among the training patients: the line it is held against. */
export const prevalenceMetric = (name: Observation): string => `Prevalence.${plain(name)}`;

export const PER_OBSERVATION_METRICS: readonly string[] = OBSERVATIONS.flatMap((name) => [
  positiveMetric(name),
  prevalenceMetric(name),
]);
