import { setImmediate as nextTurn } from "node:timers/promises";
import type { TrainingConfig } from "../contracts/run-config.ts";
import { InputError, TemporaryError } from "../domain/errors.ts";
import type { TrainingSession, TrainingState } from "../model/session.ts";
import type { Weights } from "../model/weights.ts";
import { readAhead } from "../parallel/read-ahead.ts";
import type { Reporter } from "../steps/progress.ts";
import type { CheckpointStore } from "./checkpoint-store.ts";
import { checkLoss, checkWeights } from "./divergence.ts";
import { afterEpoch, afterStep, imagesDone, isFinished, type Journal, startJournal, totalSteps } from "./journal.ts";
import { learningRateAt } from "./schedule.ts";
import { type TrainingBatchOptions, trainingBatches } from "./training-batches.ts";
import { evaluateTuning } from "./tuning.ts";
import { waits } from "./waits.ts";

export interface TrainingOptions extends TrainingBatchOptions {
  readonly session: TrainingSession;
  readonly config: TrainingConfig;
  /** Positions of the tuning part. */
  readonly tuning: Uint32Array;
  readonly checkpoints: CheckpointStore;
  /** Told of each epoch when it is over, again where a kill came before its checkpoint. */
  readonly onEpoch?: (journal: Journal) => Promise<void>;
  /** Aborted on a stop on request. */
  readonly signal: AbortSignal;
  readonly reporter: Reporter;
}

export interface Trained {
  readonly journal: Journal;
  /** The best network of all epochs. */
  readonly weights: Weights;
}

/**
 * Trains to the end, going on from the newest checkpoint where there is one. On the same machine with the same
 * threads an interrupted training ends with the very bytes of an uninterrupted one.
 *
 * @throws InputError `diverged`; the last checkpoint before stays
 * @throws TemporaryError `stopped` once the signal is aborted and a checkpoint is written
 */
export async function train(options: TrainingOptions): Promise<Trained> {
  const training = new Training(options);
  await training.resume();
  try {
    const trained = await training.run();
    await training.saved();
    return trained;
  } catch (error) {
    if (options.signal.aborted && error === options.signal.reason) throw await training.stop();
    // The first error counts, also where the last checkpoint failed as well.
    await training.saved().catch(() => {});
    throw error;
  }
}

class Training {
  private readonly options: TrainingOptions;
  private journal: Journal;
  private best: Weights | null = null;
  private saving: Promise<void> = Promise.resolve();

  constructor(options: TrainingOptions) {
    const { plan, seed, config } = options;
    if (plan.length === 0) throw new InputError("no-rows", "epoch plan: no rows, expected at least one to train on");
    this.options = options;
    this.journal = startJournal({ seed, rows: plan.length, batchSize: config.batchSize, epochs: config.epochs });
  }

  async resume(): Promise<void> {
    const { checkpoints, session, reporter } = this.options;
    const checkpoint = await checkpoints.load();
    if (checkpoint === undefined) return;
    const { journal, state, best } = checkpoint;
    const [found, expected] = [journal.work, this.journal.work].map((work) => JSON.stringify(work));
    if (found !== expected) {
      throw new InputError("checkpoint-of-other-work", `checkpoint: made with ${found}, expected ${expected}`);
    }
    this.journal = journal;
    this.best = best;
    await session.write(state);
    reporter.note("info", `going on from step ${journal.step} of ${totalSteps(journal.work)}`);
  }

  async run(): Promise<Trained> {
    const { signal, reporter } = this.options;
    signal.throwIfAborted();
    while (!isFinished(this.journal)) {
      await this.trainEpoch();
      await this.closeEpoch();
    }
    const { stoppedEarly, best, cursor } = this.journal;
    if (stoppedEarly) {
      reporter.note("info", `stopped early after epoch ${cursor.epoch}: none was better than epoch ${best?.epoch}`);
    }
    return { journal: this.journal, weights: this.best! };
  }

