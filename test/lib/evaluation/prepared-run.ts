import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runKeys } from "../../../lib/contracts/layout.ts";
import type { RunRequest } from "../../../lib/contracts/run.ts";
import { RunConfig } from "../../../lib/contracts/run-config.ts";
import { TrainingHistory } from "../../../lib/contracts/training.ts";
import { prepareRequest, writeRequest } from "../../../lib/data/request.ts";
import { merge } from "../../../lib/data/steps/merge.ts";
import { plan } from "../../../lib/data/steps/plan.ts";
import { prepare } from "../../../lib/data/steps/prepare.ts";
import { upsample } from "../../../lib/data/steps/upsample.ts";
import { validate } from "../../../lib/data/steps/validate.ts";
import { forEachObservation } from "../../../lib/domain/observations.ts";
import { initialWeights } from "../../../lib/model/initial-weights.ts";
import { buildNetwork } from "../../../lib/model/networks.ts";
import { writePhantoms } from "../../../lib/phantoms/write-phantoms.ts";
import { runStep } from "../../../lib/steps/run-step.ts";
import { writeDocument } from "../../../lib/store/documents.ts";
import { openRooms } from "../../../lib/store/open.ts";
import { encodeWeights } from "../../../lib/training/weights-file.ts";

const BASE = {
  name: "evaluated",
  description: "Phantoms for <b>tests</b>",
  split: { train: 0.3, tuning: 0.2, calibration: 0.2, test: 0.3 },
  geometry: { size: 64 },
  model: { network: "densenet-mini", headWidth: 16 },
  training: { epochs: 1, seeds: [1, 2] },
} as const;

export interface PreparedRun {
  readonly request: RunRequest;
  readonly environment: Record<"HILUM_DATASETS" | "HILUM_RUNS" | "HILUM_MODELS", string>;
}

/**
 * A run on phantoms in which all steps before the evaluation are done; its members are networks before training.
 * @param config what the run has otherwise
 * @param data folder of its films; drawn beside the store where none is given
 */
export async function preparedRun(folder: string, config: object = {}, data?: string): Promise<PreparedRun> {
  const parsed = RunConfig.parse({ ...BASE, ...config });
  const uri = (room: string) => pathToFileURL(join(folder, room)).href;
  const environment = { HILUM_DATASETS: uri("datasets"), HILUM_RUNS: uri("runs"), HILUM_MODELS: uri("models") };
  const films = data ?? join(folder, "phantoms");
  await mkdir(folder, { recursive: true });
  if (data === undefined) await writePhantoms({ folder: films, seed: 5, frontalFilms: 80 });
  const request = await prepareRequest(pathToFileURL(films).href, parsed);
  const rooms = openRooms(environment);
  await writeRequest(rooms, request);
  const emit = () => {};
  const steps = {
    validate,
    plan,
    prepare: (context: Parameters<typeof prepare>[0]) => prepare(context, { threads: 1 }),
    merge,
    upsample,
  };
  for (const [step, work] of Object.entries(steps)) await runStep({ step, run: request.run, environment, emit }, work);
  for (const [index, seed] of parsed.training.seeds.entries()) {
    const keys = runKeys(request.run).member(index);
    const network = buildNetwork(parsed.model);
    await rooms.runs.put(keys.weights, encodeWeights(initialWeights(network, seed + 10), {}));
    await writeDocument(rooms.runs, keys.history, TrainingHistory, history(index, seed));
  }
  return { request, environment };
}

const history = (member: number, seed: number): TrainingHistory => ({
  schema: "hilum.history/1",
  member,
  seed,
  network: "densenet-mini",
  parameters: { total: 1000, trainable: 900 },
  device: "cpu",
  tensorflow: "2.21.0",
  stepLoss: [],
  epochs: [
    {
      epoch: 1,
      step: 2,
      trainLoss: 0.7,
      tuningLoss: 0.7,
      tuningMeanAuroc: 0.5,
      tuningAuroc: forEachObservation(() => null),
      imagesPerSecond: 10,
      seconds: 3,
      waitShare: 0,
    },
  ],
  bestEpoch: 1,
  stoppedEarly: false,
});
