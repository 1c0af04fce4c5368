import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { handler as gate } from "../../functions/gate/handler.ts";
import { handler as notify } from "../../functions/notify/handler.ts";
import { handler as promote } from "../../functions/promote/handler.ts";
import { GateDecision } from "../../lib/contracts/decision.ts";
import { type Evaluation, RunEvaluation, type SubgroupGap } from "../../lib/contracts/evaluation.ts";
import { Exams } from "../../lib/contracts/exams.ts";
import { modelKeys, runKeys, VERSION_FILES } from "../../lib/contracts/layout.ts";
import { RunOutcome, RunRequest } from "../../lib/contracts/run.ts";
import { RunConfig } from "../../lib/contracts/run-config.ts";
import { LEFT_OUT } from "../../lib/domain/exam-films.ts";
import { logit } from "../../lib/domain/logistic.ts";
import { OBSERVATION_COUNT, OBSERVATIONS } from "../../lib/domain/observations.ts";
import { random } from "../../lib/domain/random.ts";
import { encodeExam } from "../../lib/evaluation/exams/exam-table.ts";
import { evaluationFigures } from "../../lib/evaluation/figures.ts";
import type { PredictionTable } from "../../lib/evaluation/prediction-table.ts";
import { anchorOf, promote as promoteVersion, readChannels, rollback } from "../../lib/registry/channels.ts";
import { publishVersion } from "../../lib/registry/versions.ts";
import { undecided } from "../../lib/report/decision.ts";
import { encodeDocument, readDocument, writeDocument } from "../../lib/store/documents.ts";
import { openRooms, type Rooms, roomsOf } from "../../lib/store/open.ts";
import { describeVersion } from "../lib/registry/description.ts";
import { stubEnvironment } from "../stub-environment.ts";

const NOW = "2026-01-01T00:00:00.000Z";
const FILMS = 200;

/** Test films whose scores follow the labels through noise; the labels are the same for every run. */
function predictions(noise: number): PredictionTable {
  const truth = random(1, "truth");
  const blur = random(1, "noise");
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
    studies: Uint32Array.from({ length: FILMS }, (_, film) => film),
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
  stubEnvironment(environment);
  rooms = openRooms(environment);
});

/** A run up to its evaluation, as the evaluator leaves it. @returns its model version */
async function evaluated(
  run: string,
  noise: number,
  gateRules: object = { maxCalibrationError: 1 },
  found: Partial<Evaluation> = {},
): Promise<string> {
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
  const figures = evaluationFigures({
    leakage: { testFilms: 0, testFilmsInTraining: 0, testPatients: 0, testPatientsInTraining: 0 },
    run,
    protocol: "leak-free",
    test,
    raw: test,
    thresholds: OBSERVATIONS.map(() => 0.5),
    seed: 1,
    localisation: {
      perObservation: [],
      hitRate: null,
      centreHitRate: null,
      untrainedHitRate: null,
      iou: null,
      untrainedIou: null,
    },
  });
  const evaluation = { ...figures, ...found };
  const { version } = await publishVersion(
    rooms.models,
    describeVersion({ name: run, trainedOn, meanAuroc: evaluation.meanAuroc }),
    [
      { path: "saved_model/saved_model.pb", bytes: Buffer.from(run) },
      { path: VERSION_FILES.evaluation, bytes: encodeDocument(evaluation) },
    ],
  );
  await writeDocument(rooms.runs, keys.evaluation, RunEvaluation, { ...evaluation, model: version });
  noises.set(version, noise);
  await sitExams(run, version, test);
  return version;
}

/** How much noise is in a version's answers. */
const noises = new Map<string, number>();

/** What the evaluator leaves for the gate: each model in use answered the same films. */
async function sitExams(run: string, version: string, { patients, labels, probabilities }: PredictionTable) {
  const keys = runKeys(run);
  const own = { patients, labels: Float64Array.from(labels) };
  await rooms.runs.put(keys.exam("own"), encodeExam({ ...own, scores: { candidate: probabilities } }));
  const channels = await readChannels(rooms.models);
  const references: Exams["references"] = [];
  for (const reference of new Set([channels.production, anchorOf(channels)])) {
    if (reference === null || reference === version) continue;
    const key = keys.exam(reference);
    const scores = { candidate: probabilities, reference: predictions(noises.get(reference)!).probabilities };
    await rooms.runs.put(key, encodeExam({ ...own, scores }));
    const leftOut = Object.fromEntries(LEFT_OUT.map((reason) => [reason, 0])) as Record<(typeof LEFT_OUT)[number], 0>;
    references.push({ version: reference, exams: [{ of: "reference", key, films: FILMS, patients: 100, leftOut }] });
  }
  const exams = { schema: "hilum.exams/1" as const, own: keys.exam("own"), readersOnly: false, references };
  await writeDocument(rooms.runs, keys.exams, Exams, exams);
}

const decision = (run: string) => readDocument(rooms.runs, runKeys(run).decision, GateDecision);
const outcome = (run: string) => readDocument(rooms.runs, runKeys(run).outcome, RunOutcome);

