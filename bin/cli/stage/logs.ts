import { findJob, memberStreams } from "../../../lib/cloud/jobs.ts";
import { type LogLine, logLines } from "../../../lib/cloud/log-lines.ts";
import { logGroupName } from "../../../lib/contracts/deployment.ts";
import type { ProgressEvent } from "../../../lib/contracts/progress.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import { parseEvent } from "../../../lib/local/display/display.ts";
import { progressText } from "../../../lib/local/display/format.ts";
import type { StateRun } from "../../../lib/workflow/state-runs.ts";
import { findRun } from "./find-run.ts";
import { outcomeOf } from "./follow.ts";

/** Lines reach CloudWatch some seconds after they were written. */
const LATE_MS = 10_000;

/** The step that is worth a look: the one that failed, otherwise the last. */
const worthALook = (states: readonly StateRun[]): StateRun | undefined =>
  states.findLast((state) => outcomeOf(state) === "failed") ?? states.at(-1);

/** Logs of a step's job; none where it is a function, or Batch has forgotten the job, whose time says which lines. */
async function streamsOf({ jobId, members }: StateRun): Promise<readonly string[]> {
  if (jobId === undefined) return [];
  return members > 1 ? memberStreams(jobId) : ((await findJob(jobId))?.streams ?? []);
}

const textOf = (event: ProgressEvent): string => (event.event === "note" ? event.message : progressText(event));

function tell({ at, text }: LogLine): string {
  const event = parseEvent(text);
  return `${at.toISOString().slice(11, 19)}  ${event === undefined ? text : textOf(event)}`;
}

/** What a step of a run has written. @throws InputError `no-such-run`, `no-such-step` */
export async function showLogs(
  run: string,
  step: string | undefined,
  { stage, json }: { readonly stage: string; readonly json?: boolean },
): Promise<void> {
  const { states } = await findRun(stage, run);
  const state = step === undefined ? worthALook(states) : states.findLast((one) => one.step === step);
  if (state === undefined) {
    const reached = [...new Set(states.map((one) => one.step))].join(", ") || "none yet";
    throw new InputError("no-such-step", `${run}: has not come to ${step ?? "any step"}, expected one of ${reached}`);
  }
  const lines = await logLines({
    group: logGroupName(stage, state.step),
    streams: await streamsOf(state),
    from: state.startedAt,
    to: state.endedAt && new Date(state.endedAt.getTime() + LATE_MS),
  });
  if (!json) console.error(`${state.step} of ${run}, times in UTC`);
  for (const line of lines) {
    console.log(json ? JSON.stringify({ at: line.at, stream: line.stream, text: line.text }) : tell(line));
  }
}
