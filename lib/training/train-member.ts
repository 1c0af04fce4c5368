import type { TrainerEnvironment } from "../contracts/environment.ts";
import { TrainingHistory } from "../contracts/training.ts";
import { InputError } from "../domain/errors.ts";
import { type Device, requireDevice } from "../engine/tensorflow.ts";
import { buildNetwork } from "../model/networks.ts";
import { countParameters } from "../model/parameters.ts";
import { createTrainingSession } from "../model/training-session.ts";
import type { StepContext, StepSummary } from "../steps/run-step.ts";
import { writeDocument } from "../store/documents.ts";
import { openBackground } from "./background.ts";
import { loadStartingWeights } from "./imported-weights.ts";
import { type Trained, train } from "./loop.ts";
import { encodeWeights } from "./weights-file.ts";

/**
 * Trains one member of the ensemble: the context's index says which of `training.seeds` is its seed. Reads what merge
 * and upsample wrote; leaves the best weights and the history, and checkpoints on the way.
 *
 * @throws InputError `no-gpu`, `no-seed`, `diverged`; TemporaryError `stopped`
 */
export async function trainMember(context: StepContext, environment: TrainerEnvironment): Promise<StepSummary> {
  const { rooms, run, index, request, signal } = context;
  const { model, training } = request.config;
  const keys = context.keys.member(index);
  const seed = training.seeds[index];
  if (seed === undefined) {
    const expected = `expected an index below ${training.seeds.length}, the number of training.seeds`;
    throw new InputError("no-seed", `train: member ${index}, ${expected}`);
  }
  const device = requireDevice(environment.HILUM_DEVICE);
  const start = await loadStartingWeights(rooms.models, model);
  const background = await openBackground({ environment, run, member: index });
  try {
    const session = await createTrainingSession({
      ...training,
      model,
      size: background.size,
      seed,
      start: start?.weights,
    });
    try {
      const { journal, weights } = await train({
        ...background,
        session,
        config: training,
        seed,
        signal,
        reporter: context,
      });
      const { network } = model;
      const metadata = { network, seed: String(seed), epoch: String(journal.best?.epoch), format: "hilum.weights/1" };
      await rooms.runs.put(keys.weights, encodeWeights(weights, metadata));
      const parameters = countParameters(buildNetwork(model), model.trainable);
      const history = { member: index, seed, network, parameters, device: device.kind, tensorflow: device.tensorflow };
      await writeDocument(rooms.runs, keys.history, TrainingHistory, historyOf(journal, history));
      return summaryOf(journal, device);
    } finally {
      await session.dispose();
    }
  } finally {
    await background.close();
  }
}

type Journal = Trained["journal"];

const historyOf = (
  { stepLoss, epochs, best, stoppedEarly }: Journal,
  about: Pick<TrainingHistory, "member" | "seed" | "network" | "parameters" | "device" | "tensorflow">,
): TrainingHistory => ({
  schema: "hilum.history/1",
  ...about,
  stepLoss,
  epochs,
  bestEpoch: best?.epoch ?? null,
  stoppedEarly,
});

function summaryOf({ work, step, epochs, best, stoppedEarly }: Journal, device: Device): StepSummary {
  const sum = (of: (epoch: Journal["epochs"][number]) => number) => epochs.reduce((total, e) => total + of(e), 0);
  const images = work.rows * epochs.length;
  const trainingSeconds = sum(({ imagesPerSecond }) => work.rows / imagesPerSecond);
  return {
    steps: step,
    epochs: epochs.length,
    imagesPerSecond: images / trainingSeconds,
    waitShare: sum(({ waitShare, imagesPerSecond }) => (waitShare * work.rows) / imagesPerSecond) / trainingSeconds,
    bestEpoch: best?.epoch ?? null,
    bestTuningAuroc: best?.meanAuroc ?? null,
    stoppedEarly,
    device: device.kind,
  };
}
