import { RunEvaluation } from "../../lib/contracts/evaluation.ts";
import { runKeys } from "../../lib/contracts/layout.ts";
import { endedWell, type FailureRecord, RunOutcome } from "../../lib/contracts/run.ts";
import { findDocument, writeDocument } from "../../lib/store/documents.ts";
import type { Store } from "../../lib/store/store.ts";

/**
 * Writes that a run failed, and why, or without a failure that somebody stopped it; a run that has ended well has,
 * whatever is heard of it later.
 */
export async function writeEnd(runs: Store, run: string, failure: FailureRecord | null): Promise<void> {
  const keys = runKeys(run);
  const before = await findDocument(runs, keys.outcome, RunOutcome);
  if (before !== undefined && endedWell(before.status)) return;
  const model = (await findDocument(runs, keys.evaluation, RunEvaluation))?.model ?? null;
  const at = new Date().toISOString();
  await writeDocument(runs, keys.outcome, RunOutcome, {
    ...{ schema: "hilum.outcome/1", run, status: failure ? "failed" : "stopped", model, failure, at },
  });
}