describe("a decision that the gate did not make", () => {
  it.each<[string, Partial<GateDecision>]>([
    ["is about run another", { run: "another" }],
    ["is to keep what is in production", { decision: "keep" }],
    [
      'is to promote although the check "mean AUROC" failed',
      { checks: [{ rule: "mean AUROC", passed: false, value: null, limit: null, detail: "" }] },
    ],
  ])("promotes nothing where it %s", async (message, changed) => {
    const candidate = await evaluated("run-1", 0.2);
    await writeDocument(rooms.runs, runKeys("run-1").decision, GateDecision, {
      schema: "hilum.decision/1",
      run: "run-1",
      candidate,
      champion: null,
      decision: "promote",
      checks: [],
      ...changed,
    });
    await expect(promote({ run: "run-1" })).rejects.toThrow(message);
    expect((await readChannels(rooms.models)).production).toBeNull();
  });
});

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
    const paired = checks.find(({ rule }) => rule === "champion/reference-films/mean-auroc");
    expect(paired).toMatchObject({ passed: true, limit: -0.01 });
    expect(paired?.detail).toContain("on 200 of that model's test films (100 patients)");
    await promote({ run: "second" });
    expect(await readChannels(rooms.models)).toMatchObject({ production: second, previous: first, anchor: second });
  });

  it("keep the champion from a worse one, which stays the candidate", async () => {
    const first = await evaluated("first", 0.7);
    await promoteVersion(rooms.models, first);
    const second = await evaluated("second", 0.9);
    expect(await gate({ run: "second" })).toEqual({ decision: "keep" });
    await notify({ run: "second" });
    expect(await readChannels(rooms.models)).toMatchObject({ production: first, candidate: second });
    expect(await outcome("second")).toMatchObject({ status: "not-promoted", model: second, failure: null });
  });

  it("keep the champion from a better one whose probabilities are not what they say", async () => {
    await promoteVersion(rooms.models, await evaluated("first", 0.9));
    await evaluated("second", 0.7, { maxCalibrationError: 0.05, sensitivityMargin: 1 });
    expect(await gate({ run: "second" })).toEqual({ decision: "keep" });
    const failed = (await decision("second")).checks.filter(({ passed }) => !passed);
    expect(failed).toMatchObject([{ rule: "calibration" }]);
  });

  it("keep the champion from a better one with a sure gap between groups, whichever gap is the largest", async () => {
    await promoteVersion(rooms.models, await evaluated("first", 0.9));
    const bySex = { axis: "sex", higher: "Male", lower: "Female", p: 0.001 } as const;
    const gaps: SubgroupGap[] = [
      {
        ...bySex,
        figure: "falseNegativeRate",
        observation: "Edema",
        values: [0.9, 0.3],
        gap: 0.6,
        interval: [0.5, 0.7],
      },
      { ...bySex, figure: "auroc", observation: "Edema", values: [0.95, 0.7], gap: 0.25, interval: [0.21, 0.3] },
      { ...bySex, figure: "auroc", observation: "Fracture", values: [0.9, 0.6], gap: 0.3, interval: [-0.1, 0.6] },
    ];
    const subgroupGaps = { comparisons: 3, confidence: 0.99, gaps };
    await evaluated("second", 0.7, { maxCalibrationError: 1, maxSubgroupGap: 0.2 }, { subgroupGaps });
    expect(await gate({ run: "second" })).toEqual({ decision: "keep" });
    const [failed, ...others] = (await decision("second")).checks.filter(({ passed }) => !passed);
    expect(failed).toMatchObject({ rule: "subgroup-gap", value: 0.21, limit: 0.2 });
    expect(failed!.detail).toContain("0.300");
    expect(others).toEqual([]);

    const ofBefore: Evaluation["largestSubgroupGap"] = {
      axis: "sex",
      better: "Male",
      worse: "Female",
      gap: 0.3,
      interval: [0.1, 0.5],
      observations: ["Edema"],
    };
    await evaluated("third", 0.7, undefined, { subgroupGaps: undefined, largestSubgroupGap: ofBefore });
    await gate({ run: "third" });
    const rule = (await decision("third")).checks.find((check) => check.rule === "subgroup-gap");
    expect(rule).toMatchObject({ passed: true, value: 0.1 });
  });

  it("keep the champion, and say why in a line, where the two cannot be compared", async () => {
    await promoteVersion(rooms.models, await evaluated("first", 0.9));
    const second = await evaluated("second", 0.3);
    const exams = await readDocument(rooms.runs, runKeys("second").exams, Exams);
    const references = exams.references.map((one) => ({ ...one, exams: "the run first is no longer whole" }));
    await writeDocument(rooms.runs, runKeys("second").exams, Exams, { ...exams, references });
    expect(await gate({ run: "second" })).toEqual({ decision: "keep" });
    const failed = (await decision("second")).checks.filter(({ passed }) => !passed);
    expect(failed).toMatchObject([
      { rule: "champion/exam", detail: expect.stringContaining("the run first is no longer whole") },
    ]);
    // One that took its place meanwhile was compared with nobody.
    await promoteVersion(rooms.models, await evaluated("third", 0.8));
    await evaluated("fourth", 0.3);
    await promoteVersion(rooms.models, second);
    expect(await gate({ run: "fourth" })).toEqual({ decision: "keep" });
    expect((await decision("fourth")).checks.map(({ detail }) => detail).join("\n")).toContain(
      "before that one took its place",
    );
  });

  it("measure a third from the best so far, which a slightly worse second did not replace", async () => {
    const first = await evaluated("first", 0.7);
    await promoteVersion(rooms.models, first);
    const second = await evaluated("second", 0.702);
    expect(await gate({ run: "second" })).toEqual({ decision: "promote" });
    await promote({ run: "second" });
    expect(await readChannels(rooms.models)).toMatchObject({ production: second, anchor: first });
    const third = await evaluated("third", 0.76);
    await gate({ run: "third" });
    const { checks, anchor } = await decision("third");
    expect(anchor).toBe(first);
    expect(checks.filter(({ rule }) => rule.startsWith("anchor/")).length).toBeGreaterThan(0);
    // What a person promotes or goes back to is the fixed point from then on.
    await promoteVersion(rooms.models, third);
    expect(await readChannels(rooms.models)).toMatchObject({ production: third, anchor: third });
    expect(await rollback(rooms.models)).toMatchObject({ production: second, anchor: second });
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
