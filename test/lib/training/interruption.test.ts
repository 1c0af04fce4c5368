import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runKeys } from "../../../lib/contracts/layout.ts";
import { FailureRecord, RunRequest, StepRecord } from "../../../lib/contracts/run.ts";
import { TrainingConfig } from "../../../lib/contracts/run-config.ts";
import { random } from "../../../lib/domain/random.ts";
import { readDocument, writeDocument } from "../../../lib/store/documents.ts";
import { openRooms, roomsOf } from "../../../lib/store/open.ts";
import { openCheckpoints } from "../../../lib/training/checkpoint-store.ts";
import { BEGUN_AFTER_STOP } from "./begun-after-stop.ts";

const PROGRAM = fileURLToPath(new URL("train-program.ts", import.meta.url));
const RUN = "interrupted-run";
const keys = runKeys(RUN);
const member = keys.member(0);

/** Real processes on a real disk, ended in the ways that processes end. */
describe("a training process", () => {
  let folder: string;
  const children = new Set<ChildProcess>();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hilum-training-"));
  });
  afterEach(async () => {
    for (const child of children) child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  const storeOf = (name: string) => openRooms(roomsOf(join(folder, name))).runs;

  async function request(name: string): Promise<void> {
    await writeDocument(storeOf(name), keys.request, RunRequest, {
      schema: "hilum.request/1",
      run: RUN,
      data: "file:///nowhere",
      csv: ["train.csv"],
      fingerprint: "0".repeat(64),
      createdAt: "2026-01-01T00:00:00Z",
      config: {
        name: "interrupted",
        model: { network: "densenet-mini" },
        training: TrainingConfig.parse({ epochs: 4, batchSize: 8, learningRate: 0.05, checkpointEverySteps: 2 }),
      },
    });
  }

  /** Starts it; `steps` resolves once it has reported so many events of progress. */
  function start(name: string, stepMs: number) {
    const child = spawn(process.execPath, ["--import", "tsx", PROGRAM], {
      env: { ...process.env, ...roomsOf(join(folder, name)), HILUM_RUN: RUN, STEP_MS: String(stepMs) },
      stdio: ["ignore", "inherit", "pipe"],
    });
    children.add(child);
    const output = { text: "" };
    const begun = new Promise<void>((resolve) => {
      child.stderr!.on("data", (piece: Buffer) => {
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

  const weightsOf = async (name: string) => Buffer.from(await storeOf(name).get(member.weights)).toString("hex");

  test("killed again and again at any moment, it ends with the bytes of an undisturbed one", async () => {
    await Promise.all([request("calm"), request("killed")]);
    const calm = start("calm", 0).ended;
    const next = random(1, "kills");
    let kills = 0;
    for (;;) {
      const { child, begun, ended } = start("killed", 40);
      await Promise.race([begun, ended]);
      const killed = kills < 4 && (await Promise.race([sleep(next() * 350, true), ended.then(() => false)]));
      if (killed) child.kill("SIGKILL");
      const { code, signal } = await ended;
      if (signal !== "SIGKILL") {
        expect(code).toBe(0);
        break;
      }
      kills += 1;
    }
    expect(kills).toBeGreaterThanOrEqual(3);
    expect((await calm).code).toBe(0);
    expect(await weightsOf("killed")).toBe(await weightsOf("calm"));
  });

  test("asked to stop, it begins no further step, leaves a checkpoint, exits with 75 and says how to go on", async () => {
    await request("stopped");
    const { child, begun, ended, output } = start("stopped", 100);
    await begun;
    await sleep(250);
    child.kill("SIGTERM");
    expect(await ended).toEqual({ code: 75, signal: null });
    expect(output.text).not.toContain(BEGUN_AFTER_STOP);
    expect(output.text).toMatch(/training stopped after step \d+ of 28; start it again to go on from there/);
    const { journal } = (await openCheckpoints(storeOf("stopped"), member).load())!;
    expect(output.text).toContain(`after step ${journal.step} of`);
    expect(await readDocument(storeOf("stopped"), keys.failure("train", 0), FailureRecord)).toMatchObject({
      code: "stopped",
      exitCode: 75,
    });

    const again = start("stopped", 0);
    expect(await again.ended).toEqual({ code: 0, signal: null });
    expect(again.output.text).toContain(`going on from step ${journal.step} of 28`);
    expect(await readDocument(storeOf("stopped"), keys.stepRecord("train", 0), StepRecord)).toMatchObject({
      summary: { steps: 28 },
    });

    const third = start("stopped", 0);
    expect(await third.ended).toEqual({ code: 0, signal: null });
    expect(third.output.text).toContain("done already");
  });
});
