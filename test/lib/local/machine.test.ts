import { expect, test } from "vitest";
import { from, path, runStandIn } from "./stand-in.ts";

const SUCCESS = [
  ...["validate", "plan", "choose-prepare", "prepare", "merge", "upsample", "choose-train", "train", "evaluate"],
  ...["gate", "choose-promotion", "promote", "notify", "succeeded"],
];

test("a run goes through every step and ends promoted", async () => {
  const { result, log, heard } = await runStandIn();
  expect(result.status).toBe("succeeded");
  expect(path(result)).toEqual(SUCCESS);
  expect(log.map((line) => line.replace(/pid=\d+/, "pid"))).toEqual([
    'validate {"run":"demo-1"}',
    'plan {"run":"demo-1"}',
    "prepare run=demo-1 attempt=1 index=- pid",
    'merge {"run":"demo-1"}',
    "upsample run=demo-1 attempt=1 index=- pid",
    "train run=demo-1 attempt=1 index=- pid",
    "evaluate run=demo-1 attempt=1 index=- pid",
    'gate {"run":"demo-1"}',
    'promote {"run":"demo-1"}',
    'notify {"run":"demo-1"}',
  ]);
  expect(heard.filter((text) => text.includes("train"))).toEqual([
    "started train x1",
    'line train - {"event":"note","step":"train","level":"info","message":"at work"}',
    "ended train done",
  ]);
});

test("a gate that refuses keeps the model in production", async () => {
  const { result, log } = await runStandIn({ gate: [{ decision: "keep" }] }, { definition: from("gate") });
  expect(result.status).toBe("succeeded");
  expect(path(result).slice(-5)).toEqual(["gate", "choose-promotion", "keep", "notify", "succeeded"]);
  expect(log.join("\n")).not.toContain("promote");
});

test("more than one part and member take the array branches", async () => {
  const { result, log, heard } = await runStandIn({ plan: [{ prepareJobs: 3, trainJobs: 2 }] });
  expect(path(result).filter((state) => /prepare|train/.test(state))).toEqual([
    ...["choose-prepare", "prepare-array", "choose-train", "train-array"],
  ]);
  const members = log
    .filter((line) => /^(prepare|train)/.test(line))
    .map((line) => line.match(/^\w+|index=\d/g)!.join());
  expect(members).toEqual(["prepare,index=0", "prepare,index=1", "prepare,index=2", "train,index=0", "train,index=1"]);
  expect(heard).toContain("started prepare-array x3");
});

test.each(["validate", "plan", "merge", "gate", "promote", "notify"])(
  "a failure in function %s is the last that happens, and told with it",
  async (step) => {
    const { result, log } = await runStandIn({ [step]: [{ throws: "InputError" }] }, { definition: from(step) });
    expect(path(result).at(-1)).toBe(step);
    expect(result).toMatchObject({ status: "failed", step, error: { Error: "InputError" } });
    // The function was called once: wrong input is not tried again.
    expect(log).toEqual([`${step} {"run":"demo-1"}`]);
    const { error } = result as Extract<typeof result, { status: "failed" }>;
    expect(JSON.parse(error.Cause!)).toMatchObject({ errorMessage: `${step} is told to fail` });
  },
);

test.each(["prepare", "upsample", "train", "evaluate"])(
  "a failure in job %s is the last that happens, and told with what Batch tells",
  async (step) => {
    const { result, log } = await runStandIn({ [step]: [64] }, { definition: from(step) });
    expect(path(result).at(-1)).toBe(step);
    expect(result).toMatchObject({ status: "failed", step, error: { Error: "States.TaskFailed" } });
    expect(log).toHaveLength(1);
    const { error } = result as Extract<typeof result, { status: "failed" }>;
    expect(JSON.parse(error.Cause!)).toMatchObject({
      JobName: `demo-1-${step}`,
      Status: "FAILED",
      Container: { ExitCode: 64 },
    });
  },
);

test("a function that fails after it was tried again is told as what it failed with last", async () => {
  const { result } = await runStandIn(
    { promote: [{ throws: "TemporaryError" }, { throws: "InputError" }] },
    { definition: from("promote") },
  );
  expect(result).toMatchObject({ status: "failed", step: "promote", error: { Error: "InputError" } });
});

test("exit code 75 is tried again by Batch, and the state machine sees one success", async () => {
  const { result, log, heard } = await runStandIn({ train: [75, 0] }, { definition: from("train") });
  expect(path(result)).toEqual(SUCCESS.slice(SUCCESS.indexOf("train")));
  expect(log.filter((line) => line.startsWith("train")).map((line) => line.match(/attempt=\d/)![0])).toEqual([
    ...["attempt=1", "attempt=2"],
  ]);
  expect(heard).toContain("retried train - 75");
  expect(result.trace.filter((event) => event.startsWith("StateRetried"))).toEqual([]);
});

test("a function's temporary error is tried again by the state machine", async () => {
  const { result } = await runStandIn({ promote: [{ throws: "TemporaryError" }, {}] }, { definition: from("promote") });
  expect(result.trace.filter((event) => event.endsWith(" promote"))).toEqual([
    ...["StateEntered promote", "StateFailed promote", "StateRetried promote", "StateExited promote"],
  ]);
  expect(result.status).toBe("succeeded");
});

test("a function's process that dies is a failure of its step", async () => {
  const { result } = await runStandIn({ merge: ["dies"] }, { definition: from("merge") });
  const Cause = expect.stringContaining('"errorMessage":"Runtime exited with error: ');
  expect(result).toMatchObject({ status: "failed", step: "merge", error: { Error: "Runtime.ExitError", Cause } });
});
