import { writeEnd } from "../../functions/on-failure/outcome.ts";
import type { FailureRecord } from "../../lib/contracts/run.ts";
import { EXIT, InputError, TemporaryError } from "../../lib/domain/errors.ts";
import { type FailedStep, findFailure } from "../../lib/runs/failure.ts";
import type { Store } from "../../lib/store/store.ts";

/** The error that ended a run on this machine, as its outcome tells it from then on. */
export async function runFailure(runs: Store, failed: FailedStep): Promise<Error> {
  const failure = await findFailure(runs, failed);
  // The step's own error counts, also where the store is what failed.
  await writeEnd(runs, failed.run, failure).catch(() => {});
  return errorOfFailure(failure);
}

/** Of the kind that the failed step said. */
export function errorOfFailure({ step, exitCode, code, message }: FailureRecord): Error {
  if (exitCode === EXIT.input) return new InputError(code, message);
  if (exitCode === EXIT.temporary) return new TemporaryError(code, message);
  return new Error(message.startsWith(`${step}: `) ? message : `${step}: ${message}`);
}
