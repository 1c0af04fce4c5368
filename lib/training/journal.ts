import * as z from "zod";
import { schemaName } from "../contracts/primitives.ts";
import type { TrainingConfig } from "../contracts/run-config.ts";
import { EpochRecord, TrainingHistory } from "../contracts/training.ts";
import { batchesPerEpoch } from "./epoch.ts";
import type { TuningResult } from "./tuning.ts";

/**
 * How far a member has come and what was seen on the way: all that a resume needs besides weights and moments.
 * Random streams are keyed by seed, epoch and place (lib/domain/random.ts), so that the cursor is their state too.
 */
export const Journal = z.strictObject({
  schema: schemaName("hilum.journal/1"),
  /** What decides the order of the batches; a journal of other work is not continued. */
  work: z.strictObject({ seed: z.int(), rows: z.int().min(1), batchSize: z.int().min(1), epochs: z.int().min(1) }),
  step: z.int().min(0),
  /** Epochs that are over, and batches done in the current one. */
  cursor: z.strictObject({ epoch: z.int().min(0), batch: z.int().min(0) }),
  /** Of the current epoch so far. */
  current: z.strictObject({
    lossSum: z.number(),
    images: z.int().min(0),
    /** Images of the steps that have a loss. */
    judged: z.int().min(0),
    seconds: z.number(),
    waitSeconds: z.number(),
  }),
  /** Since the last entry of stepLoss. */
  pending: z.strictObject({ lossSum: z.number(), steps: z.int().min(0) }),
  smoothedLoss: z.number().nullable(),
  stepLoss: TrainingHistory.shape.stepLoss,
  epochs: z.array(EpochRecord),
  best: z
    .strictObject({ epoch: z.int().min(1), meanAuroc: z.number().nullable(), loss: z.number().nullable() })
    .nullable(),
  stoppedEarly: z.boolean(),
  selection: TrainingHistory.shape.selection,
});
export type Journal = z.infer<typeof Journal>;

const NOTHING_YET = { lossSum: 0, images: 0, judged: 0, seconds: 0, waitSeconds: 0 };

export const startJournal = (work: Journal["work"]): Journal => ({
  schema: "hilum.journal/1",
  work,
  step: 0,
  cursor: { epoch: 0, batch: 0 },
  current: { ...NOTHING_YET },
  pending: { lossSum: 0, steps: 0 },
  smoothedLoss: null,
  stepLoss: [],
  epochs: [],
  best: null,
  stoppedEarly: false,
});

export const totalSteps = ({ rows, batchSize, epochs }: Journal["work"]): number =>
  epochs * batchesPerEpoch(rows, batchSize);

export const imagesDone = ({ cursor, work, current }: Journal): number => cursor.epoch * work.rows + current.images;

export const isFinished = ({ cursor, work, stoppedEarly }: Journal): boolean =>
  stoppedEarly || cursor.epoch >= work.epochs;

/** Weight of the past in the smoothed loss: about the last ten steps count. */
const SMOOTHING = 0.9;

/** Entries of stepLoss that a whole training leaves, enough for a curve. */
const LOSS_POINTS = 500;

/** A step as it was measured. */
export interface StepFigures {
  /** Null where no label of its films counts. */
  readonly loss: number | null;
  readonly images: number;
  readonly seconds: number;
  readonly waitSeconds: number;
}

/** The journal after one more step. */
export function afterStep(journal: Journal, { loss, images, seconds, waitSeconds }: StepFigures): Journal {
  const { current, cursor, smoothedLoss } = journal;
  const step = journal.step + 1;
  const judged = loss === null ? { lossSum: 0, steps: 0 } : { lossSum: loss, steps: 1 };
  const pending = {
    lossSum: journal.pending.lossSum + judged.lossSum,
    steps: journal.pending.steps + judged.steps,
  };
  const full = pending.steps > 0 && pending.steps >= totalSteps(journal.work) / LOSS_POINTS;
  return {
    ...journal,
    step,
    cursor: { ...cursor, batch: cursor.batch + 1 },
    current: {
      lossSum: current.lossSum + judged.lossSum * images,
      images: current.images + images,
      judged: current.judged + judged.steps * images,
      seconds: current.seconds + seconds,
      waitSeconds: current.waitSeconds + waitSeconds,
    },
    pending: full ? { lossSum: 0, steps: 0 } : pending,
    stepLoss: full ? [...journal.stepLoss, [step, pending.lossSum / pending.steps]] : journal.stepLoss,
    smoothedLoss: smoothed(smoothedLoss, loss),
  };
}

const smoothed = (before: number | null, loss: number | null): number | null =>
  before === null || loss === null ? (loss ?? before) : SMOOTHING * before + (1 - SMOOTHING) * loss;

/**
 * The journal after an epoch and its look at the tuning part: a better network than before, by `select`, becomes the
 * best, and `patience` epochs without one end the training.
 * @param tuningSeconds what that look took
 */
export function afterEpoch(
  journal: Journal,
  tuning: TuningResult,
  tuningSeconds: number,
  { select, patience }: Pick<TrainingConfig, "select" | "patience">,
): Journal {
  const { current, cursor } = journal;
  const epoch = cursor.epoch + 1;
  const candidate = { epoch, meanAuroc: tuning.meanAuroc, loss: tuning.loss };
  const best = isBetter(candidate, journal.best, select) ? candidate : journal.best;
  const record: EpochRecord = {
    epoch,
    step: journal.step,
    trainLoss: current.lossSum / current.judged,
    tuningLoss: tuning.loss,
    tuningMeanAuroc: tuning.meanAuroc,
    tuningAuroc: [...tuning.auroc],
    imagesPerSecond: current.images / current.seconds,
    seconds: current.seconds + tuningSeconds,
    waitShare: current.waitSeconds / current.seconds,
  };
  return {
    ...journal,
    cursor: { epoch, batch: 0 },
    current: { ...NOTHING_YET },
    epochs: [...journal.epochs, record],
    best,
    selection: { by: selectedBy(tuning, select), observations: [...tuning.meanOver] },
    stoppedEarly: patience > 0 && epoch - best!.epoch >= patience && epoch < journal.work.epochs,
  };
}

type Selection = TrainingConfig["select"];

/** What decides of an epoch: AUROC gives way to the loss where it is not defined, the loss to the last epoch. */
function selectedBy({ meanAuroc, loss }: Pick<TuningResult, "meanAuroc" | "loss">, select: Selection): Selection {
  if (select === "auroc" && meanAuroc !== null) return "auroc";
  return select !== "last" && loss !== null ? "loss" : "last";
}

const IS_BETTER = {
  auroc: (candidate, best) => candidate.meanAuroc! > (best.meanAuroc ?? Number.NEGATIVE_INFINITY),
  loss: (candidate, best) => candidate.loss! < (best.loss ?? Number.POSITIVE_INFINITY),
  last: () => true,
} satisfies Record<Selection, (candidate: Best, best: Best) => boolean>;

type Best = NonNullable<Journal["best"]>;

const isBetter = (candidate: Best, best: Journal["best"], select: Selection): boolean =>
  best === null || IS_BETTER[selectedBy(candidate, select)](candidate, best);
