import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { handler as gate } from "../../functions/gate/handler.ts";
import { handler as notify } from "../../functions/notify/handler.ts";
import { handler as promote } from "../../functions/promote/handler.ts";
import { GateDecision } from "../../lib/contracts/decision.ts";
import { RunEvaluation } from "../../lib/contracts/evaluation.ts";
import { modelKeys, runKeys, VERSION_FILES } from "../../lib/contracts/layout.ts";
import { RunOutcome, RunRequest } from "../../lib/contracts/run.ts";
import { RunConfig } from "../../lib/contracts/run-config.ts";
import { logit } from "../../lib/domain/logistic.ts";
import { OBSERVATION_COUNT, OBSERVATIONS } from "../../lib/domain/observations.ts";
import { random } from "../../lib/domain/random.ts";
import { evaluationFigures } from "../../lib/evaluation/figures.ts";
import type { PredictionTable } from "../../lib/evaluation/prediction-table.ts";
import { predictionsCsv } from "../../lib/evaluation/predictions-csv.ts";
import { promote as promoteVersion, readChannels } from "../../lib/registry/channels.ts";
import { publishVersion } from "../../lib/registry/versions.ts";
import { undecided } from "../../lib/report/decision.ts";
import { encodeDocument, readDocument, writeDocument } from "../../lib/store/documents.ts";
import { openRooms, type Rooms, roomsOf } from "../../lib/store/open.ts";
import { describeVersion } from "../lib/registry/description.ts";

const NOW = "2026-01-01T00:00:00.000Z";
const FILMS = 200;

/** Test films whose scores follow the labels through noise; the labels are the same for every run. */
function predictions(noise: number): PredictionTable {
  const truth = random(1, "truth");
  const blur = random(1, "noise", noise);
  const labels = Float32Array.from({ length: FILMS * OBSERVATION_COUNT }, () =>
    truth() < 0.1 ? Number.NaN : truth() < 0.3 ? 1 : 0,
  );
  const probabilities = Float64Array.from(labels, (label) => {
    const mixed = (Number.isNaN(label) ? 0 : label) * (1 - noise) + blur() * noise;
    return Math.min(1, Math.max(0, mixed));
  });
  return {
    part: "test",
    count: FILMS,
    paths: Array.from({ length: FILMS }, (_, film) => `=films, "odd"/${film}.jpg`),
    patientIds: Array.from({ length: FILMS }, (_, film) => `patient-${film >> 1}`),
    subjects: Array.from({ length: FILMS }, (_, film) => ({
      sex: ["Male", "Female"][(film >> 1) % 2]!,
      age: 50,
      projection: "AP",
      source: "x",
    })),
    patients: Uint32Array.from({ length: FILMS }, (_, film) => film >> 1),
    labels,
    logits: probabilities.map(logit),
    probabilities,
  };
}

let folder: string;
let rooms: Rooms;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-promotion-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  const environment = roomsOf(await mkdtemp(join(folder, "store-")));
  Object.assign(process.env, environment);
  rooms = openRooms(environment);
});

/** A run up to its evaluation, as the evaluator leaves it. @returns its model version */
async function evaluated(run: string, noise: number, gateRules: object = { maxCalibrationError: 1 }): Promise<string> {
  const keys = runKeys(run);
  const config = RunConfig.parse({ name: "test", model: { network: "densenet-mini" }, gate: gateRules });
  await writeDocument(rooms.runs, keys.request, RunRequest, {
    schema: "hilum.request/1",
    run,
    data: "file:///data",
    csv: ["train.csv"],
    fingerprint: "0".repeat(64),
    config,
    createdAt: NOW,
  });
  const trainedOn = { ...describeVersion().trainedOn, run };
  const test = predictions(noise);
  const evaluation = evaluationFigures({
    leakage: { testFilms: 0, testFilmsInTraining: 0, testPatients: 0, testPatientsInTraining: 0 },
    run,
    protocol: "leak-free",
    test,
    raw: test,
    thresholds: OBSERVATIONS.map(() => 0.5),
    bootstrap: { rounds: 0, seed: 1 },
    localisation: {
      perObservation: [],
      hitRate: null,
      centreHitRate: null,
      untrainedHitRate: null,
      iou: null,
      untrainedIou: null,
    },
  });
  const { version } = await publishVersion(
    rooms.models,
    describeVersion({ name: run, trainedOn, meanAuroc: evaluation.meanAuroc }),
    [
      { path: "saved_model/saved_model.pb", bytes: Buffer.from(run) },
      { path: VERSION_FILES.evaluation, bytes: encodeDocument(evaluation) },
    ],
  );
  await writeDocument(rooms.runs, keys.evaluation, RunEvaluation, { ...evaluation, model: version });
  await rooms.runs.put(keys.predictions, Buffer.from(predictionsCsv([{ ...test, part: "calibration" }, test])));
  return version;
}

