import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TrainerEnvironment } from "../../lib/contracts/environment.ts";
import { runKeys } from "../../lib/contracts/layout.ts";
import type { ProgressEvent } from "../../lib/contracts/progress.ts";
import type { RunRequest } from "../../lib/contracts/run.ts";
import { TrainingHistory } from "../../lib/contracts/training.ts";
import { initialWeights } from "../../lib/model/initial-weights.ts";
import { buildNetwork } from "../../lib/model/networks.ts";
import { runStep } from "../../lib/steps/run-step.ts";
import { readDocument } from "../../lib/store/documents.ts";
import { openRooms, roomsOf } from "../../lib/store/open.ts";
import { trainMember } from "../../lib/training/train-member.ts";
import { decodeWeights } from "../../lib/training/weights-file.ts";
import { preparedRun } from "./prepared-run.ts";

const SEED = 3;
let folder: string;
let request: RunRequest;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-transfer-"));
  request = await preparedRun(
    folder,
    {
      name: "transfer",
      split: { train: 0.6, tuning: 0.2, calibration: 0.1, test: 0.1 },
      geometry: { size: 32 },
      model: { network: "resnet-mini", headWidth: 8, trainable: "head" },
      training: { epochs: 3, batchSize: 8, learningRate: 0.002, checkpointEverySteps: 3, seeds: [SEED] },
    },
    40,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("transfer: features once, then the head alone; the weights are whole and the backbone's untouched", async () => {
  const environment = TrainerEnvironment.parse({ ...roomsOf(join(folder, "store")), HILUM_RUN: request.run });
  const { runs } = openRooms(environment);
  const events: ProgressEvent[] = [];
  const options = {
    step: "train",
    index: 0,
    run: request.run,
    environment,
    emit: (e: ProgressEvent) => events.push(e),
  };
  await runStep(options, (context) => trainMember(context, environment));

  const keys = runKeys(request.run).member(0);
  const { weights } = decodeWeights(await runs.get(keys.weights), keys.weights);
  const network = buildNetwork(request.config.model);
  for (const [name, { data, shape }] of initialWeights(network, SEED)) {
    const trained = weights.get(name)!;
    expect(trained.shape, name).toEqual(shape);
    const isFrozen = network.backbone.has(name.slice(0, name.indexOf("/")));
    expect(Buffer.from(trained.data.buffer).equals(Buffer.from(data.buffer)), name).toBe(isFrozen);
  }
  const history = await readDocument(runs, keys.history, TrainingHistory);
  expect(history.parameters.trainable).toBe(128 * 8 + 8 + 8 * 14 + 14);
  expect(history.epochs.at(-1)!.trainLoss).toBeLessThan(history.epochs[0]!.trainLoss);
  for (const epoch of [1, 2, 3]) expect(await runs.head(keys.events(epoch)), `epoch ${epoch}`).toBeDefined();
  const filmEvents = events.filter((event) => event.event === "progress" && event.unit === "films");
  expect(filmEvents.length).toBeGreaterThan(0);
});