  /** Leaves a checkpoint; the error to throw then. */
  async stop(): Promise<TemporaryError> {
    await this.save(await this.options.session.read());
    await this.saved();
    const { step, work } = this.journal;
    const message = `training stopped after step ${step} of ${totalSteps(work)}; start it again to go on from there`;
    return new TemporaryError("stopped", message, { cause: this.options.signal.reason });
  }

  /** What is left of the current epoch. */
  private async trainEpoch(): Promise<void> {
    const { session, config, signal } = this.options;
    const { epoch, batch: firstBatch } = this.journal.cursor;
    let started = performance.now();
    const read = readAhead(trainingBatches(this.options, epoch, firstBatch), 1, (ask) => ask());
    for await (const { value: batch, waitMs } of waits(read)) {
      const learningRate = this.learningRate();
      // Of films without a label that counts the step says 0, which is no loss.
      const hasLabel = batch.targets.some((target) => !Number.isNaN(target));
      const stepped = await session.step(batch, learningRate);
      const loss = hasLabel ? stepped : null;
      const now = performance.now();
      const seconds = (now - started) / 1000;
      started = now;
      this.journal = afterStep(this.journal, { loss, images: batch.count, seconds, waitSeconds: waitMs / 1000 });
      checkLoss(stepped, this.journal.smoothedLoss ?? stepped, this.limits(learningRate));
      this.report();
      // A step blocks this thread: signals and the reads of the next batch come through here.
      await nextTurn();
      signal.throwIfAborted();
      const epochIsOver = this.journal.current.images === this.journal.work.rows;
      if (this.journal.step % config.checkpointEverySteps === 0 && !epochIsOver) {
        await this.save(await session.read());
        started = performance.now();
      }
    }
  }

  /** Looks at the tuning part and keeps the network where it is the best so far. */
  private async closeEpoch(): Promise<void> {
    const { session, films, tuning: positions, config, signal } = this.options;
    const state = await session.read();
    // What `infer` computes with, and so what is to be served.
    const weights = state.average ?? state.weights;
    this.checkWeights(weights);
    const started = performance.now();
    const { batchSize, leastOfEachClass } = config;
    const tuning = await evaluateTuning({ session, films, positions, batchSize, leastOfEachClass, signal });
    if (tuning.loss !== null) checkLoss(tuning.loss, tuning.loss, this.limits(this.learningRate()));
    this.journal = afterEpoch(this.journal, tuning, (performance.now() - started) / 1000, config);
    if (this.journal.best?.epoch === this.journal.cursor.epoch) this.best = weights;
    this.report();
    await this.options.onEpoch?.(this.journal);
    await this.save(state);
  }

  /** Starts to write a checkpoint, once the one before is written; steps go on meanwhile. */
  private async save(state: TrainingState): Promise<void> {
    this.checkWeights(state.weights);
    await this.saving;
    this.saving = this.options.checkpoints.save({ journal: this.journal, state, best: this.best });
    // Thrown where it is awaited, at the latest when training ends.
    this.saving.catch(() => {});
  }

  /** The last checkpoint is written. */
  saved(): Promise<void> {
    return this.saving;
  }

  private checkWeights(weights: Weights): void {
    checkWeights(weights, this.journal.step, this.learningRate());
  }

  private limits(learningRate: number): Parameters<typeof checkLoss>[2] {
    const heaviest = Math.max(1, ...Object.values(this.options.config.positiveWeights));
    return { step: this.journal.step, learningRate, heaviest };
  }

  /** Of the next step. */
  private learningRate(): number {
    return learningRateAt(this.options.config, this.journal.step, totalSteps(this.journal.work));
  }

  private report(): void {
    const { cursor, work, smoothedLoss, epochs } = this.journal;
    const last = epochs.at(-1);
    const figures = {
      epoch: Math.min(cursor.epoch + 1, work.epochs),
      loss: smoothedLoss,
      ...(last &&
        (last.tuningMeanAuroc === null ? { tuningLoss: last.tuningLoss } : { tuningAuroc: last.tuningMeanAuroc })),
    };
    const total = work.rows * work.epochs;
    this.options.reporter.progress({ done: imagesDone(this.journal), total, unit: "images", figures });
  }
}
