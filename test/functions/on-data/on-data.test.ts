import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { handler } from "../../../functions/on-data/handler.ts";
import { handler as onFailure } from "../../../functions/on-failure/handler.ts";
import { executionName } from "../../../lib/contracts/arrivals.ts";
import { runKeys } from "../../../lib/contracts/layout.ts";
import { RunRequest } from "../../../lib/contracts/run.ts";
import { RunConfig } from "../../../lib/contracts/run-config.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { readDocument } from "../../../lib/store/documents.ts";
import { openStore } from "../../../lib/store/open.ts";
import { type Execution, type StepFunctions, startStepFunctions } from "../../step-functions.ts";
import { arrival, stubArrivals } from "./arrivals.ts";

const HEADER = `Path,Sex,Age,Frontal/Lateral,AP/PA,${OBSERVATIONS.join(",")}\n`;
/** After anything that these tests do. */
const LATER = "2999-01-01T00:00:00Z";
const SWEEP = { "detail-type": "Scheduled Event" };

let steps: StepFunctions;
let folder: string;
beforeEach(async () => {
  steps = await startStepFunctions();
  folder = await mkdtemp(join(tmpdir(), "hilum-on-data-"));
  stubArrivals(steps, pathToFileURL(folder).href);
});
afterEach(async () => {
  await steps.stop();
  await rm(folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

const incoming = (name: string) => openStore(`${process.env.HILUM_INCOMING}/${name}`);
const put = async (name: string, rows: string, header = HEADER) => {
  await incoming(name).put("train.csv", Buffer.from(header + rows));
  await incoming(name).put("_SUCCESS", Buffer.from(""));
};
const request = async (run: string) =>
  readDocument(openStore(process.env.HILUM_RUNS!), runKeys(run).request, RunRequest);
const runs = () => steps.executions.map(({ input }) => JSON.parse(input).run as string);

describe("on-data", () => {
  it("writes what the run is, then starts it under a name made of the data's fingerprint", async () => {
    await put("site a/2026-01", "");
    const [arrived] = await handler(arrival("site a/2026-01/_SUCCESS"));
    expect(arrived).toMatchObject({ outcome: "started", run: expect.stringMatching(/^arrived-[0-9a-f]{8}$/) });
    const { run } = arrived as { run: string };
    const written = await request(run);
    expect(written).toMatchObject({ run, csv: ["train.csv"] });
    expect(steps.executions).toEqual([
      {
        name: executionName({ fingerprint: written.fingerprint, attempt: 1 }),
        input: JSON.stringify({ run }),
        status: "RUNNING",
      },
    ]);
  });

  it("starts nothing twice, and keeps the first request", async () => {
    await put("films", "");
    await handler(arrival("films/_SUCCESS"));
    const before = await request(runs()[0]!);
    expect(await handler(arrival("films/_SUCCESS"))).toMatchObject([{ outcome: "waiting or done" }]);
    steps.end(steps.executions[0]!.name, "SUCCEEDED");
    expect(await handler(arrival("films/_SUCCESS", LATER))).toMatchObject([{ outcome: "waiting or done" }]);
    expect(await request(runs()[0]!)).toEqual(before);
    expect(steps.executions).toHaveLength(1);
  });

  it("gives a failed version another attempt when its marker is written again, and only then", async () => {
    await put("films", "");
    await handler(arrival("films/_SUCCESS"));
    steps.end(steps.executions[0]!.name, "ABORTED");
    await handler(arrival("films/_SUCCESS"));
    await handler(SWEEP);
    expect(steps.executions).toHaveLength(1);
    await handler(arrival("films/_SUCCESS", LATER));
    expect(steps.executions.map(({ name }) => name.slice(-2))).toEqual(["-1", "-2"]);
    expect(new Set(runs()).size).toBe(1);
  });

  it.each(["FAILED", "ABORTED"] as const)("lets the newest wait, which starts when the run has %s", async (status) => {
    await put("films", "");
    await handler(arrival("films/_SUCCESS"));
    for (const rows of ["a,Male,1,Frontal,AP,,,,,,,,,,,,,,\n", "b,Male,1,Frontal,AP,,,,,,,,,,,,,,\n"]) {
      await put("films", rows);
      await handler(arrival("films/_SUCCESS"));
    }
    expect(steps.executions).toHaveLength(1);
    const [{ name }] = steps.executions as [Execution];
    steps.end(name, status);
    await onFailure(steps.statusChange(name));
    expect(steps.executions).toHaveLength(2);
    const { csv, fingerprint } = await request(runs()[1]!);
    expect(csv).toEqual(["train.csv"]);
    expect(steps.executions[1]!.name).toBe(`${fingerprint}-1`);
    expect(await handler(arrival("films/_SUCCESS"))).toMatchObject([{ run: runs()[1], outcome: "waiting or done" }]);
    await onFailure(steps.statusChange(name));
    expect(steps.executions).toHaveLength(2);
  });

  it("waits for a failed run that was redriven as for any other", async () => {
    await put("films", "");
    await handler(arrival("films/_SUCCESS"));
    const [{ name }] = steps.executions as [Execution];
    steps.end(name, "FAILED");
    await onFailure(steps.statusChange(name));
    steps.redrive(name);
    await put("films", "a,Male,1,Frontal,AP,,,,,,,,,,,,,,\n");
    await handler(arrival("films/_SUCCESS"));
    expect(steps.executions).toHaveLength(1);
    steps.end(name, "SUCCEEDED");
    await handler(SWEEP);
    expect(steps.executions).toHaveLength(2);
  });

  it("finds by its sweep what no event told of, and what waits for a run that was stopped", async () => {
    await put("a", "");
    await put("b", "b,Male,1,Frontal,AP,,,,,,,,,,,,,,\n");
    await handler(SWEEP);
    expect(steps.executions).toHaveLength(2);
    await put("a", "a,Male,1,Frontal,AP,,,,,,,,,,,,,,\n");
    await handler(arrival("a/_SUCCESS"));
    expect(steps.executions).toHaveLength(2);
    for (const { name } of steps.executions) steps.end(name, "ABORTED");
    await handler(SWEEP);
    expect(steps.executions).toHaveLength(3);
    await handler(SWEEP);
    expect(steps.executions).toHaveLength(3);
  });

  it("takes another name where a run of the same data and another configuration has it", async () => {
    await put("films", "");
    await handler(arrival("films/_SUCCESS"));
    steps.end(steps.executions[0]!.name, "SUCCEEDED");
    const config = RunConfig.parse({ name: "other", model: { network: "vgg-mini" } });
    vi.stubEnv("HILUM_CONFIG", JSON.stringify(config));
    expect(await handler(arrival("films/_SUCCESS", LATER))).toMatchObject([{ outcome: "started" }]);
    expect(steps.executions.map(({ name }) => name.slice(-2))).toEqual(["-1", "-2"]);
    expect(runs()[1]).toMatch(/^other-/);
  });

  it.each([
    ["a folder without labels", "", "no CSV file there"],
    [
      "a header that lacks columns",
      "Path,Sex\n",
      "train.csv line 1: nearest to a plain table of films, but no column of an observation",
    ],
  ])("refuses %s, says why and starts nothing", async (_, header, reason) => {
    if (header === "") await incoming("films").put("_SUCCESS", Buffer.from(""));
    else await put("films", "", header);
    const [refused] = await handler(arrival("films/_SUCCESS"));
    expect(refused).toMatchObject({ outcome: "refused", reason: expect.stringContaining(reason) });
    expect(steps.executions).toEqual([]);
    await put("films", "");
    expect(await handler(arrival("films/_SUCCESS"))).toMatchObject([{ outcome: "started" }]);
  });

  it("tells what it can't take of one data set, and takes all others", async () => {
    await put("a", "");
    await incoming("b").put("_SUCCESS", Buffer.from(""));
    await put("c/d/e", "c,Male,1,Frontal,AP,,,,,,,,,,,,,,\n");
    await openStore(process.env.HILUM_RUNS!).put("_arrivals/damaged/pending.json", Buffer.from("{"));
    const outcomes = await handler(SWEEP);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(["refused", "refused", "started", "started"]);
    expect(JSON.stringify(outcomes)).toMatch(/no CSV file there.*damaged\/pending.json: expected JSON/);
  });

  it("goes on with the others where one fails, and then says so", async () => {
    await put("a", "");
    await handler(arrival("a/_SUCCESS"));
    await rm(fileURLToPath(`${process.env.HILUM_RUNS}/_arrivals`), { recursive: true });
    // Its name is taken by an execution that nobody of ours has started.
    Object.assign(steps.executions[0]!, { status: "ABORTED", input: "no JSON" });
    await put("b", "b,Male,1,Frontal,AP,,,,,,,,,,,,,,\n");
    await expect(handler(SWEEP)).rejects.toThrow("JSON");
    expect(steps.executions).toHaveLength(2);
  });

  it.each(["a\nb", "a/", "/", "..", "a/../b", "a\\b", "\u001b]0;x", "x".repeat(900)])(
    "leaves a folder named %j, and says why",
    async (name) => {
      const [refused] = await handler(arrival(`${name}/_SUCCESS`));
      expect(refused).toMatchObject({ outcome: "refused", reason: expect.stringContaining("left as it is") });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
      expect((refused as { reason: string }).reason).not.toMatch(/[\u0000-\u001f]/);
      expect(steps.executions).toEqual([]);
    },
  );

  it.each([
    ["an object that is no marker", "films/train.csv"],
    ["a marker of the whole bucket", "_SUCCESS"],
  ])("refuses an event about %s", async (_, key) => {
    await expect(handler(arrival(key))).rejects.toThrow("_SUCCESS");
  });
});
