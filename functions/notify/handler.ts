import { GateDecision } from "../../lib/contracts/decision.ts";
import { FunctionEnvironment, parseEnvironment } from "../../lib/contracts/environment.ts";
import { RunEvaluation } from "../../lib/contracts/evaluation.ts";
import { ExecutionInput, type NotifyAnswer } from "../../lib/contracts/execution.ts";
import { runKeys } from "../../lib/contracts/layout.ts";
import { RunOutcome } from "../../lib/contracts/run.ts";
import { stepFunction } from "../../lib/steps/function.ts";
import { createReporter } from "../../lib/steps/progress.ts";
import { findDocument, readDocument, writeDocument } from "../../lib/store/documents.ts";
import { openRooms } from "../../lib/store/open.ts";
import { FailedSteps, findFailure } from "./failure.ts";

const FailureEvent = ExecutionInput.extend({ failed: FailedSteps });

/** Writes how the run ended: on the way of success once, on the failure path each time it fails. */
export async function handler(event: unknown): Promise<NotifyAnswer | Record<string, never>> {
  const failure = FailureEvent.safeParse(event);
  return failure.success ? failed(failure.data) : succeeded(event);
}

const succeeded = stepFunction({
  step: "notify",
  work: async ({ run, keys, rooms }) => {
    const { decision, candidate } = await readDocument(rooms.runs, keys.decision, GateDecision);
    const status = decision === "promote" ? "promoted" : "kept";
    const at = new Date().toISOString();
    const outcome = { schema: "hilum.outcome/1" as const, run, status, model: candidate, failure: null, at } as const;
    await writeDocument(rooms.runs, keys.outcome, RunOutcome, outcome);
    return { status, model: candidate };
  },
});

/** Leaves no StepRecord: the run that is taken up again has its own end to tell of. */
async function failed({ run, failed }: { run: string; failed: FailedSteps }): Promise<NotifyAnswer> {
  const { runs } = openRooms(parseEnvironment(FunctionEnvironment));
  const keys = runKeys(run);
  const at = new Date().toISOString();
  const failure = await findFailure(runs, run, failed, at);
  const model = (await findDocument(runs, keys.evaluation, RunEvaluation))?.model ?? null;
  const outcome = { schema: "hilum.outcome/1" as const, run, status: "failed" as const, model, failure, at };
  await writeDocument(runs, keys.outcome, RunOutcome, outcome);
  const cause = `${failure.step} failed: ${failure.message}`;
  createReporter("notify").note("error", cause);
  return { cause };
}
