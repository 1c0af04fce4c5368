import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { runKeys } from "../../../lib/contracts/layout.ts";
import { ProgressEvent } from "../../../lib/contracts/progress.ts";
import { FailureRecord, RunRequest, StepRecord } from "../../../lib/contracts/run.ts";
import { findDocument, readDocument, writeDocument } from "../../../lib/store/documents.ts";
import { openRooms, roomsOf } from "../../../lib/store/open.ts";

const program = fileURLToPath(new URL("./step-program.ts", import.meta.url));
const keys = runKeys("run-1");

async function newStore() {
  const folder = await mkdtemp(join(tmpdir(), "hilum-steps-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const environment = roomsOf(pathToFileURL(folder).href);
  const { runs } = openRooms(environment);
  await writeDocument(runs, keys.request, RunRequest, {
    schema: "hilum.request/1",
    run: "run-1",
    data: "file:///data",
    csv: ["train.csv"],
    fingerprint: "0".repeat(64),
    config: { name: "test", model: { network: "densenet-mini" } },
    createdAt: new Date().toISOString(),
  });
  return { environment, runs };
}

async function start(environment: Record<string, string>, onLine: (line: string, kill: () => void) => void = () => {}) {
  const child = spawn(process.execPath, ["--import", "tsx", program], {
    env: { ...process.env, HILUM_RUN: "run-1", AWS_BATCH_JOB_ARRAY_INDEX: "3", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    lines.push(line);
    onLine(line, () => child.kill("SIGTERM"));
  });
  const [exitCode] = await once(child, "close");
  return { exitCode, lines };
}

const noteIn = (line: string | undefined) => {
  const event = ProgressEvent.parse(JSON.parse(line ?? "null"));
  return event.event === "note" ? event : expect.unreachable();
};

describe("a step program", () => {
  test.each([
    ["input", 64, "csv", "train.csv line 2: wrong"],
    ["temporary", 75, "busy", "the service is busy"],
    ["full", 75, "enospc", "no space left on device"],
    ["bug", 1, "internal", "undefined is not a function"],
  ])("%s: exit %i, one note without a stack, and a record of why", async (work, exitCode, code, message) => {
    const { environment, runs } = await newStore();
    const ended = await start({ ...environment, TEST_WORK: work });
    expect(ended.exitCode).toBe(exitCode);
    expect(ended.lines).toHaveLength(1);
    expect(noteIn(ended.lines[0])).toEqual({ event: "note", step: "prepare", level: "error", message });
    expect(await readDocument(runs, keys.failure("prepare", 3), FailureRecord)).toMatchObject({
      step: "prepare",
      index: 3,
      code,
      message,
      exitCode,
    });
    expect(await findDocument(runs, keys.stepRecord("prepare", 3), StepRecord)).toBeUndefined();
  });

  test("tells the stack where it is asked for", async () => {
    const { environment } = await newStore();
    const { lines } = await start({ ...environment, TEST_WORK: "bug", HILUM_VERBOSE: "1" });
    expect(lines.join("\n")).toMatch(/TypeError: .*\n\s+at /);
  });

  test("works once: its record is what a second start finds, and an earlier failure is forgotten", async () => {
    const { environment, runs } = await newStore();
    await start({ ...environment, TEST_WORK: "temporary" });
    expect((await start(environment)).exitCode).toBe(0);
    const record = await readDocument(runs, keys.stepRecord("prepare", 3), StepRecord);
    expect(record).toMatchObject({ step: "prepare", index: 3, summary: { index: 3 } });
    expect(await findDocument(runs, keys.failure("prepare", 3), FailureRecord)).toBeUndefined();
    const again = await start({ ...environment, TEST_WORK: "bug" });
    expect([again.exitCode, noteIn(again.lines[0]).message]).toEqual([0, "done already"]);
    expect(await readDocument(runs, keys.stepRecord("prepare", 3), StepRecord)).toEqual(record);
  });

  test("SIGTERM stops it as something temporary", async () => {
    const { environment, runs } = await newStore();
    const ended = await start({ ...environment, TEST_WORK: "wait" }, (line, kill) => {
      if (line.includes("waiting")) kill();
    });
    expect(ended.exitCode).toBe(75);
    expect(noteIn(ended.lines.at(-1)).message).toBe("prepare: stopped by SIGTERM; start it again to go on");
    expect(await findDocument(runs, keys.failure("prepare", 3), FailureRecord)).toMatchObject({ code: "stopped" });
  });

  test("an environment that is wrong names every variable", async () => {
    const ended = await start({ HILUM_DATASETS: "nowhere", HILUM_RUNS: "", HILUM_MODELS: "file:///m" });
    expect(ended.exitCode).toBe(64);
    expect(noteIn(ended.lines[0]).message).toMatch(/^environment: HILUM_DATASETS: expected .*; HILUM_RUNS: expected /);
  });
});
