import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ModelConfig, TrainingConfig } from "../../../lib/contracts/run-config.ts";
import { TemporaryError } from "../../../lib/domain/errors.ts";
import { liveTensors } from "../../../lib/engine/session.ts";
import type { TrainingSession, TrainingState } from "../../../lib/model/session.ts";
import { createTrainingSession } from "../../../lib/model/training-session.ts";
import type { Store } from "../../../lib/store/store.ts";
import { type TrainingOptions, train } from "../../../lib/training/loop.ts";
import { encodeWeights } from "../../../lib/training/weights-file.ts";
import { noisyFilms } from "./films.ts";
import { memoryStore, setUp, watched } from "./setup.ts";

const SIZE = 32;
const films = noisyFilms({ size: SIZE });
const training = TrainingConfig.parse({
  epochs: 2,
  batchSize: 18,
  learningRate: 0.001,
  checkpointEverySteps: 2,
  movingAverage: 0.9,
  weightDecay: 0.01,
  augment: { rotation: 5, scale: 0.1, shift: 0.1, contrast: 0.1 },
});

/** The loop over the smallest real network, in TensorFlow. */
describe("training a network", () => {
  let one: TrainingSession;
  let another: TrainingSession;
  let beginning: TrainingState;

  beforeAll(async () => {
    const model = ModelConfig.parse({ network: "densenet-mini", headWidth: 8 });
    const open = () => createTrainingSession({ model, size: SIZE, seed: 1, augments: true, ...training });
    [one, another] = [await open(), await open()];
    beginning = await one.read();
  });
  afterAll(async () => {
    await one.dispose();
    await another.dispose();
  });

  const setUpNetwork = (session: TrainingSession, store: Store, signal?: AbortSignal): TrainingOptions =>
    setUp({ config: training, store, session, films, ...(signal && { signal }) });

  test("stopped after any step and gone on in another session, it ends with the same bytes", async () => {
    const whole = await train(setUpNetwork(one, memoryStore()));
    expect(whole.journal.step).toBe(6);
    for (const stopAfter of [1, 2, 3, 4, 5]) {
      const store = memoryStore();
      const stop = new AbortController();
      await one.write(beginning);
      const session = watched(one, (step) => {
        if (step === stopAfter) stop.abort(new TemporaryError("stopped", "stop"));
      });
      await expect(train(setUpNetwork(session, store, stop.signal))).rejects.toMatchObject({ code: "stopped" });
      // It still holds what the last round left: a resume that forgets a variable shows.
      const resumed = await train(setUpNetwork(another, store));
      expect(resumed.journal.stepLoss).toEqual(whole.journal.stepLoss);
      expect(Buffer.compare(encodeWeights(resumed.weights, {}), encodeWeights(whole.weights, {}))).toBe(0);
    }
  });

  test("no tensor is left over", async () => {
    const before = liveTensors();
    await train(setUpNetwork(one, memoryStore()));
    expect(liveTensors()).toBe(before);
  });
});
