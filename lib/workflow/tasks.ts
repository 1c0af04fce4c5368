import type { Retrier, TaskState } from "./asl.ts";
import { FUNCTIONS, type FunctionStep } from "./functions.ts";
import { JOBS, type JobStep, stateTimeoutSeconds } from "./jobs.ts";
import { slot } from "./slots.ts";

/** The name under which a function's TemporaryError reaches the state machine: the twin of a job's exit code 75. */
const TEMPORARY = "TemporaryError";

const BACK_OFF = { IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 60, JitterStrategy: "FULL" } as const;

/** Failures of the Lambda service itself, which its documentation asks callers to try again. */
const FUNCTION_RETRY: readonly Retrier[] = [
  {
    ErrorEquals: [
      "Lambda.ServiceException",
      "Lambda.AWSLambdaException",
      "Lambda.SdkClientException",
      "Lambda.ClientExecutionTimeoutException",
      "Lambda.TooManyRequestsException",
    ],
    MaxAttempts: 6,
    ...BACK_OFF,
  },
  { ErrorEquals: [TEMPORARY], MaxAttempts: 3, ...BACK_OFF },
];

/**
 * Failures of the call to Batch. A job that ran and failed is States.TaskFailed whatever its exit code, and is not
 * tried again here: its definition's retry strategy has done so.
 */
const JOB_RETRY: readonly Retrier[] = [
  {
    ErrorEquals: ["Batch.TooManyRequestsException", "Batch.ServerException", "Batch.AWSBatchException"],
    MaxAttempts: 8,
    ...BACK_OFF,
  },
];

/** Calls a function; keeps the fields of its answer named in `keep` under `$.<step>`. */
export function functionTask(
  step: FunctionStep,
  { next, keep = [] }: { readonly next: string; readonly keep?: readonly string[] },
): TaskState {
  return {
    Type: "Task",
    Resource: slot("invokeFunction"),
    Parameters: { FunctionName: slot(`${step}Function`), Payload: { "run.$": "$.run" } },
    ...(keep.length > 0 && {
      ResultSelector: Object.fromEntries(keep.map((field) => [`${field}.$`, `$.Payload.${field}`])),
    }),
    ResultPath: keep.length > 0 ? `$.${step}` : null,
    TimeoutSeconds: FUNCTIONS[step].timeoutSeconds + 60,
    Retry: FUNCTION_RETRY,
    Next: next,
  };
}

/** Runs a job to its end; `arraySize` is the path of the number of members, 2 or more. */
export function jobTask(
  step: JobStep,
  { next, arraySize }: { readonly next: string; readonly arraySize?: string },
): TaskState {
  const job = JOBS[step];
  return {
    Type: "Task",
    Resource: slot("runJob"),
    Parameters: {
      "JobName.$": `States.Format('{}-${step}', $.run)`,
      JobQueue: slot(`${step}Queue`),
      JobDefinition: slot(`${step}Job`),
      ...(arraySize && { ArrayProperties: { "Size.$": arraySize } }),
      ContainerOverrides: { Environment: [{ Name: "HILUM_RUN", "Value.$": "$.run" }] },
    },
    ResultPath: null,
    TimeoutSeconds: stateTimeoutSeconds(job),
    Retry: JOB_RETRY,
    Next: next,
  };
}
