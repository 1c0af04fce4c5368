import { runKeys } from "../../../lib/contracts/layout.ts";
import { Plan } from "../../../lib/contracts/plan.ts";
import { StepProgress } from "../../../lib/contracts/progress.ts";
import { FailureRecord, RunOutcome, RunRequest, StepRecord } from "../../../lib/contracts/run.ts";
import { TrainingHistory } from "../../../lib/contracts/training.ts";
import { forEachObservation } from "../../../lib/domain/observations.ts";
import { writeDocument } from "../../../lib/store/documents.ts";
import { SELF } from "../../../lib/store/process-identity.ts";
import type { Store } from "../../../lib/store/store.ts";

export const minute = (n: number): string => new Date(Date.UTC(2026, 0, 1, 8, n)).toISOString();

/** Writes what the steps of a run would have written, a document at a time. */
export function storedRun(runs: Store, run: string) {
  const keys = runKeys(run);
  return {
    keys,
    /** @param name of its preset: that of the demo learned from drawings */
    request: (changes: Partial<RunRequest["config"]["training"]> = {}, name = "test") =>
      writeDocument(runs, keys.request, RunRequest, {
        schema: "hilum.request/1",
        run,
        data: "file:///films",
        csv: ["train.csv"],
        fingerprint: "ab".repeat(32),
        config: { name, model: { network: "densenet-mini" }, training: changes },
        createdAt: minute(0),
      }),
    history: (member: number, losses: readonly number[]) =>
      writeDocument(runs, keys.member(member).history, TrainingHistory, {
        schema: "hilum.history/1",
        ...{ member, seed: member, network: "densenet-mini", device: "cpu", tensorflow: "2.21.0" },
        parameters: { total: 10, trainable: 10 },
        stepLoss: losses.map((loss, i): [number, number] => [10 * (i + 1), loss]),
        epochs: losses.map((trainLoss, i) => ({
          ...{ epoch: i + 1, step: 10 * (i + 1), trainLoss, tuningLoss: trainLoss, tuningMeanAuroc: 1 - trainLoss },
          tuningAuroc: forEachObservation(() => 1 - trainLoss),
          ...{ imagesPerSecond: 100, seconds: 2, waitShare: 0 },
        })),
        bestEpoch: losses.length,
        stoppedEarly: false,
      }),
    done: (step: string, at: number, index?: number) =>
      writeDocument(runs, keys.stepRecord(step, index), StepRecord, {
        schema: "hilum.step/1",
        step,
        ...(index !== undefined && { index }),
        startedAt: minute(at),
        endedAt: minute(at + 1),
        summary: {},
      }),
    progress: (step: string, at: number, changes: Partial<StepProgress> = {}) =>
      writeDocument(runs, keys.stepProgress(step, changes.index), StepProgress, {
        schema: "hilum.progress/1",
        step,
        starts: 1,
        startedAt: minute(at),
        at: minute(at),
        endedAt: null,
        owner: { ...SELF, host: "elsewhere" },
        progress: null,
        log: [],
        ...changes,
      }),
    failed: (step: string, at: number, index?: number, changes: Partial<FailureRecord> = {}) =>
      writeDocument(runs, keys.failure(step, index), FailureRecord, { ...failure(step, at, index), ...changes }),
    ended: (status: RunOutcome["status"], at: number, step?: string) =>
      writeDocument(runs, keys.outcome, RunOutcome, {
        schema: "hilum.outcome/1",
        run,
        status,
        model: null,
        failure: step === undefined ? null : failure(step, at),
        at: minute(at),
      }),
  };
}

const parts = { train: 6, tuning: 2, calibration: 1, test: 1 };

/** The plan of a run of ten films. */
export const plannedRun = (runs: Store, run: string, jobs: { prepareJobs: number; trainJobs?: number }) =>
  writeDocument(runs, runKeys(run).plan, Plan, {
    ...{ schema: "hilum.plan/1", run, fingerprint: "ab".repeat(32), protocol: "leak-free", salt: "salt" },
    geometry: {},
    policy: {},
    rows: { read: 12, used: 10, leftOut: { lateral: 2 } },
    parts,
    patients: parts,
    leakage: { testFilms: 1, testFilmsInTraining: 0, testPatients: 1, testPatientsInTraining: 0 },
    labels: forEachObservation(() => ({ positive: 1, negative: 1, uncertain: 0, blank: 8 })),
    naturalPrevalence: forEachObservation(() => 0.5),
    trainJobs: 1,
    ...jobs,
  });

const failure = (step: string, at: number, index?: number): FailureRecord => ({
  schema: "hilum.failure/1",
  step,
  ...(index !== undefined && { index }),
  code: "csv",
  message: "train.csv line 12: 13 labels, expected 14",
  exitCode: 64,
  at: minute(at),
});
