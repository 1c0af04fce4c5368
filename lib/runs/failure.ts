import type { TaskError } from "../contracts/execution.ts";
import { runKeys } from "../contracts/layout.ts";
import { StepProgress } from "../contracts/progress.ts";
import { FailureRecord } from "../contracts/run.ts";
import { readDocument } from "../store/documents.ts";
import type { Store } from "../store/store.ts";
import { readCause } from "./cause.ts";

/** The step that an execution failed at, as its state machine tells of it. */
export interface FailedStep {
  readonly run: string;
  readonly step: string;
  readonly error: TaskError | undefined;
  /** When it began; what was written before is of an execution that is past. */
  readonly since: Date;
}

/**
 * Why a run failed: what the failing step's last attempt wrote of it, the earliest where several members of an array did;
 * and where it could not write (out of memory, no capacity, timed out), what the state machine knows.
 */
export async function findFailure(runs: Store, { run, step, error, since }: FailedStep): Promise<FailureRecord> {
  const begun = new Map((await stepsBegun(runs, run, step)).map(({ index, startedAt }) => [index, startedAt]));
  const records: FailureRecord[] = [];
  for await (const { key } of runs.list(runKeys(run).failures)) {
    const record = await readDocument(runs, key, FailureRecord);
    const from = Math.max(since.getTime(), Date.parse(begun.get(record.index) ?? record.at));
    if (record.step === step && Date.parse(record.at) >= from) records.push(record);
  }
  const [first] = records.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  if (first !== undefined) return first;
  const { code, message, exitCode } = readCause(error, step);
  return { schema: "hilum.failure/1", step, code, message, exitCode, at: new Date().toISOString() };
}

/** Attempts that have begun, the last of each member; which are best effort, as progress is. */
async function stepsBegun(runs: Store, run: string, step: string): Promise<StepProgress[]> {
  const found: StepProgress[] = [];
  for await (const { key } of runs.list(runKeys(run).progress)) {
    const progress = await readDocument(runs, key, StepProgress).catch(() => undefined);
    if (progress?.step === step) found.push(progress);
  }
  return found;
}
