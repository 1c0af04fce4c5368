/** A Task of the state machine while it runs. */
export interface TaskRun {
  readonly state: string;
  readonly step: string;
  /** Members of an array job, otherwise 1. */
  readonly members: number;
}

export interface TaskEnd {
  /** Stopped: on request, with the run. */
  readonly outcome: "done" | "failed" | "stopped";
  readonly milliseconds: number;
}

/** Hears what happens while the state machine runs; draws it, records it. */
export interface Observer {
  started(task: TaskRun): void;
  /** A line that the task's program wrote, with its member where it is an array. */
  line(task: TaskRun, line: string, index?: number): void;
  /** An attempt of a job failed and is made again. */
  retried(task: TaskRun, exitCode: number, index?: number): void;
  ended(task: TaskRun, end: TaskEnd): void | Promise<void>;
}
