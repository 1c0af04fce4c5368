import * as z from "zod";
import { CaughtError } from "../../lib/contracts/execution.ts";
import { runKeys } from "../../lib/contracts/layout.ts";
import { FailureRecord } from "../../lib/contracts/run.ts";
import { EXIT } from "../../lib/domain/errors.ts";
import { readDocument } from "../../lib/store/documents.ts";
import type { Store } from "../../lib/store/store.ts";

/** The errors that the state machine caught, by step. */
export const FailedSteps = z.record(z.string(), CaughtError);
export type FailedSteps = z.infer<typeof FailedSteps>;

/** Causes are JSON from Lambda (`errorMessage`) and Batch (`StatusReason`), and plain text from the service itself. */
const StructuredCause = z.object({ errorMessage: z.string().optional(), StatusReason: z.string().optional() });

function readableCause(cause: string): string {
  try {
    const { errorMessage, StatusReason } = StructuredCause.parse(JSON.parse(cause));
    return errorMessage ?? StatusReason ?? cause;
  } catch {
    return cause;
  }
}

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
      message: readableCause(caught?.Cause ?? `${step} failed without a word`),
      exitCode: EXIT.bug,
      at,
    }
  );
}
