import { describe, expect, test } from "vitest";
import { LatestCheckpoint } from "../../../lib/contracts/training.ts";
import { TemporaryError } from "../../../lib/domain/errors.ts";
import { OBSERVATION_COUNT } from "../../../lib/domain/observations.ts";
import { readDocument } from "../../../lib/store/documents.ts";
import { openCheckpoints } from "../../../lib/training/checkpoint-store.ts";
import { totalSteps } from "../../../lib/training/journal.ts";
import { type Trained, train } from "../../../lib/training/loop.ts";
import { noisyFilms } from "./films.ts";
import { logisticSession } from "./logistic-session.ts";
import { memberKeys, memoryStore, setUp, watched } from "./setup.ts";

const bytesOf = ({ weights }: Trained) =>
  [...weights].map(([name, { shape, data }]) => [name, shape, Buffer.from(data.buffer).toString("hex")]);

describe("training", () => {
  test("learns what films show, and counts what it did", async () => {
    const { journal } = await train(setUp({ config: { epochs: 30, leastOfEachClass: 1 } }));
    expect(journal.step).toBe(30 * Math.ceil(50 / 8));
    expect(journal.epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
    const last = journal.epochs.at(-1)!;
    expect(last.trainLoss).toBeLessThan(journal.epochs[0]!.trainLoss / 2);
    expect(journal.best!.meanAuroc).toBe(Math.max(...journal.epochs.map((e) => e.tuningMeanAuroc!)));
    expect(journal.best!.meanAuroc).toBeGreaterThan(0.8);
    expect(last.waitShare).toBeLessThan(1);
    expect(last.imagesPerSecond).toBeGreaterThan(0);
  });

  test("stopped after any step and gone on, it ends with the same bytes", async () => {
    const config = {
      epochs: 2,
      checkpointEverySteps: 3,
      schedule: "cosine",
      warmupSteps: 4,
      movingAverage: 0.8,
      augment: { rotation: 5, scale: 0.1, shift: 0.2, contrast: 0.1 },
    } as const;
    const whole = await train(setUp({ config }));
    const steps = totalSteps(whole.journal.work);
    for (let stopAfter = 1; stopAfter <= steps; stopAfter += 1) {
      const store = memoryStore();
      const stop = new AbortController();
      const first = setUp({ config, store, signal: stop.signal });
      const session = watched(first.session, (step) => {
        if (step === stopAfter) stop.abort(new TemporaryError("stopped", "stop"));
      });
      await expect(train({ ...first, session })).rejects.toMatchObject({
        code: "stopped",
        exitCode: 75,
        message: `training stopped after step ${stopAfter} of ${steps}; start it again to go on from there`,
      });
      const resumed = await train(setUp({ config, store }));
      expect(bytesOf(resumed)).toEqual(bytesOf(whole));
      expect(resumed.journal.stepLoss).toEqual(whole.journal.stepLoss);
      expect(resumed.journal.best).toEqual(whole.journal.best);
    }
  });

  test("the same seed gives the same network, another seed another", async () => {
    const [one, again, other] = [await train(setUp()), await train(setUp()), await train({ ...setUp(), seed: 8 })];
    expect(bytesOf(again)).toEqual(bytesOf(one));
    expect(bytesOf(other)).not.toEqual(bytesOf(one));
  });

  test("once finished, it takes no further step", async () => {
    const store = memoryStore();
    const whole = await train(setUp({ store }));
    const options = setUp({ store });
    const session = watched(options.session, () => expect.unreachable("a step"));
    expect(bytesOf(await train({ ...options, session }))).toEqual(bytesOf(whole));
  });

  test("a batch without a label has no loss: it pulls no mean towards 0", async () => {
    const films = noisyFilms();
    for (let i = 0; i < films.targets.length; i += 2 * OBSERVATION_COUNT) {
      films.targets.fill(Number.NaN, i, i + OBSERVATION_COUNT);
    }
    const { journal } = await train(setUp({ films, config: { epochs: 1, batchSize: 1, learningRate: 1e-12 } }));
    const { trainLoss, tuningLoss } = journal.epochs[0]!;
    // Weights that stay as they began answer near one half for every film.
    expect(trainLoss).toBeGreaterThan(0.6);
    expect(journal.smoothedLoss).toBeGreaterThan(0.6);
    expect(trainLoss / tuningLoss!).toBeCloseTo(1, 1);
    for (const [, loss] of journal.stepLoss) expect(loss).toBeGreaterThan(0.3);
  });

  test("labels that are masked change nothing, an observation without labels has no AUROC", async () => {
    const films = noisyFilms();
    for (let i = 3; i < films.targets.length; i += OBSERVATION_COUNT) films.targets[i] = Number.NaN;
    const { journal, weights } = await train(setUp({ films }));
    const { tuningAuroc, tuningLoss } = journal.epochs.at(-1)!;
    expect(tuningAuroc[3]).toBeNull();
    expect(tuningAuroc.filter((value) => value !== null).length).toBe(OBSERVATION_COUNT - 1);
    expect(tuningLoss).toBeGreaterThan(0);
    const kernel = weights.get("dense/kernel")!.data;
    expect(kernel.filter((_, i) => i % OBSERVATION_COUNT === 3).every((weight) => weight === 0)).toBe(true);
    expect(kernel.every(Number.isFinite)).toBe(true);
  });

  test("patience ends it, with the weights of the best epoch", async () => {
    const films = noisyFilms();
    // Nothing to learn: the tuning part's labels are the wrong way round.
    films.targets.subarray(45 * OBSERVATION_COUNT).forEach((target, i, tuning) => {
      tuning[i] = 1 - target;
    });
    const store = memoryStore();
    const { journal, weights } = await train(setUp({ films, store, config: { epochs: 50, patience: 3 } }));
    expect(journal.stoppedEarly).toBe(true);
    expect(journal.cursor.epoch).toBe(journal.best!.epoch + 3);
    const stopped = await openCheckpoints(store, memberKeys).load();
    expect(stopped!.state.weights.get("dense/bias")!.data).not.toEqual(weights.get("dense/bias")!.data);
    const best = await train(setUp({ films, config: { epochs: journal.best!.epoch } }));
    expect(bytesOf(best)).toEqual(bytesOf({ journal, weights }));
  });

  test("without a defined AUROC the lowest loss is best, without labels the last epoch", async () => {
    const films = noisyFilms();
    films.targets.subarray(45 * OBSERVATION_COUNT).fill(1);
    const { journal } = await train(setUp({ films, config: { epochs: 4 } }));
    const losses = journal.epochs.map(({ tuningLoss }) => tuningLoss!);
    expect(journal.best).toEqual({
      epoch: losses.indexOf(Math.min(...losses)) + 1,
      meanAuroc: null,
      loss: Math.min(...losses),
    });
    const none = await train(setUp({ tuning: new Uint32Array(), config: { epochs: 4 } }));
    expect(none.journal.best).toEqual({ epoch: 4, meanAuroc: null, loss: null });
  });

  test("the moving average is what is evaluated and kept, training goes on with the weights themselves", async () => {
    const store = memoryStore();
    const { weights } = await train(setUp({ store, config: { epochs: 1, movingAverage: 0.9 } }));
    const { state } = (await openCheckpoints(store, memberKeys).load())!;
    expect(weights.get("dense/kernel")!.data).toEqual(state.average!.get("dense/kernel")!.data);
    expect(state.average).not.toEqual(state.weights);
    const plain = await train(setUp({ config: { epochs: 1 } }));
    expect(state.weights.get("dense/kernel")!.data).toEqual(plain.weights.get("dense/kernel")!.data);
  });
});

describe("training that goes wrong", () => {
  test("a loss that is not a number names step and learning rate and keeps the last checkpoint", async () => {
    const store = memoryStore();
    const options = setUp({ store, config: { checkpointEverySteps: 2, learningRate: 0.01 } });
    let steps = 0;
    const session = {
      ...options.session,
      step: async (...step: Parameters<typeof options.session.step>) => {
        steps += 1;
        return steps === 6 ? Number.NaN : options.session.step(...step);
      },
    };
    await expect(train({ ...options, session })).rejects.toMatchObject({
      code: "diverged",
      exitCode: 64,
      message: expect.stringMatching(/step 6, learning rate 0\.01: the loss is NaN/),
    });
    expect((await readDocument(store, memberKeys.latest, LatestCheckpoint)).step).toBe(4);
  });

  test("a learning rate that is far too high is told from a loss that grows", async () => {
    await expect(
      train(setUp({ config: { learningRate: 0.1, epochs: 200 }, session: runaway() })),
    ).rejects.toMatchObject({
      code: "diverged",
      message: expect.stringMatching(/learning rate 0\.1: the loss has grown to/),
    });
  });

  test("weights that are not finite never reach a checkpoint", async () => {
    const store = memoryStore();
    const options = setUp({ store, config: { checkpointEverySteps: 1 } });
    const session = {
      ...options.session,
      step: async (...step: Parameters<typeof options.session.step>) => {
        const loss = await options.session.step(...step);
        const state = await options.session.read();
        if (state.step === 3) state.weights.get("dense/bias")!.data[2] = Number.POSITIVE_INFINITY;
        await options.session.write(state);
        return loss;
      },
    };
    await expect(train({ ...options, session })).rejects.toThrow(/step 3, .*dense\/bias holds Infinity/);
    expect((await openCheckpoints(store, memberKeys).load())!.journal.step).toBe(2);
  });

  test("a checkpoint of other work is refused", async () => {
    const store = memoryStore();
    await train(setUp({ store, config: { epochs: 1 } }));
    await expect(train({ ...setUp({ store, config: { epochs: 1 } }), seed: 9 })).rejects.toMatchObject({
      code: "checkpoint-of-other-work",
    });
  });

  test("a film that can't be read ends it with that error", async () => {
    const options = setUp();
    const films = { batch: async () => Promise.reject(new Error("shard-00001 is gone")) };
    await expect(train({ ...options, films })).rejects.toThrow("shard-00001 is gone");
  });

  test("a plan without rows is refused", async () => {
    await expect(train({ ...setUp(), plan: new Uint32Array() })).rejects.toMatchObject({ code: "no-rows" });
  });
});

/** A linear model that walks uphill, as a step far beyond the minimum does. */
function runaway() {
  const session = logisticSession({ area: 36 });
  return { ...session, step: (...[batch, rate]: Parameters<typeof session.step>) => session.step(batch, -rate) };
}
