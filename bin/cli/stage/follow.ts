import { setTimeout as sleep } from "node:timers/promises";
import { describeExecution, type Execution, executionHistory, isOpen } from "../../../lib/cloud/executions.ts";
import { findJob, type Job } from "../../../lib/cloud/jobs.ts";
import { logLines } from "../../../lib/cloud/log-lines.ts";
import { logGroupName } from "../../../lib/contracts/deployment.ts";
import type { ProgressEvent } from "../../../lib/contracts/progress.ts";
import type { Observer, TaskEnd } from "../../../lib/local/observer.ts";
import { type StateRun, stateRuns } from "../../../lib/workflow/state-runs.ts";

/** Between looks at an execution; each look is a handful of calls, which the services allow many times as often. */
const INTERVAL_MS = 5000;

export const outcomeOf = ({ error }: StateRun): TaskEnd["outcome"] => {
  if (error === undefined) return "done";
  return error.Error === "States.Aborted" ? "stopped" : "failed";
};

/** Says of each Task what has not been said before. */
export function teller(observer: Observer): (runs: readonly StateRun[]) => Promise<void> {
  let told = 0;
  let begun = false;
  return async (runs) => {
    for (; told < runs.length; told += 1) {
      const run = runs[told]!;
      if (!begun) observer.started(run);
      begun = run.endedAt === undefined;
      if (begun) return;
      const milliseconds = run.endedAt!.getTime() - run.startedAt.getTime();
      await observer.ended(run, { outcome: outcomeOf(run), milliseconds });
    }
  };
}

/** Why nothing is heard of a job, for those who wait. */
const WAITING: Readonly<Record<string, string>> = {
  RUNNABLE: "waits for a machine",
  STARTING: "its machine fetches the image",
};

const asLine = (event: ProgressEvent): string => JSON.stringify(event);

/** Draws a job that is under way: the lines it has written since, or how many of an array's members are done. */
function jobWatcher(stage: string, observer: Observer): (run: StateRun) => Promise<void> {
  const seen = new Set<string>();
  let said = "";
  const tell = (run: StateRun, job: Job) => {
    const waiting = `${run.jobId} ${WAITING[job.status] ?? ""}`;
    if (WAITING[job.status] !== undefined && said !== waiting) {
      observer.line(run, asLine({ event: "note", step: run.step, level: "info", message: WAITING[job.status]! }));
    }
    said = waiting;
    if (run.members === 1) return;
    const counts = { done: job.succeeded, total: run.members, unit: "jobs" };
    observer.line(
      run,
      asLine({ event: "progress", step: run.step, ...counts, rate: null, secondsLeft: null, figures: {} }),
    );
  };
  return async (run) => {
    const job = run.jobId === undefined ? undefined : await findJob(run.jobId);
    if (job === undefined) return;
    tell(run, job);
    if (run.members > 1 || job.streams.length === 0) return;
    const window = { group: logGroupName(stage, run.step), streams: job.streams, from: run.startedAt };
    for (const { id, text } of await logLines(window)) {
      if (!seen.has(id)) observer.line(run, text);
      seen.add(id);
    }
  };
}

export interface FollowOptions {
  readonly stage: string;
  readonly observer: Observer;
  readonly signal: AbortSignal;
  readonly intervalMs?: number;
}

/** Draws an execution from its beginning to its end, as the local machine draws a run. @throws the signal's reason */
export async function followExecution(
  arn: string,
  { stage, observer, signal, intervalMs = INTERVAL_MS }: FollowOptions,
): Promise<{ readonly execution: Execution; readonly runs: readonly StateRun[] }> {
  const tell = teller(observer);
  const watch = jobWatcher(stage, observer);
  for (;;) {
    // The state first: the history that is read after an end is whole.
    const execution = await describeExecution(arn);
    const runs = stateRuns(await executionHistory(arn));
    await tell(runs);
    if (!isOpen(execution)) return { execution, runs };
    const current = runs.at(-1);
    if (current?.isJob && current.endedAt === undefined) await watch(current);
    await sleep(intervalMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
