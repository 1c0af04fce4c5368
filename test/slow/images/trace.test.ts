import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { MachineOptions } from "../../../lib/local/machine.ts";
import type { Definition, TaskState } from "../../../lib/workflow/asl.ts";
import { DEFINITION } from "../../../lib/workflow/definition.ts";
import { JOBS } from "../../../lib/workflow/jobs.ts";
import { standInBase } from "../../images/base.ts";
import { IMAGES_TIMEOUT_MS, image } from "../../images/build.ts";
import { inContainers } from "../../images/in-containers.ts";
import { noPodman } from "../../images/podman.ts";
import { from, path, runStandIn, type StandIn, type StandInRun } from "../../lib/local/stand-in.ts";

const FIXTURES = new URL("../../fixtures/steps/", import.meta.url);

/** Where the stand-ins' programs stand in a container; Node 24 reads their types away by itself. */
const STEPS = "/steps/";

interface Scenario {
  readonly plan?: StandIn;
  readonly definition?: Definition;
  readonly jobs?: MachineOptions["jobs"];
  /** The states that it goes through, by name: the last ones are enough. */
  readonly ends: readonly string[];
  readonly retried?: readonly string[];
}

const FUNCTIONS = ["validate", "plan", "merge", "gate", "promote"];
const JOB_NAMES = ["prepare", "upsample", "train", "evaluate"];
const HANG_SECONDS = 8;

const impatient: Definition["States"] = {
  merge: { ...(DEFINITION.States.merge as TaskState), TimeoutSeconds: HANG_SECONDS },
};

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  success: { ends: ["evaluate", "gate", "choose-promotion", "promote", "notify", "succeeded"] },
  "arrays of jobs": {
    plan: { plan: [{ prepareJobs: 2, trainJobs: 2 }] },
    ends: [
      ...["plan", "choose-prepare", "prepare-array", "merge", "upsample", "choose-train", "train-array", "evaluate"],
      ...["gate", "choose-promotion", "promote", "notify", "succeeded"],
    ],
  },
  "a gate that refuses": {
    plan: { gate: [{ decision: "keep" }] },
    definition: from("gate"),
    ends: ["gate", "choose-promotion", "keep", "notify", "succeeded"],
  },
  ...Object.fromEntries([
    ...FUNCTIONS.map((step) => [
      `wrong input to function ${step}`,
      { plan: { [step]: [{ throws: "InputError" }] }, definition: from(step), ends: [step] },
    ]),
    ...JOB_NAMES.map((step) => [
      `wrong input to job ${step}`,
      { plan: { [step]: [64] }, definition: from(step), ends: [step] },
    ]),
  ]),
  "a job that is tried again": {
    plan: { evaluate: [75, 0] },
    definition: from("evaluate"),
    ends: ["evaluate", "gate", "choose-promotion", "promote", "notify", "succeeded"],
    retried: ["evaluate - 75"],
  },
  "a function that is tried again": {
    plan: { promote: [{ throws: "TemporaryError" }, {}] },
    definition: from("promote"),
    ends: ["promote", "notify", "succeeded"],
  },
  "a member of an array that fails": {
    plan: { plan: [{ prepareJobs: 1, trainJobs: 2 }], "train:1": [64] },
    definition: from("plan"),
    ends: ["choose-train", "train-array"],
  },
  "a job that runs out of time": {
    plan: { evaluate: ["hang"] },
    definition: from("evaluate"),
    jobs: { ...JOBS, evaluate: { ...JOBS.evaluate, timeoutSeconds: HANG_SECONDS } },
    ends: ["evaluate"],
  },
  "a function that runs out of time": {
    plan: { merge: ["hang"] },
    definition: from("merge", impatient),
    ends: ["merge"],
  },
  "a function whose process dies": {
    plan: { merge: ["dies"] },
    definition: from("merge"),
    ends: ["merge"],
  },
};

describe.skipIf(noPodman)(`the state machine in containers${noPodman ? `: ${noPodman}` : ""}`, () => {
  let base: string;
  let lambdaImage: string;
  beforeAll(async () => {
    base = await standInBase();
    lambdaImage = await image("api");
  }, IMAGES_TIMEOUT_MS);

  const contained = (folder: string) =>
    inContainers({
      job: (program) => ({ image: base, args: ["node", program.replace(fileURLToPath(FIXTURES), STEPS)] }),
      lambdaImage,
      code: async (module) => `export * from "${module.replace(FIXTURES.href, `file://${STEPS}`)}";`,
      volumes: [`${fileURLToPath(FIXTURES)}:${STEPS}:ro`, `${folder}:${folder}`],
    });

  it.each(Object.entries(SCENARIOS))("goes the same way as with processes: %s", async (_, scenario) => {
    const { plan = {}, definition, jobs, ends, retried = [] } = scenario;
    const options = { ...(definition && { definition }), ...(jobs && { jobs }) };
    const processes = await runStandIn(plan, options);
    const containers = await runStandIn(plan, { ...options, inFolder: contained });
    expect(path(processes.result).slice(-ends.length)).toEqual(ends);
    expect(containers.result.trace).toEqual(processes.result.trace);
    expect(told(containers)).toEqual(told(processes));
    expect(containers.heard.filter((text) => !text.startsWith("line "))).toEqual(
      processes.heard.filter((text) => !text.startsWith("line ")),
    );
    expect(containers.heard.filter((text) => text.startsWith("retried "))).toEqual(
      retried.map((text) => `retried ${text}`),
    );
  });
});

/** Starts of programs and calls of functions in order, and the failure's name and exit code. */
function told({ log, result }: StandInRun): unknown {
  const starts = log.flatMap((line) => (/SIGTERM|failed/.test(line) ? [] : [line.replace(/ pid=\d+/, "")]));
  if (result.status !== "failed") return { starts };
  const { Error: error, Cause: cause = "" } = result.error;
  // Of a job its details; what a runtime says of its own end is its own.
  const { Container, Attempts, StatusReason } = cause.startsWith("{") ? JSON.parse(cause) : {};
  return { starts, step: result.step, error, Container, attempts: Attempts?.length, StatusReason };
}
