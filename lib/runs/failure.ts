import type { TaskError } from "../contracts/execution.ts";
import { runKeys } from "../contracts/layout.ts";
import { FailureRecord } from "../contracts/run.ts";
import { readDocument } from "../store/documents.ts";
import type { Store } from "../store/store.ts";
import { readCause } from "./cause.ts";

/** The step that an execution failed at, as its state machine tells of it. */
export interface FailedStep {
  readonly run: string;
  readonly step: string;
  readonly error: TaskError | undefined;
  /** When it began; what was written before is of an execution or an attempt that is past. */
  readonly since: Date;
}

/**
 * Why a run failed: what the failing step wrote of it, the earliest where several members of an array did; and where
 * it could not write (out of memory, no capacity, timed out), what the state machine knows.
 */
export async function findFailure(runs: Store, { run, step, error, since }: FailedStep): Promise<FailureRecord> {
  const records: FailureRecord[] = [];
  for await (const { key } of runs.list(runKeys(run).failures)) {
    const record = await readDocument(runs, key, FailureRecord);
    if (record.step === step && Date.parse(record.at) >= since.getTime()) records.push(record);
  }
  const [first] = records.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  if (first !== undefined) return first;
  const { code, message, exitCode } = readCause(error, step);
  return { schema: "hilum.failure/1", step, code, message, exitCode, at: new Date().toISOString() };
}
