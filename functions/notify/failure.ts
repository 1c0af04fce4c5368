import * as z from "zod";
import { CaughtError } from "../../lib/contracts/execution.ts";
import { runKeys } from "../../lib/contracts/layout.ts";
import { FailureRecord } from "../../lib/contracts/run.ts";
import { EXIT } from "../../lib/domain/errors.ts";
import { readDocument } from "../../lib/store/documents.ts";
import type { Store } from "../../lib/store/store.ts";
import { readCause } from "./caught-cause.ts";

/** The errors that the state machine caught, by step. */
export const FailedSteps = z.record(z.string(), CaughtError);
export type FailedSteps = z.infer<typeof FailedSteps>;

/**
 * Why a run failed: what the failing step wrote of it, the earliest where several members of an array did; and where
 * it could not write (out of memory, no capacity, timed out), what the state machine caught.
 */
export async function findFailure(runs: Store, run: string, failed: FailedSteps, at: string): Promise<FailureRecord> {
  const [step = "unknown", caught] = Object.entries(failed).at(-1) ?? [];
  const records: FailureRecord[] = [];
  for await (const { key } of runs.list(runKeys(run).failures))
    records.push(await readDocument(runs, key, FailureRecord));
  const written = records.filter((record) => record.step === step).sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return (
    written[0] ?? {
      schema: "hilum.failure/1",
      step,
      code: caught?.Error ?? "unknown",
      message: readCause(caught, step).message,
      exitCode: EXIT.bug,
      at,
    }
  );
}
