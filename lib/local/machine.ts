import "./polyfill.ts";
import { StateMachine, type StateMachineDefinition } from "aws-local-stepfunctions";
import type { ExecutionInput, TaskError } from "../contracts/execution.ts";
import type { Definition } from "../workflow/asl.ts";
import { DEFINITION } from "../workflow/definition.ts";
import { FUNCTION_STEPS, type FunctionStep } from "../workflow/functions.ts";
import { JOB_STEPS, JOBS, type JobDefinition, type JobStep } from "../workflow/jobs.ts";
import { fillSlots, integrationArns, type Slot } from "../workflow/slots.ts";
import type { StartProgram } from "./child.ts";
import { createFunctions, type FunctionOptions, type Functions } from "./functions.ts";
import type { Observer } from "./observer.ts";
import { taskHandlers } from "./tasks.ts";

export interface MachineOptions {
  /** URLs of the modules that export a `handler`, or what `call` knows them by. */
  readonly functions: Readonly<Record<FunctionStep, string>>;
  /** Files of the programs, or what `start` knows them by. */
  readonly programs: Readonly<Record<JobStep, string>>;
  /** Where functions are called; one child process where left out. */
  readonly call?: (options: FunctionOptions) => Functions;
  /** Where jobs run; a child process an attempt where left out. */
  readonly start?: StartProgram;
  /** What the stack gives to each of them. */
  readonly environment: Readonly<Record<string, string>>;
  readonly observer: Observer;
  /** Stops the run: children get SIGTERM, and SIGKILL after the grace. */
  readonly signal: AbortSignal;
  /** Members of an array job at a time. */
  readonly parallel?: number;
  readonly graceMs?: number;
  readonly definition?: Definition;
  readonly jobs?: Readonly<Record<JobStep, JobDefinition>>;
}

/** What happened to the states, in order: `StateEntered train`, `StateFailed train`, `StateRetried train`… */
export type Trace = readonly string[];

export type MachineResult =
  | { readonly status: "succeeded"; readonly trace: Trace }
  | { readonly status: "failed"; readonly step: string; readonly error: TaskError; readonly trace: Trace };

const FAILED = "StateFailed ";

/** Slots as this machine fills them: the tasks find functions and jobs by their step. */
const LOCAL_SLOTS = Object.fromEntries([
  ...FUNCTION_STEPS.map((step) => [`${step}Function`, step]),
  ...JOB_STEPS.flatMap((step) => [
    [`${step}Job`, step],
    [`${step}Queue`, JOBS[step].queue],
  ]),
  ...Object.entries(integrationArns("aws")),
]) as Record<Slot, string>;

/**
 * Runs the state machine on this machine, to its end.
 * @throws the signal's reason where it was stopped, once every child has ended
 */
export async function runMachine(input: ExecutionInput, options: MachineOptions): Promise<MachineResult> {
  const { signal, definition = DEFINITION, jobs = JOBS, parallel = 1, graceMs = 30_000 } = options;
  const filled = fillSlots(definition, LOCAL_SLOTS);
  const functions = (options.call ?? createFunctions)({
    environment: options.environment,
    onLine: (line) => running.line(line),
  });
  const running = taskHandlers(filled, { ...options, functions, modules: options.functions, jobs, parallel, graceMs });
  // The definition's own test validates it; here it would take as long as the short steps together.
  const machine = new StateMachine(filled as unknown as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  });
  const execution = machine.run(input, { overrides: { taskResourceLocalHandlers: running.handlers } });
  const trace = collectTrace(execution.eventLogs);
  signal.addEventListener("abort", execution.abort);
  if (signal.aborted) execution.abort();

  try {
    await execution.result;
    return { status: "succeeded", trace: await trace };
  } catch (error) {
    signal.throwIfAborted();
    // Where its time is up the interpreter turns away from a task that is still stopping, which then says what it was.
    await running.settled();
    const last = (await trace).findLast((event) => event.startsWith(FAILED));
    const failure = last && running.failures.get(last.slice(FAILED.length));
    // Where no Task failed, the definition itself is at fault.
    if (!failure) throw error;
    return { status: "failed", ...failure, trace: await trace };
  } finally {
    signal.removeEventListener("abort", execution.abort);
    await running.settled();
    await functions.close();
  }
}

async function collectTrace(events: ReturnType<StateMachine["run"]>["eventLogs"]): Promise<string[]> {
  const trace: string[] = [];
  for await (const event of events) {
    trace.push("state" in event ? `${event.type} ${event.state.name}` : event.type);
  }
  return trace;
}
