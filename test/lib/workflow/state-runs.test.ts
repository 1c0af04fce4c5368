import type { HistoryEvent, HistoryEventType } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { stateRuns } from "../../../lib/workflow/state-runs.ts";

const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 8, 0, second));
const event = (second: number, type: HistoryEventType, details: Partial<HistoryEvent> = {}): HistoryEvent => ({
  ...{ id: second, timestamp: at(second), type },
  ...details,
});
const entered = (second: number, name: string) =>
  event(second, "TaskStateEntered", { stateEnteredEventDetails: { name } });
const scheduled = (second: number, parameters: object = {}) =>
  event(second, "TaskScheduled", {
    taskScheduledEventDetails: {
      ...{ resourceType: "batch", resource: "submitJob.sync", region: "eu-west-1" },
      parameters: JSON.stringify(parameters),
    },
  });
const submitted = (second: number, JobId: string) =>
  event(second, "TaskSubmitted", {
    taskSubmittedEventDetails: {
      ...{ resourceType: "batch", resource: "submitJob.sync" },
      output: JSON.stringify({ JobId }),
    },
  });
const taskFailed = (second: number, error: string) =>
  event(second, "TaskFailed", {
    taskFailedEventDetails: { resourceType: "batch", resource: "submitJob.sync", error, cause: "why" },
  });

/** To its failure in an array of two trainers. */
const FAILED = [
  event(0, "ExecutionStarted"),
  entered(1, "upsample"),
  event(2, "TaskStateExited"),
  event(2, "ChoiceStateEntered", { stateEnteredEventDetails: { name: "choose-train" } }),
  entered(3, "train-array"),
  scheduled(3, { ArrayProperties: { Size: 2 } }),
  submitted(4, "job-1"),
  taskFailed(9, "States.TaskFailed"),
  event(9, "ExecutionFailed", { executionFailedEventDetails: { error: "States.TaskFailed", cause: "why" } }),
];

test("a Task that failed ends with its execution, and keeps its own error", () => {
  expect(stateRuns(FAILED)).toEqual([
    {
      ...{ state: "upsample", step: "upsample", isJob: true, members: 1 },
      ...{ startedAt: at(1), endedAt: at(2), jobId: undefined, error: undefined },
    },
    {
      ...{ state: "train-array", step: "train", isJob: true, members: 2, startedAt: at(3), endedAt: at(9) },
      ...{ jobId: "job-1", error: { Error: "States.TaskFailed", Cause: "why" } },
    },
  ]);
});

test.each([
  ["only schedules", []],
  ["enters anew", [entered(20, "train-array")]],
])("a redrive begins the failed Task once more, where the service %s it", (_, first) => {
  const redriven = [...FAILED, event(20, "ExecutionRedriven"), ...first];
  expect(stateRuns(redriven).map(({ state, startedAt }) => [state, startedAt])).toEqual([
    ["upsample", at(1)],
    ["train-array", at(3)],
    ["train-array", at(20)],
  ]);
  const again = [...redriven, scheduled(21, { ArrayProperties: { Size: 2 } }), submitted(22, "job-2")];
  expect(stateRuns(again).at(-1)).toMatchObject({ members: 2, jobId: "job-2", endedAt: undefined, error: undefined });
  const done = [...again, event(30, "TaskSucceeded"), event(30, "TaskStateExited"), entered(31, "evaluate")];
  expect(stateRuns(done).map(({ step, endedAt, error }) => [step, endedAt, error?.Error])).toEqual([
    ["upsample", at(2), undefined],
    ["train", at(9), "States.TaskFailed"],
    ["train", at(30), undefined],
    ["evaluate", undefined, undefined],
  ]);
});

test.each([
  ["ExecutionAborted", "States.Aborted"],
  ["ExecutionTimedOut", "States.Timeout"],
] as const)("an execution that ends by %s ends its Task, which a redrive begins once more", (type, error) => {
  const events = [entered(1, "train"), submitted(2, "job-1"), event(5, type)];
  expect(stateRuns(events)).toMatchObject([{ state: "train", endedAt: at(5), error: { Error: error } }]);
  expect(stateRuns([...events, event(9, "ExecutionRedriven")])).toHaveLength(2);
});

test("a Task that was tried again and succeeded has no error", () => {
  const events = [entered(1, "merge"), scheduled(1), taskFailed(2, "TemporaryError"), scheduled(4)];
  expect(stateRuns([...events, event(5, "TaskStateExited")])).toMatchObject([{ state: "merge", error: undefined }]);
});

test("a failure between two Tasks leaves the last one as it was", () => {
  const events = [entered(1, "plan"), event(2, "TaskStateExited"), event(2, "ExecutionFailed")];
  expect(stateRuns(events)).toMatchObject([{ state: "plan", endedAt: at(2), error: undefined }]);
});
