import { openExecutions } from "../../../functions/on-data/executions.ts";
import { ask } from "../../../lib/cloud/ask.ts";
import { executionArn } from "../../../lib/cloud/executions.ts";
import { stageRooms } from "../../../lib/cloud/rooms.ts";
import { stackOutputs } from "../../../lib/cloud/stacks.ts";
import { executionName } from "../../../lib/contracts/arrivals.ts";
import { runKeys } from "../../../lib/contracts/layout.ts";
import { endedWell, RunOutcome, type RunRequest } from "../../../lib/contracts/run.ts";
import type { RunConfig } from "../../../lib/contracts/run-config.ts";
import { prepareRequest, writeRequest } from "../../../lib/data/request.ts";
import { InputError, TemporaryError } from "../../../lib/domain/errors.ts";
import { createScreen } from "../../../lib/local/display/create-screen.ts";
import { createDisplay } from "../../../lib/local/display/display.ts";
import { findFailure } from "../../../lib/runs/failure.ts";
import { findDocument } from "../../../lib/store/documents.ts";
import { openRooms } from "../../../lib/store/open.ts";
import { stepSummary } from "../execute.ts";
import { errorOfFailure } from "../run-failure.ts";
import { type RunReport, readRunReport } from "../run-report.ts";
import { followExecution } from "./follow.ts";

export interface StageRunOptions {
  readonly stage: string;
  readonly data: string;
  readonly config: RunConfig;
  readonly signal: AbortSignal;
  readonly intervalMs?: number;
}

/** The steps' roles read this bucket and no other. */
function checkPlace(data: string, bucket: string): void {
  const place = `s3://${bucket}/`;
  if (data.startsWith(place) && data.length > place.length) return;
  const copy = data.startsWith("file:") ? `; aws s3 cp --recursive FOLDER ${place}NAME brings it there` : "";
  throw new InputError("data", `${data}: out of reach of the stage's roles, expected ${place}NAME${copy}`);
}

/**
 * Starts an execution over a run, or finds the one that is under way; named as those are that newly arrived films
 * start, so that both find each other's.
 * @returns its ARN
 */
async function startExecution(stateMachineArn: string, { run, fingerprint }: RunRequest): Promise<string> {
  const executions = openExecutions(stateMachineArn);
  for (let attempt = 1; ; attempt += 1) {
    const name = executionName({ fingerprint, attempt });
    const state = await executions.state(name);
    // What failed is over, also by the same name; steps that finished do nothing in the next attempt.
    if (state !== "failed" && (await executions.start(name, run))) return executionArn(stateMachineArn, name);
  }
}

/** A run on a deployed stage, followed to its end; who stops following leaves it running. */
export async function startStageRun({ stage, data, config, ...options }: StageRunOptions): Promise<RunReport> {
  const { IncomingBucket } = await stackOutputs(stage, "data");
  const { StateMachine } = await stackOutputs(stage, "training");
  checkPlace(data, IncomingBucket);
  const request = await prepareRequest(data, config);
  const environment = await stageRooms(stage);
  const rooms = openRooms(environment);
  await writeRequest(rooms, request);
  const { run } = request;
  const outcome = await findDocument(rooms.runs, runKeys(run).outcome, RunOutcome);
  const ended = outcome !== undefined && endedWell(outcome.status);
  console.error(`Run ${run} on stage ${stage}${ended ? " has ended before; this is what it gave" : ""}`);
  if (!ended) {
    const arn = await ask("state machine", () => startExecution(StateMachine, request));
    await follow(arn, { stage, run, ...options }, rooms);
  }
  return readRunReport({ stage, environment }, run);
}

async function follow(
  arn: string,
  { stage, run, ...options }: Pick<StageRunOptions, "stage" | "signal" | "intervalMs"> & { readonly run: string },
  { runs }: ReturnType<typeof openRooms>,
): Promise<void> {
  const screen = createScreen(process.stderr, process.env);
  try {
    const observer = createDisplay({ screen, summaryOf: (step) => stepSummary(runs, run, step) });
    const { execution, runs: states } = await followExecution(arn, { stage, observer, ...options });
    if (execution.status === "SUCCEEDED") return;
    if (execution.status === "ABORTED") throw new TemporaryError("stopped", `${run}: somebody stopped its execution`);
    const last = states.at(-1);
    if (last?.error === undefined) throw new Error(`${run}: execution ${execution.name} ${execution.status}`);
    throw errorOfFailure(await findFailure(runs, { run, step: last.step, error: last.error, since: last.startedAt }));
  } finally {
    screen.close();
  }
}
