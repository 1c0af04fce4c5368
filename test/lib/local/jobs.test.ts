import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import type { TaskState } from "../../../lib/workflow/asl.ts";
import { DEFINITION } from "../../../lib/workflow/definition.ts";
import { JOBS } from "../../../lib/workflow/jobs.ts";
import { from, readLog, runStandIn, type StandInRun } from "./stand-in.ts";

const pids = (log: readonly string[]): number[] => log.flatMap((line) => line.match(/(?<=pid=)\d+/)?.map(Number) ?? []);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie that its new parent has not collected yet is dead all the same.
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

const causeOf = ({ result }: StandInRun) =>
  result.status === "failed" ? JSON.parse(result.error.Cause ?? "") : expect.fail("expected a failure");

/** Seconds; long enough for the program to be up on a machine that is not overloaded. */
const LIMIT = 2;

const limited = (timeoutSeconds: number) => ({ ...JOBS, train: { ...JOBS.train, timeoutSeconds } });

describe("attempts", () => {
  test("end at the definition's number", async () => {
    const jobs = { ...JOBS, train: { ...JOBS.train, attempts: 2 } };
    const run = await runStandIn({ train: [75] }, { jobs, definition: from("train") });
    expect(causeOf(run)).toMatchObject({ Status: "FAILED", Attempts: [{}, {}], Container: { ExitCode: 75 } });
    expect(run.log.filter((line) => line.startsWith("train"))).toHaveLength(2);
  });

  test("a bug is not tried again", async () => {
    const run = await runStandIn({ train: [1] }, { definition: from("train") });
    expect(causeOf(run).Attempts).toHaveLength(1);
  });
});

describe("time-outs", () => {
  test("a job that takes too long gets SIGTERM, and is not tried again although it exits with 75", async () => {
    const run = await runStandIn({ train: ["hang"] }, { jobs: limited(LIMIT), definition: from("train") });
    const { StatusReason, Attempts, Container } = causeOf(run);
    expect(StatusReason).toBe("Job attempt duration exceeded timeout");
    expect(Attempts).toHaveLength(1);
    expect(Container.ExitCode).toBe(run.log.includes("train SIGTERM") ? 75 : 143);
    expect(pids(run.log).map(isAlive)).not.toContain(true);
  });

  test("one that does not listen gets SIGKILL", async () => {
    const options = { jobs: limited(LIMIT), graceMs: 300, definition: from("train") };
    const run = await runStandIn({ train: ["deaf"] }, options);
    expect(causeOf(run).Container.ExitCode).toBe(run.log.includes("train SIGTERM") ? 137 : 143);
    expect(pids(run.log).map(isAlive)).not.toContain(true);
  });

  test.each(["hang", "deaf"])(
    "a state that takes too long ends its job (%s) and fails with States.Timeout",
    async (job) => {
      const { train } = DEFINITION.States;
      const definition = from("train", { train: { ...(train as TaskState), TimeoutSeconds: LIMIT } });
      const { result, log } = await runStandIn({ train: [job] }, { definition, graceMs: 500 });
      expect(result).toMatchObject({ status: "failed", step: "train", error: { Error: "States.Timeout" } });
      expect(pids(log).map(isAlive)).not.toContain(true);
    },
  );

  test("a function that takes too long fails with States.Timeout", async () => {
    const { merge } = DEFINITION.States;
    const definition = from("merge", { merge: { ...(merge as TaskState), TimeoutSeconds: 1 } });
    const { result } = await runStandIn({ merge: ["hang"] }, { definition });
    expect(result).toMatchObject({ status: "failed", step: "merge", error: { Error: "States.Timeout" } });
  });
});

describe("arrays", () => {
  const definition = from("plan");
  const plan = [{ prepareJobs: 3, trainJobs: 1 }];

  test("a member that fails fails the array, and no more are started", async () => {
    const run = await runStandIn({ plan, "prepare:1": [64] }, { definition });
    expect(run.result).toMatchObject({ status: "failed", step: "prepare" });
    expect(causeOf(run)).toMatchObject({
      StatusReason: "Array Child Job failed",
      ArrayProperties: { Size: 3, StatusSummary: { SUCCEEDED: 1, FAILED: 1 } },
    });
  });

  test("each member has attempts of its own", async () => {
    const run = await runStandIn({ plan, "prepare:1": [75, 0] }, { definition });
    expect(run.result.status).toBe("succeeded");
    const members = run.log.flatMap(
      (line) =>
        line
          .match(/^prepare .*attempt=(\d) index=(\d)/)
          ?.slice(1)
          .join(":") ?? [],
    );
    expect(members).toEqual(["1:0", "1:1", "2:1", "1:2"]);
  });

  test("members run beside each other where that is asked for", async () => {
    const run = await runStandIn({ plan }, { definition, parallel: 3 });
    expect(run.result.status).toBe("succeeded");
    const members = run.log.flatMap((line) => line.match(/^prepare .*index=(\d)/)?.[1] ?? []);
    expect(members.sort()).toEqual(["0", "1", "2"]);
  });
});

describe("stopping", () => {
  test("ends the child, waits for it, and throws the reason", async () => {
    const controller = new AbortController();
    let log = "";
    const run = runStandIn(
      { train: ["hang"] },
      { definition: from("train"), signal: controller.signal, onLog: (file) => (log = file) },
    );
    await vi.waitFor(() => expect(readLog(log).join()).toContain("pid="), { timeout: 60_000, interval: 50 });
    controller.abort(new Error("stopped on request"));
    await expect(run).rejects.toThrow("stopped on request");
    expect(readLog(log)).toContain("train SIGTERM");
    // Nothing is told of a run that goes on later.
    expect(readLog(log).join()).not.toContain("notify");
    expect(pids(readLog(log)).map(isAlive)).toEqual([false]);
  });

  test("children end with a runner that is killed", async () => {
    const runner = fileURLToPath(new URL("../../fixtures/steps/runner.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", "tsx", runner], { stdio: ["ignore", "pipe", "inherit"] });
    const log = await new Promise<string>((resolve) =>
      child.stdout.once("data", (text) => resolve(String(text).trim())),
    );
    await vi.waitFor(() => expect(readLog(log).join()).toContain("pid="), { timeout: 60_000, interval: 50 });
    const [pid] = pids(readLog(log));
    expect(isAlive(pid!)).toBe(true);
    child.kill("SIGKILL");
    await vi.waitFor(() => expect(isAlive(pid!)).toBe(false), { timeout: 60_000, interval: 50 });
  });
});
