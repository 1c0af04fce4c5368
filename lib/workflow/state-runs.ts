import type { HistoryEvent, HistoryEventType, TaskFailedEventDetails } from "@aws-sdk/client-sfn";
import * as z from "zod";
import type { TaskError } from "../contracts/execution.ts";
import { DEFINITION } from "./definition.ts";
import { FUNCTION_STEPS } from "./functions.ts";
import { JOB_STEPS } from "./jobs.ts";
import { slot } from "./slots.ts";

/** A Task of an execution, as its history tells of it. */
export interface StateRun {
  readonly state: string;
  readonly step: string;
  /** Members of an array job, otherwise 1. */
  readonly members: number;
  /** Whether it is a job of Batch. */
  readonly isJob: boolean;
  readonly startedAt: Date;
  /** Undefined while it runs. */
  readonly endedAt: Date | undefined;
  readonly jobId: string | undefined;
  /** What failed last; a Task that was tried again and succeeded has none. */
  readonly error: TaskError | undefined;
}

type Worker = Pick<StateRun, "step" | "isJob">;

/** Who works behind a slot of the definition. */
const WORKERS: readonly (readonly [string, Worker])[] = [
  ...FUNCTION_STEPS.map((step) => [slot(`${step}Function`), { step, isJob: false }] as const),
  ...JOB_STEPS.map((step) => [slot(`${step}Job`), { step, isJob: true }] as const),
];

/** What each Task state calls, by the slot in its parameters. */
const TASKS: ReadonlyMap<string, Worker> = new Map(
  Object.entries(DEFINITION.States).flatMap(([name, state]) => {
    const [, worker] = WORKERS.find(([mark]) => JSON.stringify(state).includes(mark)) ?? [];
    return worker === undefined ? [] : [[name, worker]];
  }),
);

/** What Batch and a Task's parameters say, as far as it is read here. */
const Submitted = z.object({ JobId: z.string() });
const Scheduled = z.object({ ArrayProperties: z.object({ Size: z.int() }) });

function fieldsOf<T extends z.ZodType>(schema: T, json = "{}"): z.infer<T> | undefined {
  try {
    return schema.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}

type Change = (run: StateRun, event: HistoryEvent) => StateRun;

const failed =
  (name: string, details: (event: HistoryEvent) => TaskFailedEventDetails | undefined): Change =>
  (run, event) => {
    const { error = name, cause } = details(event) ?? {};
    return { ...run, error: { Error: error, ...(cause !== undefined && { Cause: cause }) } };
  };

/** What an event changes about the Task that is under way. */
const CHANGES: Readonly<Partial<Record<HistoryEventType, Change>>> = {
  TaskScheduled: (run, { taskScheduledEventDetails: details }) => ({
    ...run,
    error: undefined,
    members: fieldsOf(Scheduled, details?.parameters)?.ArrayProperties.Size ?? 1,
  }),
  TaskSubmitted: (run, { taskSubmittedEventDetails: details }) => ({
    ...run,
    jobId: fieldsOf(Submitted, details?.output)?.JobId,
  }),
  TaskFailed: failed("States.TaskFailed", (event) => event.taskFailedEventDetails),
  TaskTimedOut: failed("States.Timeout", (event) => event.taskTimedOutEventDetails),
  TaskStartFailed: failed("States.TaskFailed", (event) => event.taskStartFailedEventDetails),
  TaskSubmitFailed: failed("States.TaskFailed", (event) => event.taskSubmitFailedEventDetails),
  ExecutionFailed: (run, { timestamp, executionFailedEventDetails: details }) => ({
    ...run,
    endedAt: timestamp,
    error: run.error ?? { Error: details?.error ?? "States.Runtime", ...(details?.cause && { Cause: details.cause }) },
  }),
  TaskStateExited: (run, { timestamp }) => ({ ...run, endedAt: timestamp }),
  TaskStateAborted: (run, { timestamp }) => ({ ...run, endedAt: timestamp, error: { Error: "States.Aborted" } }),
  ExecutionAborted: (run, { timestamp }) => ({ ...run, endedAt: timestamp, error: { Error: "States.Aborted" } }),
  ExecutionTimedOut: (run, { timestamp }) => ({ ...run, endedAt: timestamp, error: { Error: "States.Timeout" } }),
};

const BEGUN = { endedAt: undefined, jobId: undefined, error: undefined, members: 1 } as const;

/** Pushes the Task that an event begins: one that is entered, or the last one where the execution was redriven. */
function begin(runs: StateRun[], event: HistoryEvent): boolean {
  const last = runs.at(-1);
  if (event.type === "ExecutionRedriven" && last?.error !== undefined) {
    runs.push({ ...last, ...BEGUN, startedAt: event.timestamp! });
    return true;
  }
  const state = event.type === "TaskStateEntered" ? event.stateEnteredEventDetails?.name : undefined;
  const task = state === undefined ? undefined : TASKS.get(state);
  if (state === undefined || task === undefined) return false;
  // Whether a redriven state is entered anew or only scheduled, it began once.
  if (last?.state === state && last.endedAt === undefined) runs.pop();
  runs.push({ state, ...task, ...BEGUN, startedAt: event.timestamp! });
  return true;
}

/** The Tasks of an execution in the order in which they began. The state machine runs one at a time. */
export function stateRuns(events: readonly HistoryEvent[]): StateRun[] {
  const runs: StateRun[] = [];
  for (const event of events) {
    if (begin(runs, event)) continue;
    const current = runs.at(-1);
    const change = CHANGES[event.type!];
    if (change !== undefined && current !== undefined && current.endedAt === undefined) {
      runs[runs.length - 1] = change(current, event);
    }
  }
  return runs;
}
