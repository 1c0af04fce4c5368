import { randomUUID } from "node:crypto";
import { eachOf } from "../parallel/each-of.ts";
import { type JobDefinition, LARGEST_ARRAY } from "../workflow/jobs.ts";
import { type StartProgram, startChild } from "./child.ts";
import { type AttemptEnd, evaluateOnExit } from "./exit-rules.ts";
import { type AttemptDetails, type JobDetails, STATUS_REASON, type SubmitJob } from "./job-details.ts";
import { taskError } from "./task-error.ts";

export interface JobOptions {
  readonly definition: JobDefinition;
  /** File of the step's program, or what `start` knows it by. */
  readonly program: string;
  /** Starts an attempt; a child of this process where left out. */
  readonly start?: StartProgram | undefined;
  /** What the stack writes into the job definition: the rooms. */
  readonly environment: Readonly<Record<string, string>>;
  /** Members of an array at a time. */
  readonly parallel: number;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
  readonly signal: AbortSignal;
  /** Output, with the member of an array job. */
  readonly onLine: (line: string, index?: number) => void;
  /** A failed attempt that is tried again. */
  readonly onRetry?: (details: AttemptDetails, index?: number) => void;
}

/**
 * `batch:submitJob.sync` on this machine: runs the job to its end as Batch would (attempts, retry strategy, time-out,
 * array) and answers its details.
 * @throws an error named States.TaskFailed with the details as its message; the signal's reason where it was aborted
 */
export async function submitJob(job: SubmitJob, options: JobOptions): Promise<JobDetails> {
  const size = job.ArrayProperties?.Size;
  if (size !== undefined && !(size >= 2 && size <= LARGEST_ARRAY)) {
    throw taskError("Batch.ClientException", `array size ${size}: expected 2 to ${LARGEST_ARRAY}`);
  }
  const details = size === undefined ? await runOne(job, options) : await runArray(job, size, options);
  options.signal.throwIfAborted();
  if (details.Status === "FAILED") throw taskError("States.TaskFailed", JSON.stringify(details));
  return details;
}

/** Runs the members; after one has failed no other is started here, since each can go on where it stopped. */
async function runArray(job: SubmitJob, size: number, options: JobOptions): Promise<JobDetails> {
  const base = { ...describe(job), ArrayProperties: { Size: size } };
  const CreatedAt = Date.now();
  const members: JobDetails[] = [];
  await eachOf(Array(size).keys(), options.parallel, async (index) => {
    if (options.signal.aborted || members.some((member) => member.Status === "FAILED")) return;
    members.push(await runOne(job, options, { size, index, parent: base.JobId }));
  });

  const failed = members.filter((member) => member.Status === "FAILED");
  return {
    ...base,
    Status: failed.length === 0 ? "SUCCEEDED" : "FAILED",
    StatusReason: failed.length === 0 ? "" : STATUS_REASON.array,
    CreatedAt,
    StartedAt: CreatedAt,
    StoppedAt: Date.now(),
    Attempts: failed[0]?.Attempts ?? [],
    ...(failed[0]?.Container && { Container: failed[0].Container }),
    ArrayProperties: {
      Size: size,
      StatusSummary: { SUCCEEDED: members.length - failed.length, FAILED: failed.length },
    },
  };
}

interface Member {
  readonly size: number;
  readonly index: number;
  readonly parent: string;
}

async function runOne(job: SubmitJob, options: JobOptions, member?: Member): Promise<JobDetails> {
  const base = describe(job, member);
  const CreatedAt = Date.now();
  const Attempts: AttemptDetails[] = [];
  for (;;) {
    const attempt = await runAttempt(job, base.JobId, Attempts.length + 1, options, member);
    Attempts.push(attempt);
    const { ExitCode, Reason } = attempt.Container;
    const end: AttemptEnd = { exitCode: ExitCode, reason: Reason ?? "", statusReason: attempt.StatusReason };
    const again =
      ExitCode !== 0 &&
      !options.signal.aborted &&
      attempt.StatusReason !== STATUS_REASON.timeout &&
      Attempts.length < options.definition.attempts &&
      evaluateOnExit(options.definition.evaluateOnExit, end) === "RETRY";
    if (again) {
      options.onRetry?.(attempt, member?.index);
      continue;
    }
    return {
      ...base,
      Status: ExitCode === 0 ? "SUCCEEDED" : "FAILED",
      StatusReason: attempt.StatusReason,
      CreatedAt,
      StartedAt: attempt.StartedAt,
      StoppedAt: attempt.StoppedAt,
      Attempts,
      Container: attempt.Container,
    };
  }
}

async function runAttempt(
  job: SubmitJob,
  jobId: string,
  attempt: number,
  { definition, program, start = startChild, environment, graceMs, signal, onLine }: JobOptions,
  member?: Member,
): Promise<AttemptDetails> {
  const StartedAt = Date.now();
  const child = start({
    program,
    environment: {
      ...environment,
      ...Object.fromEntries(job.ContainerOverrides.Environment.map(({ Name, Value }) => [Name, Value])),
      AWS_BATCH_JOB_ID: jobId,
      AWS_BATCH_JOB_ATTEMPT: String(attempt),
      ...(member && {
        AWS_BATCH_JOB_ARRAY_INDEX: String(member.index),
        AWS_BATCH_JOB_ARRAY_SIZE: String(member.size),
      }),
    },
    onLine: (line) => onLine(line, member?.index),
  });
  let timedOut = false;
  const limit = setTimeout(() => {
    timedOut = true;
    child.stop(graceMs);
  }, definition.timeoutSeconds * 1000);
  const onAbort = () => child.stop(graceMs);
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  try {
    const code = await child.ended;
    // A program that answers SIGTERM with 0 has run out of time all the same.
    const ExitCode = timedOut && code === 0 ? 143 : code;
    const StatusReason = timedOut ? STATUS_REASON.timeout : STATUS_REASON.exited;
    return { Container: { ExitCode }, StartedAt, StoppedAt: Date.now(), StatusReason };
  } finally {
    clearTimeout(limit);
    signal.removeEventListener("abort", onAbort);
  }
}

const describe = (job: SubmitJob, member?: Member) => ({
  JobId: member ? `${member.parent}:${member.index}` : randomUUID(),
  JobName: job.JobName,
  JobQueue: job.JobQueue,
  JobDefinition: job.JobDefinition,
  ...(member && { ArrayProperties: { Index: member.index } }),
});