const decision = (run: string) => readDocument(rooms.runs, runKeys(run).decision, GateDecision);
const outcome = (run: string) => readDocument(rooms.runs, runKeys(run).outcome, RunOutcome);

describe("gate, promote, notify", () => {
  it("put a first model that is good enough in production", async () => {
    const version = await evaluated("first", 0.7);
    await rooms.runs.put(runKeys("first").report, Buffer.from(`<main>${undecided}</main>`));
    expect(await gate({ run: "first" })).toEqual({ decision: "promote" });
    expect(Buffer.from(await rooms.runs.get(runKeys("first").report)).toString()).toContain("Promoted.");
    expect(await readChannels(rooms.models)).toMatchObject({ candidate: version, production: null });
    await promote({ run: "first" });
    await notify({ run: "first" });
    expect(await readChannels(rooms.models)).toMatchObject({ candidate: null, production: version, generation: 2 });
    expect(await outcome("first")).toMatchObject({ status: "promoted", model: version, failure: null });
  });

  it("compare the next one film by film, and replace the first by the better", async () => {
    const first = await evaluated("first", 0.9);
    await promoteVersion(rooms.models, first);
    const second = await evaluated("second", 0.7);
    expect(await gate({ run: "second" })).toEqual({ decision: "promote" });
    const { champion, candidate, checks } = await decision("second");
    expect([champion, candidate]).toEqual([first, second]);
    const mean = checks.find(({ rule }) => rule === "champion/candidate-films/mean-auroc");
    expect(mean).toMatchObject({ passed: true, limit: -0.01 });
    expect(mean?.detail).toContain("200 test films of 100 patients");
    await promote({ run: "second" });
    expect(await readChannels(rooms.models)).toMatchObject({ production: second, previous: first });
  });

  it("keep the champion from a worse one, which stays the candidate", async () => {
    const first = await evaluated("first", 0.7);
    await promoteVersion(rooms.models, first);
    const second = await evaluated("second", 0.9);
    expect(await gate({ run: "second" })).toEqual({ decision: "keep" });
    await notify({ run: "second" });
    expect(await readChannels(rooms.models)).toMatchObject({ production: first, candidate: second });
    expect(await outcome("second")).toMatchObject({ status: "kept", model: second, failure: null });
  });

  it("keep the champion from a better one whose probabilities are not what they say", async () => {
    await promoteVersion(rooms.models, await evaluated("first", 0.9));
    await evaluated("second", 0.7, { maxCalibrationError: 0.05, sensitivityMargin: 1 });
    expect(await gate({ run: "second" })).toEqual({ decision: "keep" });
    const failed = (await decision("second")).checks.filter(({ passed }) => !passed);
    expect(failed).toMatchObject([{ rule: "calibration" }]);
  });

  it("keep the champion where its run is gone, and say so", async () => {
    const first = await evaluated("first", 0.7);
    await promoteVersion(rooms.models, first);
    await rooms.runs.delete(runKeys("first").evaluation);
    await evaluated("second", 0.7);
    expect(await gate({ run: "second" })).toEqual({ decision: "keep" });
    const { checks } = await decision("second");
    expect(checks.at(-1)).toMatchObject({ rule: "champion/exam", passed: false });
    expect(checks.at(-1)?.detail).toContain("the champion's predictions are not there");
  });

  it("judge once: asked again, they answer the same", async () => {
    await evaluated("first", 0.7);
    await gate({ run: "first" });
    const before = await decision("first");
    await promote({ run: "first" });
    expect(await gate({ run: "first" })).toEqual({ decision: "promote" });
    await promote({ run: "first" });
    expect(await decision("first")).toEqual(before);
    expect((await readChannels(rooms.models)).generation).toBe(2);
  });

  it("do not promote past a champion that came in between", async () => {
    await evaluated("first", 0.7);
    const rival = await evaluated("rival", 0.6);
    await gate({ run: "first" });
    await gate({ run: "rival" });
    await promote({ run: "rival" });
    await expect(promote({ run: "first" })).rejects.toMatchObject({ name: "TemporaryError", code: "champion-changed" });
    expect((await readChannels(rooms.models)).production).toBe(rival);
  });

  it("refuse a run that was not evaluated, or whose model is damaged", async () => {
    const version = await evaluated("first", 0.7);
    await rooms.models.delete(modelKeys.version(version).manifest);
    await expect(gate({ run: "first" })).rejects.toMatchObject({ name: "InputError", code: "no-such-version" });
    await rooms.runs.delete(runKeys("first").evaluation);
    await expect(gate({ run: "first" })).rejects.toMatchObject({ name: "InputError", code: "not-found" });
    await expect(gate({ run: "../x" })).rejects.toMatchObject({ name: "InputError" });
  });
});
