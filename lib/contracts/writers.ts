import { ARRIVALS, datasetKeys, featureShardKey, modelKeys, type Room, runKeys, SPLITS } from "./layout.ts";

/** Stands for any text in a key, as in the resources of an IAM policy. */
const ANY = "*";

const run = runKeys(ANY);
const dataset = datasetKeys(ANY);

/** What every step writes of itself, for each member of an array too. */
const recordsOf = (step: string): string[] =>
  [run.stepRecord(step), run.failure(step), run.stepProgress(step)].flatMap((key) => [
    key,
    key.replace(/\.json$/, `-${ANY}.json`),
  ]);

const arrivals = `${ARRIVALS}${ANY}`;
const features = featureShardKey(ANY, 0).replace(/[^/]*$/, ANY);
const shards = dataset.shard(ANY, 0).replace(/[^/]*$/, `shard-${ANY}`);

type Writes = Readonly<Partial<Record<Room, readonly string[]>>>;

/**
 * The keys that each step writes or deletes, and nobody else but as it says here: the roles are made from it, and on one
 * machine the steps' stores hold to it. So what a step reads was written by the step that it is from: the gate's decision by
 * the gate alone, an evaluation by the evaluation.
 */
export const STEP_WRITES = {
  validate: { runs: [run.validation, ...recordsOf("validate")], datasets: [dataset.manifest, dataset.boxes] },
  plan: {
    runs: [run.plan, run.assignments, run.sequence, run.testSet, ...recordsOf("plan")],
    datasets: [`${SPLITS}${ANY}`],
  },
  prepare: { runs: recordsOf("prepare"), datasets: [shards] },
  // Where a film can't be read its preparation counts as not done.
  merge: {
    runs: [run.rows, run.dataset, ...recordsOf("merge"), run.stepRecord("prepare").replace(".json", `-${ANY}.json`)],
  },
  upsample: { runs: [run.epochPlan, run.upsampling, ...recordsOf("upsample")] },
  train: { runs: [`${run.members}${ANY}`, features, ...recordsOf("train")] },
  evaluate: {
    runs: [run.evaluation, run.predictions, run.report, run.card, run.exams, run.exam(ANY), ...recordsOf("evaluate")],
    models: [`${modelKeys.versions}${ANY}`],
  },
  // It writes its decision into the report as well.
  gate: { runs: [run.decision, run.report, ...recordsOf("gate")], models: [modelKeys.channels] },
  promote: { runs: recordsOf("promote"), models: [modelKeys.channels] },
  notify: { runs: [run.outcome, run.page, arrivals, ...recordsOf("notify")] },
} as const satisfies Readonly<Record<string, Writes>>;

export const ON_DATA_WRITES: Writes = { runs: [run.request, arrivals] };
export const ON_FAILURE_WRITES: Writes = { runs: [run.outcome, run.page, arrivals] };

/** Whether a key fits one of the patterns. */
export const fitsKeys = (patterns: readonly string[], key: string): boolean =>
  patterns.some((pattern) => {
    const [start = "", ...rest] = pattern.split(ANY).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${[start, ...rest].join("[^]*")}$`).test(key);
  });
