import { GateDecision } from "../../lib/contracts/decision.ts";
import { NotifyEnvironment, parseEnvironment } from "../../lib/contracts/environment.ts";
import { RunEvaluation } from "../../lib/contracts/evaluation.ts";
import { ExecutionInput, type NotifyAnswer } from "../../lib/contracts/execution.ts";
import { runKeys } from "../../lib/contracts/layout.ts";
import { RunOutcome, RunRequest } from "../../lib/contracts/run.ts";
import { reportError } from "../../lib/domain/errors.ts";
import { stepFunction } from "../../lib/steps/function.ts";
import { createReporter } from "../../lib/steps/progress.ts";
import { findDocument, readDocument, writeDocument } from "../../lib/store/documents.ts";
import { openRooms, type Rooms } from "../../lib/store/open.ts";
import { readCause } from "./caught-cause.ts";
import { FailedSteps, findFailure } from "./failure.ts";
import { logLink } from "./log-link.ts";

const FailureEvent = ExecutionInput.extend({ failed: FailedSteps });

/**
 * Writes how the run ended: on the way of success once, on the failure path each time it fails. As the last step of
 * either it starts what waited for this run.
 */
export async function handler(event: unknown): Promise<NotifyAnswer | Record<string, never>> {
  const failure = FailureEvent.safeParse(event);
  if (failure.success) {
    const answer = await failed(failure.data);
    await startNext(failure.data.run, "failed");
    return answer;
  }
  const answer = await succeeded(event);
  await startNext(ExecutionInput.parse(event).run, "succeeded");
  return answer;
}

/** Where runs start by themselves, on a deployed stage. The run has ended as it has, also where this does not succeed. */
async function startNext(run: string, ended: "succeeded" | "failed"): Promise<void> {
  const environment = parseEnvironment(NotifyEnvironment);
  const { HILUM_STATE_MACHINE: machine } = environment;
  if (machine === undefined) return;
  await finishRun(run, ended, machine, openRooms(environment)).catch((error: unknown) => {
    const next = "the next sweep starts what waits for this run";
    createReporter("notify").note("error", `${reportError(error).message}; ${next}`);
  });
}

async function finishRun(run: string, ended: "succeeded" | "failed", machine: string, rooms: Rooms): Promise<void> {
  const { data } = await readDocument(rooms.runs, runKeys(run).request, RunRequest);
  // The SDK is not for a laptop, which starts no runs by itself.
  const [{ finish }, { openExecutions }] = await Promise.all([
    import("../on-data/arrive.ts"),
    import("../on-data/executions.ts"),
  ]);
  await finish({ rooms, executions: openExecutions(machine) }, { data, run }, ended);
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
  const environment = parseEnvironment(NotifyEnvironment);
  const { runs } = openRooms(environment);
  const keys = runKeys(run);
  const at = new Date().toISOString();
  const failure = await findFailure(runs, run, failed, at);
  const model = (await findDocument(runs, keys.evaluation, RunEvaluation))?.model ?? null;
  const outcome = { schema: "hilum.outcome/1" as const, run, status: "failed" as const, model, failure, at };
  await writeDocument(runs, keys.outcome, RunOutcome, outcome);
  const cause = `${failure.step} failed: ${failure.message}`;
  createReporter("notify").note("error", cause);
  return { cause: [cause, ...whereItsLogIs(failed, failure.step, environment)].join("\n") };
}

/** The address of the failed step's log, on a deployed stage. */
function whereItsLogIs(
  failed: FailedSteps,
  step: string,
  { HILUM_STAGE: stage }: NotifyEnvironment,
  region = process.env.AWS_REGION,
): string[] {
  if (stage === undefined || region === undefined || step === "unknown") return [];
  return [logLink({ stage, region, step, stream: readCause(failed[step], step).stream })];
}
