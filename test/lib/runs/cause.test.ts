import { expect, test } from "vitest";
import { EXIT } from "../../../lib/domain/errors.ts";
import { readCause } from "../../../lib/runs/cause.ts";

const job = (details: object) => ({ Error: "States.TaskFailed", Cause: JSON.stringify(details) });
const exited = (ExitCode: number, more = {}) => ({
  StatusReason: "Essential container in task exited",
  Container: { ExitCode },
  ...more,
});

test.each<[string, Parameters<typeof readCause>[0], { code: string; exitCode: number; message: string }]>([
  [
    "a job that waited for a machine until its queue ended it",
    job({ StatusReason: "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT", Attempts: [] }),
    {
      code: "no-such-machine",
      exitCode: EXIT.input,
      message: "no instance type of the stage has what the job asks for",
    },
  ],
  [
    "no capacity",
    job({ StatusReason: "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY" }),
    { code: "no-capacity", exitCode: EXIT.temporary, message: "no machine was free for hours" },
  ],
  [
    "an environment at its largest",
    job({ StatusReason: "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE" }),
    { code: "environment-full", exitCode: EXIT.input, message: "raise maxVcpus" },
  ],
  [
    "a machine that was taken away",
    job({
      StatusReason: "Host EC2 (instance i-0123) terminated.",
      Attempts: [{ StatusReason: "Host EC2 (instance i-0123) terminated." }],
    }),
    {
      code: "machine-lost",
      exitCode: EXIT.temporary,
      message: "was taken away (Spot) more often than the job is tried again",
    },
  ],
  [
    "memory that ran out, though the container has an exit code as well",
    job(
      exited(137, { Container: { ExitCode: 137, Reason: "OutOfMemoryError: Container killed due to memory usage" } }),
    ),
    { code: "memory", exitCode: EXIT.bug, message: "it needed more memory than its job definition gives" },
  ],
  [
    "an image that could not be fetched",
    job({
      StatusReason: "Task failed to start",
      Attempts: [{ Container: { Reason: "CannotPullContainerError: timeout" } }],
      Container: { Reason: "CannotPullContainerError: timeout" },
    }),
    { code: "image", exitCode: EXIT.temporary, message: "its image could not be fetched" },
  ],
  [
    "a job that ran out of time, in an array",
    job({
      StatusReason: "Array Child Job failed",
      Attempts: [{ StatusReason: "Job attempt duration exceeded timeout" }],
      Container: { ExitCode: 143 },
    }),
    { code: "timeout", exitCode: EXIT.temporary, message: "it took longer than it may" },
  ],
  [
    "a state that ran out of time",
    { Error: "States.Timeout" },
    { code: "timeout", exitCode: EXIT.temporary, message: "it took longer than it may" },
  ],
  [
    "a process that was killed",
    job(exited(137)),
    { code: "killed", exitCode: EXIT.temporary, message: "ended from outside (exit code 137)" },
  ],
  [
    "a function's process that was killed",
    {
      Error: "Runtime.ExitError",
      Cause:
        '{"errorType":"Runtime.ExitError","errorMessage":"RequestId: 1 Error: Runtime exited with error: signal: killed"}',
    },
    { code: "killed", exitCode: EXIT.temporary, message: "ended from outside (signal: killed)" },
  ],
  [
    "an exit code of ours",
    job(exited(1)),
    { code: "States.TaskFailed", exitCode: EXIT.bug, message: "ended with exit code 1" },
  ],
  [
    "a reason nobody knows",
    job({ StatusReason: "The job queue was disabled" }),
    { code: "States.TaskFailed", exitCode: EXIT.bug, message: "The job queue was disabled" },
  ],
  [
    "plain text of the service",
    { Error: "Batch.ClientException", Cause: "The job definition was deleted" },
    { code: "Batch.ClientException", exitCode: EXIT.bug, message: "The job definition was deleted" },
  ],
  [
    "JSON that is no object",
    { Error: "States.TaskFailed", Cause: "42" },
    { code: "States.TaskFailed", exitCode: EXIT.bug, message: "42" },
  ],
  [
    "no word",
    { Error: "States.TaskFailed", Cause: "{}" },
    { code: "States.TaskFailed", exitCode: EXIT.bug, message: "it failed without a word" },
  ],
  ["nothing at all", undefined, { code: "unknown", exitCode: EXIT.bug, message: "it failed without a word" }],
])("tells of %s, and names the step", (_, error, { message, ...expected }) => {
  const cause = readCause(error, "train");
  expect(cause).toMatchObject(expected);
  expect(cause.message).toMatch(/^train: /);
  expect(cause.message).toContain(message);
});

test.each([
  ["InputError", EXIT.input],
  ["TemporaryError", EXIT.temporary],
  ["TypeError", EXIT.bug],
])("a function's %s is of its kind, in its own words", (name, exitCode) => {
  const cause = JSON.stringify({ errorType: name, errorMessage: "train.csv line 2: no", trace: [] });
  expect(readCause({ Error: name, Cause: cause }, "validate")).toEqual({
    code: name,
    exitCode,
    message: "train.csv line 2: no",
    stream: undefined,
  });
});

test("the log is the last attempt's", () => {
  const attempt = (LogStreamName: string) => ({ Container: { LogStreamName } });
  const { stream } = readCause(job({ Attempts: [attempt("train/default/1"), attempt("train/default/2")] }), "train");
  expect(stream).toBe("train/default/2");
  expect(readCause(job({ Container: { LogStreamName: "train/default/3" } }), "train").stream).toBe("train/default/3");
});
