import { GateDecision } from "../../lib/contracts/decision.ts";
import { NotifyEnvironment, parseEnvironment } from "../../lib/contracts/environment.ts";
import { ExecutionInput } from "../../lib/contracts/execution.ts";
import { RunOutcome } from "../../lib/contracts/run.ts";
import { reportError } from "../../lib/domain/errors.ts";
import { stepFunction } from "../../lib/steps/function.ts";
import { createReporter } from "../../lib/steps/progress.ts";
import { readDocument, writeDocument } from "../../lib/store/documents.ts";
import { openRooms } from "../../lib/store/open.ts";
import { leavePage } from "./leave-page.ts";

/**
 * Writes how the run ended and, as its last step, its page, and starts what waited for it; functions/on-failure does for
 * one that failed.
 */
export async function handler(event: unknown): Promise<Record<string, never>> {
  const answer = await writeOutcome(event);
  const environment = parseEnvironment(NotifyEnvironment);
  const { HILUM_STATE_MACHINE: machine, HILUM_RUN_PAGE: template } = environment;
  const { run } = ExecutionInput.parse(event);
  const rooms = openRooms(environment);
  await leavePage("notify", rooms.runs, run, template);
  // Where runs start by themselves, on a deployed stage; a laptop has no use for the SDK.
  if (machine === undefined) return answer;
  const { startNext } = await import("../on-data/start-next.ts");
  await startNext({ rooms, machine, run, ended: "succeeded" }).catch((error: unknown) => {
    // The run has ended as it has all the same.
    const next = "the next sweep starts what waits for this run";
    createReporter("notify").note("error", `${reportError(error).message}; ${next}`);
  });
  return answer;
}

const writeOutcome = stepFunction({
  step: "notify",
  work: async ({ run, keys, rooms }) => {
    const { decision, candidate } = await readDocument(rooms.runs, keys.decision, GateDecision);
    const status = decision === "promote" ? "promoted" : "not-promoted";
    const at = new Date().toISOString();
    const outcome = { schema: "hilum.outcome/1" as const, run, status, model: candidate, failure: null, at } as const;
    await writeDocument(rooms.runs, keys.outcome, RunOutcome, outcome);
    return { status, model: candidate };
  },
});
