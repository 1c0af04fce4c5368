import {
  DescribeExecutionCommand,
  ExecutionStatus,
  type HistoryEvent,
  paginateGetExecutionHistory,
  SFNClient,
} from "@aws-sdk/client-sfn";
import { ExecutionInput } from "../../lib/contracts/execution.ts";
import type { FailedStep } from "../../lib/runs/failure.ts";
import { DEFINITION } from "../../lib/workflow/definition.ts";
import { stateRuns } from "../../lib/workflow/state-runs.ts";

/** An execution that is over and has not gone well. */
export interface EndedExecution {
  readonly run: string;
  /** Where and with what it failed; undefined where somebody stopped it. */
  readonly failed: FailedStep | undefined;
}

const FAILED: readonly ExecutionStatus[] = [ExecutionStatus.FAILED, ExecutionStatus.TIMED_OUT];

/**
 * An execution as it stands now; undefined where it went well, goes on again, or is about no run.
 * @param executionArn of an execution that was said to have ended
 */
export async function endedExecution(
  executionArn: string,
  client = new SFNClient(),
): Promise<EndedExecution | undefined> {
  const found = await client.send(new DescribeExecutionCommand({ executionArn }));
  const input = ExecutionInput.safeParse(JSON.parse(found.input ?? "{}"));
  if (!input.success) return undefined;
  const { run } = input.data;
  if (found.status === ExecutionStatus.ABORTED) return { run, failed: undefined };
  if (!FAILED.includes(found.status!)) return undefined;
  const events: HistoryEvent[] = [];
  const which = { executionArn, includeExecutionData: true };
  for await (const page of paginateGetExecutionHistory({ client, pageSize: 1000 }, which)) {
    events.push(...(page.events ?? []));
  }
  const last = stateRuns(events).at(-1);
  const told = { Error: found.error ?? found.status!, ...(found.cause !== undefined && { Cause: found.cause }) };
  const step = last?.step ?? DEFINITION.StartAt;
  return { run, failed: { run, step, error: told, since: last?.startedAt ?? found.startDate! } };
}
