import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openExecutions } from "../../../functions/on-data/executions.ts";
import { handler } from "../../../functions/on-failure/handler.ts";
import { runKeys } from "../../../lib/contracts/layout.ts";
import { FailureRecord, RunOutcome } from "../../../lib/contracts/run.ts";
import { findDocument, writeDocument } from "../../../lib/store/documents.ts";
import { openStore, roomsOf } from "../../../lib/store/open.ts";
import type { Store } from "../../../lib/store/store.ts";
import { storedRun } from "../../lib/runs/stored-run.ts";
import { type Failed, type StepFunctions, startStepFunctions } from "../../step-functions.ts";
import { stubEnvironment } from "../../stub-environment.ts";

const RUN = "arrived-0123abcd";
const NAME = "fingerprint-1";
const keys = runKeys(RUN);
const BEGAN = Date.parse("2026-01-01T08:00:00Z") / 1000;

let steps: StepFunctions;
let folder: string;
let runs: Store;
let log: string;
beforeEach(async () => {
  steps = await startStepFunctions();
  folder = await mkdtemp(join(tmpdir(), "hilum-on-failure-"));
  const environment = { ...steps.environment, ...roomsOf(pathToFileURL(folder).href) };
  stubEnvironment(environment);
  vi.stubEnv("HILUM_STAGE", "test");
  vi.stubEnv("HILUM_STATE_MACHINE", steps.machine);
  runs = openStore(environment.HILUM_RUNS);
  log = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    log += text;
    return true;
  });
  await openExecutions(steps.machine).start(NAME, RUN);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await steps.stop();
  await rm(folder, { recursive: true, force: true });
});

const fails = async (failed: Partial<Failed>): Promise<void> => {
  steps.end(NAME, "FAILED", { state: "train", startedAt: BEGAN, error: "States.TaskFailed", ...failed });
  await handler(steps.statusChange(NAME));
};
const outcome = () => findDocument(runs, keys.outcome, RunOutcome);
const record = (step: string, second: number, message: string, index?: number) =>
  writeDocument(runs, keys.failure(step, index), FailureRecord, {
    ...{ schema: "hilum.failure/1", step, code: "test", message, exitCode: 64 },
    ...(index !== undefined && { index }),
    at: new Date((BEGAN + second) * 1000).toISOString(),
  });
const ended = (status: "promoted" | "failed") =>
  writeDocument(runs, keys.outcome, RunOutcome, {
    ...{ schema: "hilum.outcome/1", run: RUN, status, model: null, failure: null },
    at: "2026-01-01T09:00:00.000Z",
  });

describe("an execution that failed", () => {
  it("is told by what the failing step wrote: the first member's word of an array, of this execution", async () => {
    await record("train", -100, "of an attempt before", 0);
    await record("train", 20, "second", 2);
    await record("train", 10, "first", 5);
    await record("prepare", 1, "another step");
    await fails({ state: "train-array", cause: "{}" });
    expect(await outcome()).toMatchObject({ run: RUN, status: "failed", failure: { step: "train", message: "first" } });
  });

  it("is told by what Batch says where the step could not write, with the address of its log", async () => {
    const Container = { LogStreamName: "train/default/1", Reason: "OutOfMemoryError: Container killed", ExitCode: 137 };
    await fails({ cause: JSON.stringify({ Container, Attempts: [{ Container }] }) });
    const message = "train: it needed more memory than its job definition gives (OutOfMemoryError: Container killed)";
    expect(await outcome()).toMatchObject({ failure: { step: "train", code: "memory", message } });
    expect(log).toContain(message);
    expect(log).toContain(
      "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/" +
        "$252Fhilum$252Ftest$252Ftrain/log-events/train$252Fdefault$252F1",
    );
  });

  it("is told anew when it fails again after a redrive", async () => {
    await fails({ error: "States.Timeout" });
    expect(await outcome()).toMatchObject({ failure: { code: "timeout" } });
    await fails({ state: "evaluate", error: "States.Runtime", cause: "no such queue" });
    expect(await outcome()).toMatchObject({ failure: { step: "evaluate", message: "evaluate: no such queue" } });
  });
});

describe("an event that tells what is not so any more", () => {
  it("of an execution that was redriven or went well changes nothing", async () => {
    steps.end(NAME, "FAILED", { state: "train", startedAt: BEGAN, error: "States.TaskFailed" });
    const late = steps.statusChange(NAME);
    steps.redrive(NAME);
    await handler(late);
    steps.end(NAME, "SUCCEEDED");
    await handler(late);
    expect(await outcome()).toBeUndefined();
  });

  it("of a run that another execution has ended well leaves that as it is", async () => {
    await ended("promoted");
    await fails({});
    expect(await outcome()).toMatchObject({ status: "promoted" });
  });
});

const template = "<html><head></head></html>\n";
const page = async () => Buffer.from(await runs.get(keys.page)).toString();

describe("the page of a run that failed", () => {
  it("is written beside its report, and tells why", async () => {
    await storedRun(runs, RUN).request();
    await writeFile(join(folder, "run-page.html"), template);
    vi.stubEnv("HILUM_RUN_PAGE", join(folder, "run-page.html"));
    await record("train", 20, "disk is full");
    await fails({});
    expect(await page()).toMatch(
      /^<html><head><script type="application\/json" id="still-run">\{.*<\/script>\n<\/head><\/html>\n$/,
    );
    expect(await page()).toContain("disk is full");
  });

  it("holds nothing up where it cannot be written", async () => {
    vi.stubEnv("HILUM_RUN_PAGE", join(folder, "nowhere.html"));
    await fails({});
    expect(await outcome()).toMatchObject({ status: "failed" });
    expect(log).toContain(`the page of run ${RUN} was not written`);
  });
});

describe("an execution that somebody stopped", () => {
  const stops = async (): Promise<void> => {
    steps.end(NAME, "ABORTED");
    await handler(steps.statusChange(NAME));
  };

  it("has not failed, and may go on: it is stopped, on its page too", async () => {
    await storedRun(runs, RUN).request();
    await writeFile(join(folder, "run-page.html"), template);
    vi.stubEnv("HILUM_RUN_PAGE", join(folder, "run-page.html"));
    await stops();
    expect(await outcome()).toMatchObject({ status: "stopped", failure: null });
    expect(await page()).toContain('"status":"stopped"');
    expect(log).toBe("");
  });

  it("leaves a run that had ended well as it is", async () => {
    await ended("promoted");
    await stops();
    expect(await outcome()).toMatchObject({ status: "promoted" });
  });
});

it("refuses other events", async () => {
  await expect(handler({ "detail-type": "Scheduled Event", detail: {} })).rejects.toThrow("detail-type");
});
