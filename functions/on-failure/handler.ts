import * as z from "zod";
import { OnFailureEnvironment, parseEnvironment } from "../../lib/contracts/environment.ts";
import { type FailedStep, findFailure } from "../../lib/runs/failure.ts";
import { logLink } from "../../lib/runs/log-link.ts";
import { createReporter } from "../../lib/steps/progress.ts";
import { openRooms } from "../../lib/store/open.ts";
import type { Store } from "../../lib/store/store.ts";
import { leavePage } from "../notify/leave-page.ts";
import { startNext } from "../on-data/start-next.ts";
import { endedExecution } from "./ended-execution.ts";
import { writeEnd } from "./outcome.ts";

/** The part of EventBridge's event that is read here. */
const StatusChange = z.object({
  "detail-type": z.literal("Step Functions Execution Status Change"),
  detail: z.object({ executionArn: z.string() }),
});

const reporter = createReporter("on-failure");

/**
 * An execution has failed, run out of time or been stopped: writes that, why and the run's page, and starts what waited
 * for it. The event says no more than where to look: it may come twice, late, or after the execution was redriven.
 */
export async function handler(event: unknown): Promise<void> {
  const { executionArn } = StatusChange.parse(event).detail;
  const environment = parseEnvironment(OnFailureEnvironment);
  const ended = await endedExecution(executionArn);
  if (ended === undefined) return;
  const rooms = openRooms(environment);
  if (ended.failed) await tell(rooms.runs, ended.failed, environment);
  else await writeEnd(rooms.runs, ended.run, null);
  await leavePage("on-failure", rooms.runs, ended.run, environment.HILUM_RUN_PAGE);
  await startNext({ rooms, machine: environment.HILUM_STATE_MACHINE, run: ended.run, ended: "failed" });
}

async function tell(
  runs: Store,
  failed: FailedStep,
  { HILUM_STAGE: stage, AWS_REGION: region }: OnFailureEnvironment,
): Promise<void> {
  const failure = await findFailure(runs, failed);
  await writeEnd(runs, failed.run, failure);
  const { step, error } = failed;
  const log = logLink({ stage, region, step, error });
  reporter.note("error", `${failed.run} failed at ${step}; ${failure.message}; ${log}`);
}
