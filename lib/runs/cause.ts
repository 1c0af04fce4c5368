import * as z from "zod";
import type { TaskError } from "../contracts/execution.ts";
import type { FailureRecord } from "../contracts/run.ts";
import { EXIT, type ExitCode } from "../domain/errors.ts";

const Container = z.object({
  LogStreamName: z.string().optional(),
  Reason: z.string().optional(),
  ExitCode: z.int().optional(),
});

/** Causes are JSON from Lambda (`errorMessage`) and Batch (its details of the job), and plain text from the service. */
const StructuredCause = z.object({
  errorMessage: z.string().optional(),
  StatusReason: z.string().optional(),
  Attempts: z.array(z.object({ StatusReason: z.string().optional(), Container: Container.optional() })).optional(),
  Container: Container.optional(),
});
type StructuredCause = z.infer<typeof StructuredCause>;

interface Known {
  readonly sign: RegExp;
  readonly code: string;
  readonly words: string;
  readonly exitCode: ExitCode;
}

const known = (sign: RegExp, code: string, exitCode: ExitCode, words: string): Known => ({
  ...{ sign, code, exitCode, words },
});

const OUT_OF_TIME = "it took longer than it may; start it again to go on";

/**
 * Why jobs never start or end before their time, in Batch's words and in plain ones. The first three are what the queue
 * ends a job with that waits too long (lib/stacks/compute.ts).
 * https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
 */
const KNOWN: readonly Known[] = [
  known(
    /INSUFFICIENT_INSTANCE_CAPACITY/,
    "no-capacity",
    EXIT.temporary,
    "no machine was free for hours: allow more instance types in the stage, or raise the account's quota for them",
  ),
  known(
    /COMPUTE_ENVIRONMENT_MAX_RESOURCE/,
    "environment-full",
    EXIT.input,
    "the environment may not grow any more: raise maxVcpus in the stage, above what one job asks for",
  ),
  known(
    /JOB_RESOURCE_REQUIREMENT/,
    "no-such-machine",
    EXIT.input,
    "no instance type of the stage has what the job asks for in cores, memory or GPUs: name larger ones",
  ),
  known(
    /Host EC2/,
    "machine-lost",
    EXIT.temporary,
    "its machine was taken away (Spot) more often than the job is tried again",
  ),
  known(/OutOfMemoryError/, "memory", EXIT.bug, "it needed more memory than its job definition gives"),
  known(
    /CannotPullContainerError/,
    "image",
    EXIT.temporary,
    "its image could not be fetched: look at the network of the stage and the repository",
  ),
  known(/attempt duration exceeded timeout/i, "timeout", EXIT.temporary, OUT_OF_TIME),
];

/** Kinds of error that functions throw by name (lib/steps/function.ts). */
const EXIT_OF: Readonly<Record<string, ExitCode>> = { InputError: EXIT.input, TemporaryError: EXIT.temporary };

/** Exit codes above it are signals from outside. */
const SIGNALS = 128;

export interface Cause extends Pick<FailureRecord, "code" | "message"> {
  readonly exitCode: ExitCode;
  /** The log of the last attempt, where the job had one. */
  readonly stream: string | undefined;
}

function parse(cause: string): StructuredCause {
  try {
    return StructuredCause.safeParse(JSON.parse(cause)).data ?? {};
  } catch {
    return {};
  }
}

/** How Lambda tells of a function's process that a signal ended. */
const SIGNAL = /signal: \S+/;

const killed = (step: string, how: string) => ({
  code: "killed",
  exitCode: EXIT.temporary,
  message: `${step}: ended from outside (${how}), perhaps for want of memory; start it again to go on`,
});

/** What the state machine says of a step that failed, for people: all that is known where the step could not write. */
export function readCause(error: TaskError | undefined, step: string): Cause {
  const { Error: code = "unknown", Cause: text = "" } = error ?? {};
  const { errorMessage, StatusReason, Attempts = [], Container: container } = parse(text);
  const last = Attempts.at(-1);
  const stream = last?.Container?.LogStreamName ?? container?.LogStreamName;
  const signal = code === "Runtime.ExitError" ? SIGNAL.exec(errorMessage ?? "")?.[0] : undefined;
  if (signal !== undefined) return { ...killed(step, signal), stream };
  if (errorMessage !== undefined) {
    return { code, message: errorMessage, exitCode: EXIT_OF[code] ?? EXIT.bug, stream };
  }
  const reasons = [container?.Reason, last?.StatusReason, StatusReason].filter((reason) => reason);
  for (const reason of [...reasons, text]) {
    const found = KNOWN.find(({ sign }) => sign.test(reason!));
    if (found) return { ...found, message: `${step}: ${found.words} (${reason})`, stream };
  }
  if (code === "States.Timeout") {
    return { code: "timeout", message: `${step}: ${OUT_OF_TIME}`, exitCode: EXIT.temporary, stream };
  }
  const exitCode = container?.ExitCode ?? 0;
  if (exitCode > SIGNALS) {
    return { ...killed(step, `exit code ${exitCode}`), stream };
  }
  const ended = exitCode === 0 ? "it failed without a word" : `ended with exit code ${exitCode}`;
  const isDetails = container !== undefined || StatusReason !== undefined;
  const said = isDetails ? (reasons.at(-1) ?? "") : text.replace(/^\{\}$/, "");
  return { code, message: `${step}: ${exitCode === 0 && said !== "" ? said : ended}`, exitCode: EXIT.bug, stream };
}
