import type { TaskError } from "../contracts/execution.ts";
import type { Definition, TaskState } from "../workflow/asl.ts";
import type { FunctionStep } from "../workflow/functions.ts";
import type { JobDefinition, JobStep } from "../workflow/jobs.ts";
import { submitJob } from "./batch.ts";
import type { StartProgram } from "./child.ts";
import type { Functions } from "./functions.ts";
import type { SubmitJob } from "./job-details.ts";
import type { Observer, TaskEnd, TaskRun } from "./observer.ts";
import { taskError } from "./task-error.ts";

export interface TaskOptions {
  readonly functions: Functions;
  readonly modules: Readonly<Record<FunctionStep, string>>;
  readonly programs: Readonly<Record<JobStep, string>>;
  readonly start?: StartProgram | undefined;
  readonly jobs: Readonly<Record<JobStep, JobDefinition>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly observer: Observer;
  readonly signal: AbortSignal;
  readonly parallel: number;
  readonly graceMs: number;
}

// biome-ignore lint/suspicious/noExplicitAny: JSON as the interpreter hands it over
type Handler = (input: any) => Promise<any>;

interface InvokeFunction {
  readonly FunctionName: FunctionStep;
  readonly Payload: unknown;
}

export interface Tasks {
  /** One for each Task state, by its name. */
  readonly handlers: Record<string, Handler>;
  /** The last error of each Task that had one, by its state. */
  readonly failures: ReadonlyMap<string, { readonly step: string; readonly error: TaskError }>;
  /** Hands a line that the functions' process wrote to the task that is running. */
  line(line: string): void;
  /** Once nothing runs any more; a task that was given up may still be stopping. */
  settled(): Promise<void>;
}

/** What stands behind the Resources of a definition on this machine. */
export function taskHandlers(definition: Definition, options: TaskOptions): Tasks {
  const underWay = new Set<Promise<unknown>>();
  const failures = new Map<string, { step: string; error: TaskError }>();
  let current: TaskRun | undefined;

  const invoke = async (
    { FunctionName, Payload }: InvokeFunction,
    task: TaskRun,
    signal: AbortSignal,
  ): Promise<unknown> => {
    current = task;
    const result = await options.functions.invoke(options.modules[FunctionName], Payload, signal);
    return { ExecutedVersion: "$LATEST", Payload: result, StatusCode: 200 };
  };

  const submit = (job: SubmitJob, task: TaskRun, signal: AbortSignal): Promise<unknown> => {
    const step = task.step as JobStep;
    return submitJob(job, {
      definition: options.jobs[step],
      program: options.programs[step],
      start: options.start,
      environment: options.environment,
      parallel: options.parallel,
      graceMs: options.graceMs,
      signal,
      onLine: (line, index) => options.observer.line(task, line, index),
      onRetry: (attempt, index) => options.observer.retried(task, attempt.Container.ExitCode, index),
    });
  };

  const handlerOf = (state: string, task: TaskState): Handler => {
    const isFunction = task.Resource.endsWith(":lambda:invoke");
    return async (input) => {
      const step: string = isFunction ? input.FunctionName : input.JobDefinition;
      const run: TaskRun = { state, step, members: input.ArrayProperties?.Size ?? 1 };
      const start: (input: never, task: TaskRun, signal: AbortSignal) => Promise<unknown> = isFunction
        ? invoke
        : submit;
      const work = () => limited(task.TimeoutSeconds, options.signal, (signal) => start(input as never, run, signal));
      const observed = observe(run, work, options);
      underWay.add(observed);
      try {
        return await observed;
      } catch (error) {
        const { name, message } = error as Error;
        failures.set(state, { step, error: { Error: name, Cause: message } });
        throw error;
      } finally {
        underWay.delete(observed);
      }
    };
  };

  return {
    failures,
    handlers: Object.fromEntries(
      Object.entries(definition.States).flatMap(([name, state]) =>
        state.Type === "Task" ? [[name, handlerOf(name, state)]] : [],
      ),
    ),
    line: (line) => current && options.observer.line(current, line),
    settled: async () => {
      await Promise.allSettled(underWay);
    },
  };
}

async function observe<T>(
  task: TaskRun,
  work: () => Promise<T>,
  { observer, signal }: Pick<TaskOptions, "observer" | "signal">,
): Promise<T> {
  const start = performance.now();
  const end = (outcome: TaskEnd["outcome"]) =>
    observer.ended(task, { outcome, milliseconds: performance.now() - start });
  observer.started(task);
  try {
    const result = await work();
    await end("done");
    return result;
  } catch (error) {
    await end(signal.aborted ? "stopped" : "failed");
    throw error;
  }
}

/** Stops the work when its state's time is up; the interpreter itself only turns away from it. */
async function limited<T>(seconds: number, outer: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(taskError("States.Timeout", `no end after ${seconds} s`)), seconds * 1000);
  try {
    return await work(AbortSignal.any([outer, limit.signal]));
  } finally {
    clearTimeout(timer);
  }
}
