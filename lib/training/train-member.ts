import type { TrainerEnvironment } from "../contracts/environment.ts";
import type { ModelConfig, TrainingConfig } from "../contracts/run-config.ts";
import { TrainingHistory } from "../contracts/training.ts";
import { machine } from "../engine/machine.ts";
import { requirePrecision } from "../engine/precision.ts";
import { type Device, requireDevice } from "../engine/tensorflow.ts";
import { initialWeights } from "../model/initial-weights.ts";
import { buildNetwork } from "../model/networks.ts";
import { countParameters } from "../model/parameters.ts";
import type { TrainingSession } from "../model/session.ts";
import { createHeadSession, createTrainingSession } from "../model/training-session.ts";
import type { Weights } from "../model/weights.ts";
import type { StepContext, StepSummary } from "../steps/run-step.ts";
import { writeDocument } from "../store/documents.ts";
import { augments } from "./augment.ts";
import { type Background, openBackground } from "./background.ts";
import { epochEvents } from "./epoch-events.ts";
import { eventFile } from "./event-file.ts";
import { cachedFeatures } from "./feature-cache.ts";
import type { FilmSource } from "./film-source.ts";
import { loadStartingWeights } from "./imported-weights.ts";
import { type Trained, train } from "./loop.ts";
import { memberConfig } from "./member-config.ts";
import { encodeWeights } from "./weights-file.ts";

/**
 * Trains one member of the ensemble: the context's index says which seed and which entry of the sweep are its own. Reads what merge
 * and upsample wrote; leaves the best weights and the history, and checkpoints on the way.
 *
 * @throws InputError `no-gpu`, `no-bfloat16`, `no-seed`, `diverged`; TemporaryError `stopped`
 */
export async function trainMember(context: StepContext, environment: TrainerEnvironment): Promise<StepSummary> {
  const { rooms, run, index, request, signal } = context;
  const { model } = request.config;
  const keys = context.keys.member(index);
  const { seed, training } = memberConfig(request.config.training, index);
  const device = requireDevice(environment.HILUM_DEVICE);
  requirePrecision(training.precision, device);
  const start = await loadStartingWeights(rooms.models, model);
  const background = await openBackground({ environment, run, member: index });
  try {
    const options = { background, training, seed, start: start?.weights };
    const work = canCacheFeatures(model, training)
      ? await headWork(context, options)
      : await wholeWork(context, options);
    try {
      const { network } = model;
      const parameters = countParameters(buildNetwork(model), model.trainable);
      const { kind, tensorflow } = device;
      const about = { member: index, seed, network, parameters, device: kind, tensorflow, machine: machine() };
      const tell = (journal: Journal) =>
        writeDocument(rooms.runs, keys.history, TrainingHistory, historyOf(journal, about));
      const { journal, weights } = await train({
        ...background,
        ...work,
        checkpoints: {
          ...background.checkpoints,
          // With each checkpoint, for whoever watches.
          save: async (checkpoint) => {
            await background.checkpoints.save(checkpoint);
            await tell(checkpoint.journal);
          },
        },
        config: training,
        seed,
        signal,
        reporter: context,
        onEpoch: async (journal) => {
          await rooms.runs.put(keys.events(journal.cursor.epoch), eventFile(epochEvents(journal), new Date()));
        },
      });
      const metadata = { network, seed: String(seed), epoch: String(journal.best?.epoch), format: "hilum.weights/1" };
      const whole = new Map([...work.frozen, ...weights]);
      await rooms.runs.put(keys.weights, encodeWeights(whole, metadata));
      await tell(journal);
      return summaryOf(journal, device);
    } finally {
      await work.session.dispose();
    }
  } finally {
    await background.close();
  }
}

interface Work {
  readonly session: TrainingSession;
  readonly films: FilmSource;
  /** Weights that the session does not hold, since they never change. */
  readonly frozen: Weights;
}

interface WorkOptions {
  readonly training: TrainingConfig;
  readonly background: Background;
  readonly seed: number;
  readonly start: Weights | undefined;
}

/** A frozen backbone sees the same film in every epoch, unless it is augmented. */
const canCacheFeatures = (model: ModelConfig, training: TrainingConfig): boolean =>
  model.trainable === "head" && !augments(training.augment);

async function wholeWork({ request }: StepContext, { background, training, ...options }: WorkOptions): Promise<Work> {
  const { model } = request.config;
  const { size } = background;
  const session = await createTrainingSession({
    ...training,
    ...options,
    model,
    size,
    augments: augments(training.augment),
  });
  return { session, films: background.films, frozen: new Map() };
}

/** The head alone, over features that are computed once. */
async function headWork(context: StepContext, { background, training, seed, start }: WorkOptions): Promise<Work> {
  const { model } = context.request.config;
  const frozen = new Map([...initialWeights(buildNetwork(model), seed), ...(start ?? [])]);
  const films = await cachedFeatures({
    ...background,
    store: context.rooms.runs,
    model,
    weights: frozen,
    positions: [background.plan, background.tuning],
    targets: await background.targets(),
    batchSize: training.batchSize,
    signal: context.signal,
    reporter: context,
  });
  return { session: await createHeadSession({ ...training, model, seed, start: frozen }), films, frozen };
}

type Journal = Trained["journal"];

const historyOf = (
  { stepLoss, epochs, best, stoppedEarly, selection }: Journal,
  about: Pick<TrainingHistory, "member" | "seed" | "network" | "parameters" | "device" | "tensorflow" | "machine">,
): TrainingHistory => ({
  schema: "hilum.history/1",
  ...about,
  stepLoss,
  epochs,
  bestEpoch: best?.epoch ?? null,
  stoppedEarly,
  selection,
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
