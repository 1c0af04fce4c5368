import { type Execution, isOpen, recentExecutions } from "../../../lib/cloud/executions.ts";
import { stackOutputs } from "../../../lib/cloud/stacks.ts";
import { runKeys } from "../../../lib/contracts/layout.ts";
import { RunOutcome } from "../../../lib/contracts/run.ts";
import { duration } from "../../../lib/domain/duration.ts";
import { createDisplay } from "../../../lib/local/display/display.ts";
import { PlainScreen } from "../../../lib/local/display/plain-screen.ts";
import { findFailure } from "../../../lib/runs/failure.ts";
import { logLink } from "../../../lib/runs/log-link.ts";
import { findDocument } from "../../../lib/store/documents.ts";
import { stepSummary } from "../execute.ts";
import { findRun } from "./find-run.ts";
import { outcomeOf, teller } from "./follow.ts";

export interface StatusOptions {
  readonly stage: string;
  readonly json?: boolean;
}

/** Runs that are listed. */
const LISTED = 20;

const took = ({ startedAt, endedAt }: Pick<Execution, "startedAt" | "endedAt">): number =>
  (endedAt ?? new Date()).getTime() - startedAt.getTime();

const asJson = ({ name, status, startedAt, endedAt }: Execution) => ({
  execution: name,
  status: status.toLowerCase(),
  startedAt,
  endedAt: endedAt ?? null,
});

/** The newest runs of a stage. */
export async function listRuns({ stage, json }: StatusOptions): Promise<void> {
  const { StateMachine } = await stackOutputs(stage, "training");
  const executions = await recentExecutions(StateMachine, LISTED);
  if (json) return console.log(JSON.stringify(executions.map((one) => ({ run: one.run, ...asJson(one) }))));
  for (const one of executions) {
    const at = one.startedAt.toISOString().slice(0, 16).replace("T", " ");
    console.log([one.run, at, one.status.toLowerCase(), duration(took(one))].join("  "));
  }
}

/** How far a run has come: a line a state, as while it is followed. */
export async function showRun(run: string, { stage, json }: StatusOptions): Promise<void> {
  const { runs, execution, states } = await findRun(stage, run);
  const outcome = await findDocument(runs, runKeys(run).outcome, RunOutcome);
  if (json) {
    const told = states.map((one) => ({
      step: one.step,
      members: one.members,
      startedAt: one.startedAt,
      endedAt: one.endedAt ?? null,
      outcome: one.endedAt === undefined ? null : outcomeOf(one),
    }));
    return console.log(JSON.stringify({ run, ...asJson(execution), states: told, outcome: outcome ?? null }));
  }
  const screen = new PlainScreen(process.stdout);
  await teller(createDisplay({ screen, summaryOf: (step) => stepSummary(runs, run, step) }))(states);
  const current = states.at(-1);
  if (current?.endedAt === undefined && current !== undefined) {
    screen.line(current.step, "plain", `running  ${duration(took(current))}`);
  }
  screen.line("run", "plain", [execution.status.toLowerCase(), duration(took(execution))].join("  "));
  if (current?.error === undefined || outcomeOf(current) !== "failed" || isOpen(execution)) return;
  const { step, error, startedAt: since } = current;
  screen.line("why", "plain", (await findFailure(runs, { run, step, error, since })).message);
  screen.line("log", "plain", logLink({ stage, region: execution.arn.split(":")[3]!, step, error }));
  screen.line("go on", "plain", `aws stepfunctions redrive-execution --execution-arn ${execution.arn}`);
}
