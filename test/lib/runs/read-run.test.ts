import { beforeEach, describe, expect, test } from "vitest";
import { GateDecision } from "../../../lib/contracts/decision.ts";
import { Lease } from "../../../lib/contracts/lease.ts";
import { summarise } from "../../../lib/runs/list-runs.ts";
import { type RunView, readRun } from "../../../lib/runs/read-run.ts";
import { removeRun } from "../../../lib/runs/remove-run.ts";
import { writeDocument } from "../../../lib/store/documents.ts";
import { openStore } from "../../../lib/store/open.ts";
import { SELF } from "../../../lib/store/process-identity.ts";
import type { Store } from "../../../lib/store/store.ts";
import { minute, plannedRun, storedRun } from "./stored-run.ts";

const RUN = "test-0123abcd";

let runs: Store;
let stored: ReturnType<typeof storedRun>;

const read = () => readRun(runs, RUN);
const statuses = ({ states }: RunView) => Object.fromEntries(states.map(({ state, status }) => [state, status]));
const stateOf = (view: RunView, name: string) => view.states.find(({ state }) => state === name)!;

const planned = (prepareJobs: number, trainJobs = 1) => plannedRun(runs, RUN, { prepareJobs, trainJobs });

const runner = (changes: Partial<Lease> = {}) =>
  writeDocument(runs, stored.keys.runner, Lease, {
    ...{
      schema: "hilum.lease/1",
      token: "1",
      owner: SELF,
      takenAt: minute(0),
      renewedAt: new Date().toISOString(),
      endedAt: null,
    },
    ...changes,
  });

const finishData = async (jobs: number) => {
  await stored.done("validate", 1);
  await stored.done("plan", 2);
  await planned(jobs);
  for (let index = 0; index < jobs; index += 1) await stored.done("prepare", 3, index);
  await stored.done("merge", 5);
  await stored.done("upsample", 6);
};

beforeEach(async () => {
  runs = openStore(`memory://runs-${Math.random()}`);
  stored = storedRun(runs, RUN);
  await stored.request();
});

