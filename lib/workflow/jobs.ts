/** The steps that are Batch jobs. */
export const JOB_STEPS = ["prepare", "upsample", "train", "evaluate"] as const;
export type JobStep = (typeof JOB_STEPS)[number];

export const QUEUES = ["cpuQueue", "gpuQueue"] as const;
export type Queue = (typeof QUEUES)[number];

/**
 * One rule of a Batch retry strategy: all of its patterns must match, the first rule that matches decides. A pattern
 * may end with `*`. https://docs.aws.amazon.com/batch/latest/APIReference/API_EvaluateOnExit.html
 */
export interface ExitRule {
  readonly onExitCode?: string;
  readonly onReason?: string;
  readonly onStatusReason?: string;
  readonly action: "RETRY" | "EXIT";
}

/** A Batch job definition, as the stack registers it and the local runner honours it. */
export interface JobDefinition {
  /** Folder under containers/: its image in the cloud, its main.ts here. */
  readonly container: "prepare" | "upsampler" | "trainer" | "evaluator";
  /** Where it waits unless the stage says otherwise. */
  readonly queue: Queue;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  /** Of one attempt; a job that ran out of time is not tried again. */
  readonly timeoutSeconds: number;
  /** 1 to 10, the first one included. */
  readonly attempts: number;
  /** At most five. */
  readonly evaluateOnExit: readonly ExitRule[];
}

/**
 * Exit codes as lib/domain/errors.ts gives them. Batch tries a failure again that no rule matches, so the last rule
 * matches all.
 */
export const EXIT_RULES: readonly ExitRule[] = [
  { onStatusReason: "Host EC2*", action: "RETRY" },
  { onReason: "CannotPullContainerError*", action: "RETRY" },
  { onExitCode: "75", action: "RETRY" },
  { onExitCode: "64", action: "EXIT" },
  { onReason: "*", action: "EXIT" },
];

const HOUR = 3600;
const GIB = 1024;

/** Memory stays some below an instance's own, of which the ECS agent and the system keep a part. */
export const JOBS: Readonly<Record<JobStep, JobDefinition>> = {
  prepare: {
    container: "prepare",
    queue: "cpuQueue",
    vcpus: 4,
    memoryMiB: 7 * GIB,
    gpus: 0,
    timeoutSeconds: 2 * HOUR,
    attempts: 4,
    evaluateOnExit: EXIT_RULES,
  },
  upsample: {
    container: "upsampler",
    // It asks for no GPU, and warms the instance that the trainer uses next.
    queue: "gpuQueue",
    vcpus: 2,
    memoryMiB: 3.5 * GIB,
    gpus: 0,
    timeoutSeconds: HOUR,
    attempts: 4,
    evaluateOnExit: EXIT_RULES,
  },
  train: {
    container: "trainer",
    queue: "gpuQueue",
    vcpus: 4,
    memoryMiB: 14 * GIB,
    gpus: 1,
    timeoutSeconds: 24 * HOUR,
    attempts: 10,
    evaluateOnExit: EXIT_RULES,
  },
  evaluate: {
    container: "evaluator",
    queue: "cpuQueue",
    vcpus: 8,
    memoryMiB: 14 * GIB,
    gpus: 0,
    timeoutSeconds: 6 * HOUR,
    attempts: 4,
    evaluateOnExit: EXIT_RULES,
  },
};

/**
 * The last bound of a state, for a job whose attempts all take all their time, and half a day in the queue. A job that waits
 * while nothing in its queue runs ends long before (functions/watch), with its reason.
 */
export const stateTimeoutSeconds = (job: JobDefinition): number => job.attempts * job.timeoutSeconds + 12 * HOUR;

/** Batch takes arrays of 2 to 10,000 members; one member is a plain job. */
export const LARGEST_ARRAY = 10_000;
