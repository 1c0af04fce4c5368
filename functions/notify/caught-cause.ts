import * as z from "zod";
import type { CaughtError } from "../../lib/contracts/execution.ts";

const Attempt = z.object({ Container: z.object({ LogStreamName: z.string().optional() }).optional() });

/** Causes are JSON from Lambda (`errorMessage`) and Batch (its details of the job), and plain text from the service. */
const StructuredCause = z.object({
  errorMessage: z.string().optional(),
  StatusReason: z.string().optional(),
  Attempts: z.array(Attempt).optional(),
  Container: z.object({ LogStreamName: z.string().optional(), Reason: z.string().optional() }).optional(),
});

/**
 * Why jobs never start, in Batch's words and in plain ones. The first three are what the queue ends a job with that
 * waits too long (lib/stacks/compute.ts).
 * https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
 */
const PLAIN_WORDS: readonly (readonly [RegExp, string])[] = [
  [
    /INSUFFICIENT_INSTANCE_CAPACITY/,
    "no machine was free for hours: allow more instance types in the stage, or raise the account's quota for them",
  ],
  [
    /COMPUTE_ENVIRONMENT_MAX_RESOURCE/,
    "the environment may not grow any more: raise maxVcpus in the stage, above what one job asks for",
  ],
  [
    /JOB_RESOURCE_REQUIREMENT/,
    "no instance type of the stage has what the job asks for in cores, memory or GPUs: name larger ones",
  ],
  [/Host EC2/, "its machine was taken away (Spot) more often than the job is tried again"],
  [/OutOfMemoryError/, "it needed more memory than its job definition gives"],
  [/CannotPullContainerError/, "its image could not be fetched: look at the network of the stage and the repository"],
  [/attempt duration exceeded timeout/i, "it took longer than it may"],
];

export interface CaughtCause {
  readonly message: string;
  /** The log of the last attempt, where the job had one. */
  readonly stream: string | undefined;
}

const plainly = (reason: string): string => {
  const [, words] = PLAIN_WORDS.find(([pattern]) => pattern.test(reason)) ?? [];
  return words === undefined ? reason : `${words} (${reason})`;
};

/** What a Catch caught, for people. */
export function readCause(caught: CaughtError | undefined, step: string): CaughtCause {
  const cause = caught?.Cause ?? "";
  let structured: z.infer<typeof StructuredCause> = {};
  try {
    structured = StructuredCause.parse(JSON.parse(cause));
  } catch {
    // Plain text.
  }
  const { errorMessage, StatusReason, Attempts = [], Container } = structured;
  const reasons = [Container?.Reason, StatusReason].filter((reason) => reason !== undefined && reason !== "");
  const known = reasons.find((reason) => PLAIN_WORDS.some(([pattern]) => pattern.test(reason!)));
  const said = errorMessage ?? known ?? reasons.at(-1) ?? cause;
  const timedOut =
    caught?.Error === "States.Timeout" ? "it took longer than its state may" : "it failed without a word";
  return {
    message: plainly(said === "" ? `${step}: ${timedOut}` : said),
    stream: Attempts.at(-1)?.Container?.LogStreamName ?? Container?.LogStreamName,
  };
}