describe("a run", () => {
  test("that has a request alone waits at its first state", async () => {
    const view = await read();
    expect(view).toMatchObject({ status: "waiting", seconds: null, figures: null, failure: null });
    expect(new Set(Object.values(statuses(view)))).toEqual(new Set(["pending"]));
  });

  test("at work on this machine: known by its runner, with the way it took and the ways it will not", async () => {
    await finishData(2);
    await runner();
    await stored.progress("train", 8, {
      index: 0,
      owner: SELF,
      starts: 3,
      progress: { done: 5, total: 9, unit: "images", rate: 2, secondsLeft: 2, figures: { loss: 0.5 } },
    });
    await stored.failed("train", 7, 0);
    const view = await read();
    expect(view.status).toBe("running");
    expect(statuses(view)).toMatchObject({
      ...{ validate: "done", "choose-prepare": "done", prepare: "skipped", "prepare-array": "done" },
      ...{ "choose-train": "done", train: "running", "train-array": "skipped", evaluate: "pending", keep: "pending" },
    });
    expect(view.edges.filter(({ taken }) => taken).map(({ to }) => to)).toEqual([
      ...["plan", "choose-prepare", "prepare-array", "merge", "upsample", "choose-train", "train"],
    ]);
    expect(stateOf(view, "prepare-array").members).toHaveLength(2);
    const [member] = stateOf(view, "train").members;
    expect(member).toMatchObject({ status: "running", starts: 3, progress: { done: 5 }, failure: { code: "csv" } });
  });

  test("whose runner was killed, or is silent on another machine, is stopped", async () => {
    await finishData(1);
    await stored.progress("train", 8, { index: 0 });
    for (const changes of [
      { owner: { ...SELF, boot: "before" } },
      { owner: { ...SELF, host: "elsewhere" }, renewedAt: minute(0) },
    ]) {
      await runner(changes);
      const view = await read();
      expect(view.status).toBe("stopped");
      expect(stateOf(view, "train").status).toBe("stopped");
    }
  });

  test("in a cloud is known by what its steps write", async () => {
    await finishData(1);
    await stored.progress("train", 8, { index: 0, at: new Date().toISOString() });
    expect((await read()).status).toBe("running");
    await stored.progress("train", 8, { index: 0 });
    expect((await read()).status).toBe("waiting");
  });

  test("that failed tells the step and why, and may go on there; taken up again it runs", async () => {
    await finishData(1);
    await stored.progress("train", 7, { index: 0, endedAt: minute(9) });
    await stored.failed("train", 9, 0);
    await stored.ended("failed", 10, "train");
    const view = await read();
    expect(view).toMatchObject({ status: "failed", failure: { step: "train", code: "csv" } });
    expect(view.failure!.message).toContain("train.csv line 12");
    expect(statuses(view)).toMatchObject({ upsample: "done", train: "failed", evaluate: "pending" });
    expect(view.edges).toContainEqual({ from: "train", to: "evaluate", kind: "next", taken: false });

    await runner();
    await stored.progress("train", 20, { index: 0, owner: SELF, starts: 2 });
    const again = await read();
    expect(again).toMatchObject({ status: "running", failure: null });
    expect(statuses(again)).toMatchObject({ train: "running", evaluate: "pending" });
  });

  test("whose step could not write why shows it all the same, until it is taken up again", async () => {
    await finishData(1);
    await stored.progress("train", 7, { index: 0 });
    await stored.ended("failed", 10, "train");
    const view = await read();
    expect(stateOf(view, "train").status).toBe("failed");
    expect(stateOf(view, "train").members[0]!.failure).toMatchObject({ code: "csv" });
    await stored.progress("train", 20, { index: 0, starts: 2 });
    expect(stateOf(await read(), "train").status).toBe("stopped");
  });

  test("one of whose array members failed waits for the others, then fails", async () => {
    await finishData(1);
    await planned(1, 2);
    await stored.done("train", 8, 0);
    await stored.failed("train", 9, 1);
    await runner();
    expect(stateOf(await read(), "train-array").status).toBe("running");
    await runner({ endedAt: minute(12) });
    const view = await read();
    expect(view.status).toBe("failed");
    expect(stateOf(view, "train-array").members.map(({ status }) => status)).toEqual(["done", "failed"]);
  });

  test("that was stopped says so, and at which state; not that it failed", async () => {
    await finishData(1);
    await runner({ endedAt: minute(9) });
    await stored.progress("train", 7, { index: 0, owner: SELF, endedAt: minute(9) });
    await stored.failed("train", 9, 0, { code: "stopped", exitCode: 75 });
    const view = await read();
    expect(view).toMatchObject({ status: "stopped", failure: null });
    expect(summarise(view)).toMatchObject({ status: "stopped", at: "train" });
    expect(stateOf(view, "train").members[0]).toMatchObject({ status: "stopped", failure: { code: "stopped" } });
    // A machine that is taken away more often than the job is tried again ends the run all the same.
    await stored.ended("failed", 10, "train");
    expect(statuses(await read())).toMatchObject({ train: "failed" });
  });

  test("that failed, was taken up again and killed is stopped: what it failed with once is past", async () => {
    await finishData(1);
    await stored.failed("train", 9, 0);
    await stored.ended("failed", 10, "train");
    await runner({ takenAt: minute(20), owner: { ...SELF, boot: "before" } });
    await stored.progress("train", 21, { index: 0, owner: { ...SELF, boot: "before" }, starts: 2, at: minute(25) });
    const view = await read();
    expect(view).toMatchObject({ status: "stopped", failure: null, seconds: 24 * 60 });
    expect(stateOf(view, "train").members[0]).toMatchObject({ status: "stopped", endedAt: minute(25) });
  });

  test("a state that finds fault with what another made, and takes it back, is the one that failed", async () => {
    await finishData(1);
    await stored.progress("prepare", 3, { index: 0, endedAt: minute(4) });
    await runs.delete(stored.keys.stepRecord("prepare", 0));
    await runs.delete(stored.keys.stepRecord("merge"));
    await stored.progress("merge", 4, { endedAt: minute(5) });
    await stored.failed("merge", 5);
    await stored.ended("failed", 5, "merge");
    const view = await read();
    expect(statuses(view)).toMatchObject({ prepare: "done", merge: "failed", upsample: "pending" });
    expect(summarise(view)).toMatchObject({ status: "failed", at: "merge" });
    // Taken up again, the first of them is done anew.
    await runner({ takenAt: minute(6) });
    await stored.progress("prepare", 7, { index: 0, owner: SELF, starts: 2 });
    expect(statuses(await read())).toMatchObject({ prepare: "running", merge: "pending" });
  });

  test("one of whose members was killed shows which, by the run's end", async () => {
    await finishData(1);
    await planned(1, 3);
    await stored.done("train", 8, 0);
    await stored.progress("train", 8, { index: 0, endedAt: minute(9) });
    await stored.progress("train", 9, { index: 1, at: minute(11) });
    await stored.ended("failed", 12, "train");
    const train = stateOf(await read(), "train-array");
    expect(train.status).toBe("failed");
    expect(train.members.map(({ status }) => status)).toEqual(["done", "failed", "pending"]);
    expect(train.members[1]!.failure).toMatchObject({ code: "csv" });
  });

  test("whose job never began, as where no machine is free, failed at that state", async () => {
    await finishData(1);
    await planned(1, 2);
    await stored.ended("failed", 12, "train");
    const train = stateOf(await read(), "train-array");
    expect([train.status, ...train.members.map(({ status }) => status)]).toEqual(["failed", "failed", "failed"]);
  });

  test("that is a copy of one at work does not run, though the other's runner does", async () => {
    await finishData(1);
    await stored.progress("train", 8, { index: 0, owner: SELF });
    await runner({ renewedAt: minute(9) });
    expect(await read()).toMatchObject({ status: "stopped" });
  });

  test("taken up again, what has not begun yet waits: how it ended before is told as that", async () => {
    await finishData(1);
    await stored.progress("train", 8, { index: 0, endedAt: minute(9), owner: SELF });
    await stored.failed("train", 9, 0);
    await runner({ takenAt: minute(20) });
    const train = stateOf(await read(), "train");
    expect(train.status).toBe("running");
    expect(train.members).toMatchObject([{ status: "pending", failure: { code: "csv" } }]);
  });

  test("says what it skipped when it was taken up again, and with what it goes on", async () => {
    const place = openStore(`memory://store-${Math.random()}/runs`);
    [runs, stored] = [place, storedRun(place, RUN)];
    await stored.request();
    await finishData(1);
    await runner({ takenAt: minute(6), endedAt: minute(9) });
    const view = await read();
    const earlier = view.states.filter(({ members }) => members.some((member) => member.earlier));
    expect(earlier.map(({ state }) => state)).toEqual(["validate", "plan", "prepare"]);
    expect(view).toMatchObject({ since: minute(6), status: "stopped", resumable: place.uri.replace(/.runs$/, "") });
    await stored.ended("not-promoted", 12);
    expect(await read()).toMatchObject({ status: "not-promoted", resumable: null });
  });

  test("that somebody stopped on a stage is stopped at once, until it is redriven", async () => {
    const recent = new Date().toISOString();
    await finishData(1);
    await stored.progress("train", 8, { index: 0, at: recent });
    expect(await read()).toMatchObject({ status: "running", resumable: null });
    await stored.ended("stopped", 9);
    const view = await read();
    expect(view).toMatchObject({ status: "stopped", failure: null, resumable: null });
    expect(statuses(view)).toMatchObject({ upsample: "done", train: "stopped" });
    await stored.progress("train", 10, { index: 0, at: recent, starts: 2 });
    expect(await read()).toMatchObject({ status: "running" });
  });

  test("with damaged documents is shown without what they tell, and names them", async () => {
    await finishData(1);
    await runs.put(stored.keys.evaluation, Buffer.from("{"));
    await runs.put(stored.keys.stepProgress("train", 0), Buffer.from('{"schema":"hilum.progress/0"}'));
    const view = await read();
    expect(statuses(view)).toMatchObject({ upsample: "done", train: "pending" });
    expect(view.figures).toBeNull();
    expect([...view.unreadable].sort()).toEqual([
      "evaluation.json: expected JSON",
      expect.stringMatching(/^progress.train-00000.json: schema: /),
    ]);
    await runs.put(stored.keys.request, Buffer.from("{"));
    await expect(read()).rejects.toMatchObject({ code: "document" });
    expect(await removeRun(runs, RUN)).toMatchObject({ stays: { model: null, dataset: null } });
    await expect(read()).rejects.toMatchObject({ code: "no-such-run" });
  });

  test.each([
    ["promote", "promoted", { promote: "done", keep: "skipped" }],
    ["keep", "not-promoted", { promote: "skipped", keep: "done" }],
  ] as const)("whose gate says %s ends %s", async (decision, status, expected) => {
    await finishData(1);
    await stored.done("train", 8, 0);
    await stored.done("evaluate", 9);
    await stored.done("gate", 10);
    const gate = {
      schema: "hilum.decision/1" as const,
      run: RUN,
      candidate: "a",
      champion: null,
      decision,
      checks: [],
    };
    await writeDocument(runs, stored.keys.decision, GateDecision, gate);
    if (decision === "promote") await stored.done("promote", 11);
    await stored.done("notify", 12);
    await stored.ended(status, 13);
    const view = await read();
    expect(view).toMatchObject({ status, seconds: 12 * 60 });
    expect(statuses(view)).toMatchObject({ ...expected, succeeded: "done" });
  });
});

test.each(["nobody-1", "../x", "", "a/b", "a\0b"])("no run %j", async (name) => {
  await expect(readRun(runs, name)).rejects.toMatchObject({ code: "no-such-run" });
});

test("of a name that is almost right those that begin like it are told", async () => {
  await expect(readRun(runs, "test")).rejects.toThrow(`is it ${RUN}?`);
  await expect(readRun(runs, "test-0123abce")).rejects.toThrow(`is it ${RUN}?`);
});
