import { DescribeJobsCommand } from "@aws-sdk/client-batch";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createProgram } from "../../../bin/cli/program.ts";
import { startStageRun } from "../../../bin/cli/stage/run.ts";
import { stageRooms } from "../../../lib/cloud/rooms.ts";
import { runKeys } from "../../../lib/contracts/layout.ts";
import { FailureRecord, type RunRequest } from "../../../lib/contracts/run.ts";
import { RunConfig } from "../../../lib/contracts/run-config.ts";
import { prepareRequest, writeRequest } from "../../../lib/data/request.ts";
import { writeDocument } from "../../../lib/store/documents.ts";
import { openRooms, openStore } from "../../../lib/store/open.ts";
import { stubEnvironment } from "../../stub-environment.ts";
import { noServer, type S3Server, startS3Server } from "../../versitygw.ts";
import { mockAccount, outputsOf, REGION } from "./account.ts";

const STAGE = "dev";
const { IncomingBucket, RunsBucket } = outputsOf("data", STAGE);
const MACHINE = outputsOf("training", STAGE).StateMachine!;
const config = RunConfig.parse({ name: "small", model: { network: "densenet-mini" } });
const START = Date.parse("2026-11-20T10:00:00Z");
const after = (seconds: number): Date => new Date(START + seconds * 1000);

const entered = (name: string, seconds: number): HistoryEvent => ({
  id: seconds * 10,
  type: "TaskStateEntered",
  timestamp: after(seconds),
  stateEnteredEventDetails: { name },
});
const ended = (name: string, seconds: number): HistoryEvent => ({
  id: seconds * 10 + 9,
  type: "TaskStateExited",
  timestamp: after(seconds),
  stateExitedEventDetails: { name },
});
const failed = (seconds: number): HistoryEvent => ({
  id: seconds * 10 + 5,
  type: "TaskFailed",
  timestamp: after(seconds),
  taskFailedEventDetails: {
    resourceType: "batch",
    resource: "submitJob.sync",
    error: "States.TaskFailed",
    cause: "{}",
  },
});
const executionFailed = (seconds: number): HistoryEvent => ({
  id: seconds * 10 + 6,
  type: "ExecutionFailed",
  timestamp: after(seconds),
  executionFailedEventDetails: { error: "States.TaskFailed", cause: "{}" },
});
const submitted = (seconds: number, JobId: string): HistoryEvent => ({
  id: seconds * 10 + 1,
  type: "TaskSubmitted",
  timestamp: after(seconds),
  taskSubmittedEventDetails: { resourceType: "batch", resource: "submitJob.sync", output: JSON.stringify({ JobId }) },
});

const redriven = (seconds: number): HistoryEvent => ({
  id: seconds * 10 + 7,
  type: "ExecutionRedriven",
  timestamp: after(seconds),
  executionRedrivenEventDetails: { redriveCount: 1 },
});

const JOB = { jobId: "job-1", jobName: "t", jobQueue: "q", jobDefinition: "d", startedAt: 0 };

const progress = JSON.stringify({
  event: "progress",
  step: "train",
  done: 600,
  total: 1200,
  unit: "images",
  rate: 13.6,
  secondsLeft: 44,
});

let server: S3Server;
let request: RunRequest;
let account: ReturnType<typeof mockAccount>;
const mockMachine = () => mockClient(SFNClient);
let machine: ReturnType<typeof mockMachine>;
let err: string;
let out: string;

