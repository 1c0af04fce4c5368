import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

type Status = "RUNNING" | "SUCCEEDED" | "FAILED" | "ABORTED";

export interface Execution {
  readonly name: string;
  readonly input: string;
  status: Status;
  failed?: Failed | undefined;
}

/** With what an execution failed; times in seconds, as the service writes them. */
export interface Failed {
  readonly state: string;
  readonly startedAt: number;
  readonly error: string;
  readonly cause?: string;
}

export interface StepFunctions {
  readonly machine: string;
  /** What a process needs in its environment to reach it. */
  readonly environment: Readonly<Record<string, string>>;
  /** In the order in which they were started. */
  readonly executions: readonly Execution[];
  end(name: string, status: Exclude<Status, "RUNNING">, failed?: Failed): void;
  /** A failed execution goes on. */
  redrive(name: string): void;
  /** As EventBridge delivers it when an execution has changed its status, less what nobody reads. */
  statusChange(name: string): object;
  stop(): Promise<void>;
}

export interface StepFunctionsOptions {
  readonly onStart?: (execution: Execution) => void;
  /** Whether a call gets lost on its way, before it has an effect; by the name of its operation. */
  readonly losesCall?: (operation: string) => boolean;
  /** Whether the answer to a call gets lost on its way, after the call has had its effect. */
  readonly losesAnswer?: () => boolean;
}

/**
 * Step Functions as far as names go, over HTTP: a name is taken while its execution is open and for 90 days after;
 * starting it again with the same input while it is open answers as the first time did, anything else is refused.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export async function startStepFunctions({
  onStart,
  losesCall,
  losesAnswer,
}: StepFunctionsOptions = {}): Promise<StepFunctions> {
  const machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:hilum-test";
  const executions: Execution[] = [];
  const arn = (name: string) => `${machine.replace(":stateMachine:", ":execution:")}:${name}`;
  const find = (name: string) => executions.find((execution) => execution.name === name);

  const start = ({ name, input }: Record<string, string>): [number, object] => {
    if (name === undefined || input === undefined || !/^[A-Za-z0-9_-]{1,80}$/.test(name)) {
      return [400, { __type: "InvalidName", message: "invalid name" }];
    }
    const known = find(name);
    if (known === undefined) {
      const execution: Execution = { name, input, status: "RUNNING" };
      executions.push(execution);
      onStart?.(execution);
    } else if (known.status !== "RUNNING" || known.input !== input) {
      return [400, { __type: "ExecutionAlreadyExists", message: `Execution Already Exists: '${arn(name)}'` }];
    }
    return [200, { executionArn: arn(name), startDate: 1 }];
  };
  const describe = ({ executionArn = "" }: Record<string, string>): [number, object] => {
    const known = find(executionArn.slice(arn("").length));
    if (known === undefined) return [400, { __type: "ExecutionDoesNotExist", message: "Execution Does Not Exist" }];
    const { name, input, status, failed } = known;
    const { error, cause } = failed ?? {};
    return [200, { executionArn, name, input, status, error, cause, stateMachineArn: machine, startDate: 1 }];
  };
  const history = ({ executionArn = "" }: Record<string, string>): [number, object] => {
    const { failed, status } = find(executionArn.slice(arn("").length))!;
    const at = (timestamp: number, type: string, details: object) => ({ id: timestamp, timestamp, type, ...details });
    const state = failed?.state ?? "validate";
    const events = [
      at(1, "ExecutionStarted", {}),
      at(failed?.startedAt ?? 2, "TaskStateEntered", { stateEnteredEventDetails: { name: state } }),
      ...(failed ? [at(failed.startedAt + 1, "TaskFailed", { taskFailedEventDetails: failed })] : []),
      ...(status === "FAILED" ? [at((failed?.startedAt ?? 2) + 1, "ExecutionFailed", {})] : []),
    ];
    return [200, { events }];
  };
  const operations: Record<string, (body: Record<string, string>) => [number, object]> = {
    "AWSStepFunctions.StartExecution": start,
    "AWSStepFunctions.DescribeExecution": describe,
    "AWSStepFunctions.GetExecutionHistory": history,
  };
  const server = createServer(async (request: IncomingMessage, response) => {
    const name = String(request.headers["x-amz-target"]);
    if (losesCall?.(name)) return void request.socket.destroy();
    const operation = operations[name];
    const [status, body] = operation?.(JSON.parse(await text(request))) ?? [404, {}];
    if (losesAnswer?.()) return void request.socket.destroy();
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    machine,
    executions,
    environment: {
      AWS_ENDPOINT_URL_SFN: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test-secret",
    },
    end: (name, status, failed) => {
      Object.assign(find(name)!, { status, failed });
    },
    statusChange: (name) => ({
      version: "0",
      "detail-type": "Step Functions Execution Status Change",
      source: "aws.states",
      detail: { executionArn: arn(name), stateMachineArn: machine, name, status: find(name)!.status },
    }),
    redrive: (name) => {
      find(name)!.status = "RUNNING";
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
