import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ExecutionStatus,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { ExecutionInput } from "../../lib/contracts/execution.ts";

/** How an execution stands; `missing`: claimed, and not started yet. */
export type ExecutionState = "missing" | "open" | "succeeded" | "failed";

/** The state machine's executions, by name. */
export interface Executions {
  /**
   * Starts an execution over a run, or finds it started by somebody else.
   * @returns false where the name was taken by another run, so that this one needs another name
   */
  start(name: string, run: string): Promise<boolean>;
  state(name: string): Promise<ExecutionState>;
}

const STATES: Readonly<Record<ExecutionStatus, ExecutionState>> = {
  [ExecutionStatus.RUNNING]: "open",
  [ExecutionStatus.PENDING_REDRIVE]: "open",
  [ExecutionStatus.SUCCEEDED]: "succeeded",
  [ExecutionStatus.FAILED]: "failed",
  [ExecutionStatus.TIMED_OUT]: "failed",
  [ExecutionStatus.ABORTED]: "failed",
};

/** Step Functions' own: a name means one input for as long as it is taken, open or closed. */
export function openExecutions(stateMachineArn: string, client = new SFNClient()): Executions {
  const describe = (name: string) => {
    const executionArn = `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
    return client.send(new DescribeExecutionCommand({ executionArn }));
  };
  return {
    async start(name, run) {
      const input = JSON.stringify({ run } satisfies ExecutionInput);
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn, name, input }));
        return true;
      } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
        const taken = ExecutionInput.safeParse(JSON.parse((await describe(name)).input ?? "{}"));
        return taken.success && taken.data.run === run;
      }
    },
    async state(name) {
      try {
        return STATES[(await describe(name)).status!];
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return "missing";
        throw error;
      }
    },
  };
}