describe.skipIf(noServer)("a run on a deployed stage", () => {
  beforeAll(async () => {
    server = await startS3Server();
    stubEnvironment(server.environment);
    vi.stubEnv("AWS_REGION", REGION);
    const incoming = await server.bucket(IncomingBucket!);
    await server.bucket(RunsBucket!);
    await openStore(incoming).put("films/train.csv", Buffer.from("Path,Sex\nCheXpert/a.jpg,Male\n"));
    request = await prepareRequest(`${incoming}/films`, config);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.stop();
  });
  beforeEach(() => {
    account = mockAccount(STAGE);
    machine = mockMachine();
    [err, out] = ["", ""];
    vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      err += text;
      return true;
    });
    vi.spyOn(console, "error").mockImplementation((text) => {
      err += `${text}\n`;
    });
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      out += text;
      return true;
    });
    vi.spyOn(console, "log").mockImplementation((text) => {
      out += `${text}\n`;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    machine.restore();
    account.restore();
  });

  const arn = (attempt: number) =>
    `${MACHINE.replace(":stateMachine:", ":execution:")}:${request.fingerprint}-${attempt}`;
  const execution = (attempt: number, status: "RUNNING" | "FAILED" | "SUCCEEDED", run = request.run) => ({
    executionArn: arn(attempt),
    stateMachineArn: MACHINE,
    name: `${request.fingerprint}-${attempt}`,
    status,
    startDate: after(0),
    ...(status !== "RUNNING" && { stopDate: after(200) }),
    input: JSON.stringify({ run }),
  });
  const start = () =>
    startStageRun({
      stage: STAGE,
      data: request.data,
      config,
      signal: new AbortController().signal,
      intervalMs: 1,
    });

  const call = (...args: string[]) => createProgram().parseAsync([...args, "--stage", STAGE], { from: "user" });

  test("is named as newly arrived films' are, past names that are taken; drawn as it goes; its failure is its kind's", async () => {
    const runs = openStore(`s3://${RunsBucket}`);
    const failure = {
      schema: "hilum.failure/1" as const,
      step: "train",
      code: "labels",
      message: "train.csv line 2: no",
      exitCode: 64,
      at: after(190).toISOString(),
    };
    let looks = 0;
    machine
      .on(DescribeExecutionCommand, { executionArn: arn(1) })
      .resolves(execution(1, "RUNNING", "another-run"))
      .on(DescribeExecutionCommand, { executionArn: arn(2) })
      .resolves(execution(2, "FAILED"))
      .on(DescribeExecutionCommand, { executionArn: arn(3) })
      .callsFake(async () => {
        looks += 1;
        if (looks === 1) throw new ExecutionDoesNotExist({ message: "none", $metadata: {} });
        if (looks < 4) return execution(3, "RUNNING");
        await writeDocument(runs, runKeys(request.run).failure("train"), FailureRecord, failure);
        return execution(3, "FAILED");
      })
      .on(StartExecutionCommand, { name: `${request.fingerprint}-1` })
      .rejects(new ExecutionAlreadyExists({ message: "taken", $metadata: {} }))
      .on(StartExecutionCommand, { name: `${request.fingerprint}-3` })
      .resolves({ executionArn: arn(3), startDate: after(0) });
    const events = [entered("validate", 1), ended("validate", 3), entered("train", 10), submitted(11, "job-1")];
    machine
      .on(GetExecutionHistoryCommand)
      .resolvesOnce({ events })
      .resolvesOnce({ events })
      .resolves({ events: [...events, failed(190), executionFailed(190)] });
    account.batch
      .on(DescribeJobsCommand)
      .resolvesOnce({ jobs: [{ ...JOB, status: "RUNNABLE" }] })
      .resolves({
        jobs: [
          {
            ...JOB,
            status: "RUNNING",
            container: { logStreamName: "train/default/1" },
          },
        ],
      });
    const logs = mockClient(CloudWatchLogsClient);
    logs.on(FilterLogEventsCommand).resolves({
      events: [{ eventId: "1", timestamp: START, logStreamName: "train/default/1", message: "a line of the program" }],
    });
    await expect(start()).rejects.toMatchObject({ exitCode: 64, message: "train.csv line 2: no" });
    logs.restore();
    expect(machine.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input)).toEqual(
      [1, 3].map((attempt) => ({
        stateMachineArn: MACHINE,
        name: `${request.fingerprint}-${attempt}`,
        input: JSON.stringify({ run: request.run }),
      })),
    );
    expect(await runs.head(runKeys(request.run).request)).toBeDefined();
    expect(err.split("\n")).toEqual([
      `Run ${request.run} on stage dev`,
      "validate   done  2.0 s",
      "train      waits for a machine",
      "train      a line of the program",
      "train      failed  3 min 00 s",
      "",
    ]);
  });

  test("is listed as those on this machine are, and its page is written beside the report on request", async () => {
    const runs = openStore(`s3://${RunsBucket}`);
    await writeRequest(openRooms(await stageRooms(STAGE)), request);
    const { page } = runKeys(request.run);
    await call("runs", "list", "--json");
    expect(JSON.parse(out).runs).toContainEqual(expect.objectContaining({ run: request.run }));
    out = "";
    await call("runs", "export", request.run);
    expect(out).toBe(`s3://${RunsBucket}/${page}\n`);
    expect(await runs.head(page)).toBeDefined();
  });

  test("takes films of the incoming bucket alone, and says how they get there", async () => {
    const signal = new AbortController().signal;
    const run = startStageRun({ stage: STAGE, data: "file:///films", config, signal });
    await expect(run).rejects.toThrow(`aws s3 cp --recursive FOLDER s3://${IncomingBucket}/NAME`);
  });

  test("status draws how far it has come, and lists the newest", async () => {
    machine
      .on(ListExecutionsCommand)
      .resolves({ executions: [execution(2, "RUNNING"), execution(1, "FAILED", "another-run")] as never })
      .on(DescribeExecutionCommand, { executionArn: arn(2) })
      .resolves(execution(2, "RUNNING"))
      .on(DescribeExecutionCommand, { executionArn: arn(1) })
      .resolves(execution(1, "FAILED", "another-run"))
      .on(GetExecutionHistoryCommand)
      .resolves({ events: [entered("prepare", 1), ended("prepare", 65), entered("merge", 66)] });
    await call("status", request.run);
    expect(out).toMatch(/^prepare {4}done {2}1 min 04 s\nmerge {6}running {2}\d.*\nrun {8}running/);
    out = "";
    await call("status");
    expect(out).toContain(`${request.run}  2026-11-20 10:00  running`);
    expect(out).toContain("another-run  2026-11-20 10:00  failed  3 min 20 s");
    await expect(call("status", "no-such-run")).rejects.toMatchObject({ exitCode: 64, code: "no-such-run" });
  });

  test("status of a failed run says why, where its log is, and how to go on from there", async () => {
    const cause = JSON.stringify({
      Attempts: [{ Container: { LogStreamName: "train/default/2" } }],
      Container: { Reason: "OutOfMemoryError: Container killed due to memory usage", ExitCode: 137 },
    });
    const taskFailed = failed(100);
    machine
      .on(ListExecutionsCommand)
      .resolves({ executions: [execution(2, "FAILED", "redriven-1")] as never })
      .on(DescribeExecutionCommand)
      .resolves(execution(2, "FAILED", "redriven-1"))
      .on(GetExecutionHistoryCommand)
      .resolves({
        events: [
          ...[entered("train", 1), failed(20), executionFailed(20), redriven(50)],
          { ...taskFailed, taskFailedEventDetails: { ...taskFailed.taskFailedEventDetails!, cause } },
          executionFailed(100),
        ],
      });
    await writeRequest(openRooms(await stageRooms(STAGE)), { ...request, run: "redriven-1" });
    await call("status", "redriven-1");
    expect(out.trimEnd().split("\n")).toEqual([
      "train      failed  19 s",
      "train      failed  50 s",
      "run        failed  3 min 20 s",
      "why        train: it needed more memory than its job definition gives (OutOfMemoryError: Container killed due to memory usage)",
      expect.stringMatching(/^log {8}https:.*\$252Fhilum\$252Fdev\$252Ftrain\/log-events\/train\$252Fdefault\$252F2$/),
      `go on      aws stepfunctions redrive-execution --execution-arn ${arn(2)}`,
    ]);
  });

  test("logs shows the step that failed, from its own job, as people read it", async () => {
    machine
      .on(ListExecutionsCommand)
      .resolves({ executions: [execution(2, "FAILED")] as never })
      .on(DescribeExecutionCommand)
      .resolves(execution(2, "FAILED"))
      .on(GetExecutionHistoryCommand)
      .resolves({
        events: [
          ...[entered("upsample", 0), ended("upsample", 1)],
          ...[entered("train", 1), submitted(2, "job-1"), failed(100), executionFailed(100)],
        ],
      });
    account.batch.on(DescribeJobsCommand).resolves({
      jobs: [
        {
          ...JOB,
          status: "FAILED",
          attempts: ["1", "2"].map((n) => ({ container: { logStreamName: `train/default/${n}` } })),
        },
      ],
    });
    const logs = mockClient(CloudWatchLogsClient);
    logs.on(FilterLogEventsCommand).resolves({
      events: [
        { eventId: "2", timestamp: START + 2000, logStreamName: "train/default/2", message: `${progress}\n` },
        { eventId: "1", timestamp: START + 1000, logStreamName: "train/default/1", message: "not JSON" },
      ],
    });
    await call("logs", request.run);
    expect(logs.commandCalls(FilterLogEventsCommand)[0]!.args[0].input).toMatchObject({
      logGroupName: "/hilum/dev/train",
      logStreamNames: ["train/default/1", "train/default/2"],
      startTime: after(1).getTime(),
    });
    logs.restore();
    expect(out.split("\n")).toEqual(["10:00:01  not JSON", "10:00:02  600/1,200 images, 14 images/s, 44 s left", ""]);
    await expect(call("logs", request.run, "evaluate")).rejects.toThrow("expected one of upsample, train");
  });

  test("nothing deployed is wrong input", async () => {
    account.restore();
    account = mockAccount("other");
    account.stacks.onAnyCommand().rejects(new Error("Stack with id hilum-dev-data does not exist"));
    await expect(call("status")).rejects.toMatchObject({ exitCode: 64, code: "not-deployed" });
  });
});
