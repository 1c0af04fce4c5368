import { runKeys } from "../../lib/contracts/layout.ts";
import { FailureRecord } from "../../lib/contracts/run.ts";
import { EXIT, InputError, TemporaryError } from "../../lib/domain/errors.ts";
import type { JobDetails } from "../../lib/local/job-details.ts";
import type { MachineResult } from "../../lib/local/machine.ts";
import { readDocument } from "../../lib/store/documents.ts";
import type { Store } from "../../lib/store/store.ts";

type Told = Pick<FailureRecord, "exitCode" | "code" | "message">;
type Failed = Extract<MachineResult, { status: "failed" }>;

/** The error that ended a run, of the kind that the failed step says; where it could not say, what is known of its end. */
export async function runFailure(runs: Store, run: string, { step, error }: Failed, start: Date): Promise<Error> {
  const told = await firstFailure(runs, run, step, start);
  return errorOfFailure(told ?? { step, ...unexplained(step, error) });
}

/** Of the kind that the failed step said. */
export function errorOfFailure({ step, exitCode, code, message }: Told & { readonly step: string }): Error {
  if (exitCode === EXIT.input) return new InputError(code, message);
  if (exitCode === EXIT.temporary) return new TemporaryError(code, message);
  return new Error(`${step}: ${message}`);
}

/** The earliest record of this step's members that this execution wrote. */
async function firstFailure(runs: Store, run: string, step: string, start: Date): Promise<FailureRecord | undefined> {
  const records: FailureRecord[] = [];
  for await (const { key } of runs.list(runKeys(run).failures)) {
    const record = await readDocument(runs, key, FailureRecord);
    if (record.step === step && Date.parse(record.at) >= start.getTime()) records.push(record);
  }
  return records.sort((a, b) => Date.parse(a.at) - Date.parse(b.at))[0];
}

/** What a step's end tells by itself: the time-out, the signal or the exit code. */
function unexplained(step: string, error: Failed["error"]): Told {
  if (error.Error === "States.Timeout") {
    return { exitCode: EXIT.temporary, code: "timeout", message: `${step} ran out of time; start again to go on` };
  }
  const details = parseDetails(error.Cause);
  const exitCode = details?.Container?.ExitCode;
  if (details?.Attempts.at(-1)?.StatusReason.includes("timeout")) {
    return { exitCode: EXIT.temporary, code: "timeout", message: `${step} ran out of time; start again to go on` };
  }
  if (exitCode !== undefined && exitCode > 128) {
    const message = `${step} was ended from outside (exit code ${exitCode}), perhaps for want of memory; start again to go on`;
    return { exitCode: EXIT.temporary, code: "killed", message };
  }
  const message = exitCode === undefined ? `${error.Error}: ${error.Cause ?? ""}` : `ended with exit code ${exitCode}`;
  return { exitCode: EXIT.bug, code: "internal", message };
}

function parseDetails(cause = ""): JobDetails | undefined {
  try {
    const details = JSON.parse(cause) as Partial<JobDetails>;
    return details.Attempts ? (details as JobDetails) : undefined;
  } catch {
    return undefined;
  }
}
