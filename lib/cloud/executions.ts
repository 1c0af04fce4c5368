import {
  DescribeExecutionCommand,
  type ExecutionListItem,
  ExecutionStatus,
  type HistoryEvent,
  paginateGetExecutionHistory,
  paginateListExecutions,
  SFNClient,
} from "@aws-sdk/client-sfn";
import { executionName } from "../contracts/arrivals.ts";
import { ExecutionInput } from "../contracts/execution.ts";
import { ask } from "./ask.ts";

/** An execution of a stage's state machine. Statuses in Step Functions' own words. */
export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly run: string;
  readonly status: ExecutionStatus;
  readonly startedAt: Date;
  readonly endedAt: Date | undefined;
}

const OPEN: readonly ExecutionStatus[] = [ExecutionStatus.RUNNING, ExecutionStatus.PENDING_REDRIVE];

export const isOpen = ({ status }: Pick<Execution, "status">): boolean => OPEN.includes(status);

export const executionArn = (stateMachineArn: string, name: string): string =>
  `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;

export async function describeExecution(arn: string): Promise<Execution> {
  const found = await ask(`execution ${arn}`, () =>
    new SFNClient().send(new DescribeExecutionCommand({ executionArn: arn })),
  );
  const input = ExecutionInput.safeParse(JSON.parse(found.input ?? "{}"));
  return {
    arn,
    name: found.name!,
    run: input.data?.run ?? "unknown",
    status: found.status!,
    startedAt: found.redriveDate ?? found.startDate!,
    endedAt: found.stopDate,
  };
}

/** Newest first. */
async function* list(stateMachineArn: string): AsyncGenerator<ExecutionListItem> {
  for await (const page of paginateListExecutions({ client: new SFNClient() }, { stateMachineArn })) {
    yield* page.executions ?? [];
  }
}

/** The newest executions of a state machine, newest first. */
export function recentExecutions(stateMachineArn: string, most: number): Promise<Execution[]> {
  return ask("executions", async () => {
    const found: Execution[] = [];
    for await (const { executionArn: arn } of list(stateMachineArn)) {
      if (found.length === most) break;
      found.push(await describeExecution(arn!));
    }
    return found;
  });
}

/** The newest execution of a run; undefined where there is none that the service still knows (90 days). */
export function findExecution(
  stateMachineArn: string,
  { run, fingerprint }: { readonly run: string; readonly fingerprint: string },
): Promise<Execution | undefined> {
  const [start] = executionName({ fingerprint, attempt: 1 }).split(/(?<=-)/);
  return ask("executions", async () => {
    for await (const { executionArn: arn, name } of list(stateMachineArn)) {
      if (!name!.startsWith(start!)) continue;
      const execution = await describeExecution(arn!);
      if (execution.run === run) return execution;
    }
    return undefined;
  });
}

/** Everything that happened in an execution so far, in order. */
export function executionHistory(arn: string): Promise<HistoryEvent[]> {
  return ask(`execution ${arn}`, async () => {
    const events: HistoryEvent[] = [];
    const which = { executionArn: arn, includeExecutionData: true };
    for await (const page of paginateGetExecutionHistory({ client: new SFNClient(), pageSize: 1000 }, which)) {
      events.push(...(page.events ?? []));
    }
    return events;
  });
}
