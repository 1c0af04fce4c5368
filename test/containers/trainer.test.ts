import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type * as z from "zod";
import { runKeys } from "../../lib/contracts/layout.ts";
import { ProgressEvent } from "../../lib/contracts/progress.ts";
import { type RunRequest, StepRecord } from "../../lib/contracts/run.ts";
import type { RunConfig } from "../../lib/contracts/run-config.ts";
import { TrainingHistory } from "../../lib/contracts/training.ts";
import { buildNetwork } from "../../lib/model/networks.ts";
import { parametersOf } from "../../lib/model/parameters.ts";
import { readDocument } from "../../lib/store/documents.ts";
import { openRooms, roomsOf } from "../../lib/store/open.ts";
import { openCheckpoints } from "../../lib/training/checkpoint-store.ts";
import { decodeWeights } from "../../lib/training/weights-file.ts";
import { containerProgram } from "../container-program.ts";
import { preparedRun } from "./prepared-run.ts";

/** Long enough that a process is hit before its end. */
const EPOCHS = 6;
const CONFIG: z.input<typeof RunConfig> = {
  name: "trained",
  split: { train: 0.6, tuning: 0.2, calibration: 0.1, test: 0.1 },
  geometry: { size: 32 },
  model: { network: "densenet-mini", headWidth: 8 },
  training: {
    epochs: EPOCHS,
    leastOfEachClass: 1,
    batchSize: 8,
    learningRate: 0.002,
    movingAverage: 0.9,
    augment: { rotation: 5, scale: 0.1, shift: 0.1, contrast: 0.1 },
    checkpointEverySteps: 3,
    seeds: [1, 2],
    sweep: [{}, { epochs: 2 }],
  },
};

/** The trainer as the state machine starts it: a process of its own, over a store of its own. */
describe("trainer", () => {
  let folder: string;
  let request: RunRequest;
  const children = new Set<ChildProcess>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hilum-trainer-"));
    request = await preparedRun(folder, CONFIG, 70);
    const calm = start(await storeCalled("calm"));
    expect(await calm.ended, calm.output.text).toEqual({ code: 0, signal: null });
  });
  afterAll(async () => {
    for (const child of children) child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  async function storeCalled(name: string): Promise<string> {
    await cp(join(folder, "store"), join(folder, name), { recursive: true });
    return join(folder, name);
  }
  const runsOf = (store: string) => openRooms(roomsOf(store)).runs;
  const member = (index = 0) => runKeys(request.run).member(index);
  const weightsOf = async (store: string, index = 0) => Buffer.from(await runsOf(store).get(member(index).weights));

  function start(store: string, more: Readonly<Record<string, string>> = {}) {
    const child = spawn(process.execPath, containerProgram("trainer"), {
      env: { ...process.env, ...roomsOf(store), HILUM_RUN: request.run, ...more },
      stdio: ["ignore", "ignore", "pipe"],
    });
    children.add(child);
    const output = { text: "" };
    const begun = new Promise<void>((resolve) => {
      child.stderr.on("data", (piece: Buffer) => {
        output.text += piece.toString();
        if (output.text.includes('"progress"')) resolve();
      });
    });
    const ended = once(child, "close").then(([code, signal]) => {
      children.delete(child);
      return { code: code as number | null, signal: signal as string | null };
    });
    return { child, output, begun, ended };
  }

  test("leaves the best weights, its history and figures", async () => {
    const calm = join(folder, "calm");
    const { weights, metadata } = decodeWeights(await weightsOf(calm), "weights");
    const names = parametersOf(buildNetwork(request.config.model)).map(({ name }) => name);
    expect([...weights.keys()].sort()).toEqual(names.sort());
    const history = await readDocument(runsOf(calm), member().history, TrainingHistory);
    expect(history.epochs.length).toBe(EPOCHS);
    expect(history.stepLoss.length).toBe(history.epochs.at(-1)!.step);
    expect(metadata).toMatchObject({ network: "densenet-mini", seed: "1", epoch: String(history.bestEpoch) });
    const aurocs = history.epochs.map(({ tuningMeanAuroc }) => tuningMeanAuroc!);
    expect(aurocs[history.bestEpoch! - 1]).toBe(Math.max(...aurocs));
    const { summary } = await readDocument(runsOf(calm), runKeys(request.run).stepRecord("train", 0), StepRecord);
    expect(summary).toMatchObject({ epochs: EPOCHS, device: "cpu", bestTuningAuroc: Math.max(...aurocs) });
    expect(summary.imagesPerSecond).toBeGreaterThan(0);
  });

  test("killed once, asked to stop once, it ends with the bytes of an undisturbed one", async () => {
    const store = await storeCalled("disturbed");
    const killed = start(store);
    await killed.begun;
    await sleep(100);
    killed.child.kill("SIGKILL");
    expect(await killed.ended, killed.output.text).toEqual({ code: null, signal: "SIGKILL" });

    const stopped = start(store);
    await stopped.begun;
    stopped.child.kill("SIGTERM");
    expect(await stopped.ended, stopped.output.text).toEqual({ code: 75, signal: null });
    const { journal } = (await openCheckpoints(runsOf(store), member()).load())!;
    expect(stopped.output.text).toMatch(`training stopped after step ${journal.step} of `);

    const last = start(store);
    expect(await last.ended, last.output.text).toEqual({ code: 0, signal: null });
    expect(last.output.text).toContain(`going on from step ${journal.step} of `);
    expect((await weightsOf(store)).equals(await weightsOf(join(folder, "calm")))).toBe(true);
    const histories = [store, join(folder, "calm")].map((of) =>
      readDocument(runsOf(of), member().history, TrainingHistory),
    );
    const [disturbed, calm] = await Promise.all(histories);
    expect(disturbed!.stepLoss).toEqual(calm!.stepLoss);
  });

  test("a member that is trained is left alone; another member has another seed", async () => {
    const calm = join(folder, "calm");
    const before = await weightsOf(calm);
    const again = start(calm);
    const second = start(calm, { AWS_BATCH_JOB_ARRAY_INDEX: "1" });
    expect((await again.ended).code).toBe(0);
    expect(again.output.text).toContain("done already");
    expect(again.output.text).not.toContain('"progress"');
    expect((await second.ended).code, second.output.text).toBe(0);
    expect(await weightsOf(calm)).toEqual(before);
    expect((await weightsOf(calm, 1)).equals(before)).toBe(false);
    const other = await readDocument(runsOf(calm), member(1).history, TrainingHistory);
    expect([other.seed, other.epochs.length]).toEqual([2, 2]);
    const events = second.output.text.split("\n").filter((line) => line.startsWith('{"event"'));
    const parsed = events.map((line) => ProgressEvent.parse(JSON.parse(line)));
    expect(parsed.at(-1)).toMatchObject({ unit: "images", figures: { tuningAuroc: expect.any(Number) } });
  });

  test.each([
    ["a member without a seed", { AWS_BATCH_JOB_ARRAY_INDEX: "7" }, "member 7, expected an index below 2"],
    ["a GPU where there is none", { HILUM_DEVICE: "gpu", AWS_BATCH_JOB_ARRAY_INDEX: "1" }, "a GPU was asked for"],
  ])("%s is refused with 64", async (_, environment, message) => {
    const { ended, output } = start(join(folder, "store"), environment);
    expect((await ended).code, output.text).toBe(64);
    expect(output.text).toContain(message);
    expect(output.text).not.toMatch(/^\s+at /m);
  });
});
