import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Evaluation, RunEvaluation } from "../../lib/contracts/evaluation.ts";
import { modelKeys, runKeys } from "../../lib/contracts/layout.ts";
import { ModelCard } from "../../lib/contracts/model-card.ts";
import { ProgressEvent } from "../../lib/contracts/progress.ts";
import { StepRecord } from "../../lib/contracts/run.ts";
import { openTrainingData } from "../../lib/data/training-data.ts";
import { calibrate } from "../../lib/domain/calibration.ts";
import { auroc } from "../../lib/domain/metrics/auroc.ts";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import { PARTS } from "../../lib/domain/parts.ts";
import { loadServingGraph } from "../../lib/engine/saved-model.ts";
import { writeServingGraph } from "../../lib/model/serving-graph.ts";
import { readChannels } from "../../lib/registry/channels.ts";
import { loadVersion, materialiseVersion, verifyVersion } from "../../lib/registry/versions.ts";
import { readDocument } from "../../lib/store/documents.ts";
import { openRooms } from "../../lib/store/open.ts";
import { decodeWeights } from "../../lib/training/weights-file.ts";
import { containerProgram } from "../container-program.ts";
import { preparedRun } from "../lib/evaluation/prepared-run.ts";

type Run = Awaited<ReturnType<typeof preparedRun>>;

/** The step as the state machine starts it: a process of its own. */
async function evaluator({ request, environment }: Run): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, containerProgram("evaluator"), {
    env: { ...process.env, ...environment, HILUM_RUN: request.run },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
  return { code, stderr };
}

describe("evaluator", () => {
  let folder: string;
  let run: Run;
  let ended: { code: number | null; stderr: string };
  let evaluation: RunEvaluation;
  const keys = () => runKeys(run.request.run);
  const rooms = () => openRooms(run.environment);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hilum-evaluator-"));
    run = await preparedRun(folder);
    ended = await evaluator(run);
    expect(ended.code, ended.stderr).toBe(0);
    evaluation = await readDocument(rooms().runs, keys().evaluation, RunEvaluation);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("publishes a whole version, which only the gate makes the candidate", async () => {
    const manifest = await verifyVersion(rooms().models, evaluation.model);
    expect(manifest.files.map((file) => file.path)).toEqual([
      "saved_model/saved_model.pb",
      "evaluation.json",
      "model-card.json",
      "model-card.html",
      "report.html",
    ]);
    const { model, ...published } = evaluation;
    expect(await readDocument(rooms().models, modelKeys.version(model).evaluation, Evaluation)).toEqual(published);
    expect(manifest.trainedOn.seeds).toEqual([1, 2]);
    expect(manifest.thresholds).toEqual(OBSERVATIONS.map((name) => evaluation.perObservation[name].threshold));
    expect((await readChannels(rooms().models)).candidate).toBeNull();
    const key = modelKeys.version(evaluation.model).file("model-card.json");
    const card = await readDocument(rooms().models, key, ModelCard);
    expect(card.metrics.meanAuroc).toBe(evaluation.meanAuroc);
    expect(card.notForClinicalUse).toBe(true);
  });

  it("tells in manifest, card, report and card's page that nobody's films are behind it", async () => {
    const keys = modelKeys.version(evaluation.model);
    const phantoms = { name: "phantoms", kind: "phantom" };
    const manifest = await verifyVersion(rooms().models, evaluation.model);
    expect(manifest.provenance).toMatchObject([phantoms]);
    const card = await readDocument(rooms().models, keys.card, ModelCard);
    expect(card).toMatchObject({
      caution: expect.stringMatching(/^Learned from drawings/),
      data: { sources: [phantoms] },
    });
    expect(card.limits[0]).toBe(card.caution);
    for (const file of ["report.html", "model-card.html"]) {
      const markup = Buffer.from(await rooms().models.get(keys.file(file))).toString();
      expect(markup).toContain('<p class="banner" role="note"><strong>Learned from drawings');
      expect(markup).not.toContain("the published study");
    }
  });

  it("tells whose films each part holds, and how many events it learned from", async () => {
    const card = await readDocument(rooms().models, modelKeys.version(evaluation.model).card, ModelCard);
    const data = await openTrainingData(rooms(), run.request.run);
    await data.close();
    for (const part of PARTS) {
      const { films, patients, sex } = card.data.composition![part];
      expect(films).toBe(data.split[part].length);
      expect(patients).toBe(new Set(Array.from(data.split[part], (position) => data.rows.patient[position])).size);
      const women = Array.from(data.split[part]).filter((position) => data.rows.sex[position] === "Female");
      expect(sex.Female ?? 0).toBe(women.length);
    }
    const edema = OBSERVATIONS.indexOf("Edema");
    const events = Array.from(data.split.train).filter((position) => data.targets[position * 14 + edema] === 1);
    expect(card.metrics.perObservation.Edema!.trainingPositives).toBe(events.length);
    expect(card.machine).toMatchObject({ device: "cpu", node: process.versions.node, gpus: [] });
  });

  it("judges what the published graph answers on the test patients, and nobody else", async () => {
    const { manifest, folder: version } = await materialiseVersion(rooms().models, evaluation.model, folder);
    const data = await openTrainingData(rooms(), run.request.run);
    const graph = await loadServingGraph(join(version, "saved_model"));
    try {
      const test = data.split.test;
      expect(evaluation.evaluatedOn.rows).toBe(test.length);
      const trained = new Set(Array.from(data.split.train, (position) => data.rows.patient[position]));
      expect(Array.from(test).some((position) => trained.has(data.rows.patient[position]))).toBe(false);
      const { pixels, targets, count } = await data.batch(test);
      const answer = graph.run(pixels, count);
      for (const [i, name] of OBSERVATIONS.entries()) {
        const rows = Array.from({ length: count }, (_, row) => row * OBSERVATIONS.length + i);
        const scores = rows.map((at) => calibrate(manifest.calibration[i]!, answer.logits[at]!));
        const expected = auroc(
          scores,
          rows.map((at) => targets[at]!),
        );
        const found = evaluation.perObservation[name].auroc;
        const { status, trained, tested } = manifest.observations![i]!;
        const labelsIn = (positions: Uint32Array, label: number) =>
          Array.from(positions).filter((at) => data.targets[at * OBSERVATIONS.length + i] === label).length;
        const countsIn = (positions: Uint32Array) => ({
          positives: labelsIn(positions, 1),
          negatives: labelsIn(positions, 0),
        });
        expect({ trained, tested }).toEqual({ trained: countsIn(data.split.train), tested: countsIn(test) });
        expect(status === "not-learned").toBe(trained.positives === 0 || trained.negatives === 0);
        if (expected === null || status === "not-learned") expect(found).toBeNull();
        else expect(found).toBeCloseTo(expected, 2);
      }
      expect(new Set(manifest.observations!.map(({ status }) => status)).size).toBeGreaterThan(1);
      const check = manifest.outOfDistribution;
      if (check !== null) expect(check.falseAlarms!.films).toBe(test.length);
    } finally {
      graph.close();
      await data.close();
    }
  });

  it("publishes an ensemble whose logits are the mean of its members'", async () => {
    const { folder: version } = await materialiseVersion(rooms().models, evaluation.model, folder);
    const data = await openTrainingData(rooms(), run.request.run);
    const { pixels, count } = await data.batch(data.split.test.subarray(0, 4));
    await data.close();
    const logitsOf = async (saved: string) => {
      const graph = await loadServingGraph(saved);
      try {
        return graph.run(pixels, count).logits;
      } finally {
        graph.close();
      }
    };
    const alone: Float32Array[] = [];
    for (const index of [0, 1]) {
      const key = keys().member(index).weights;
      const { weights } = decodeWeights(await rooms().runs.get(key), key);
      const saved = join(folder, `member-${index}`);
      await mkdir(saved);
      const { model, geometry } = run.request.config;
      const bytes = writeServingGraph({ model, size: geometry.size, members: [weights] });
      await writeFile(join(saved, "saved_model.pb"), bytes);
      alone.push(await logitsOf(saved));
    }
    const together = await logitsOf(join(version, "saved_model"));
    together.forEach((logit, i) => {
      expect(logit).toBeCloseTo((alone[0]![i]! + alone[1]![i]!) / 2, 4);
    });
    expect(alone[0]).not.toEqual(alone[1]);
  });

  it("writes every prediction it judged, so that its figures can be had again from the file alone", async () => {
    const csv = Buffer.from(await rooms().runs.get(keys().predictions)).toString();
    const rows: Record<string, string>[] = parse(csv, { columns: true });
    expect(new Set(rows.map((row) => row.part))).toEqual(new Set(["tuning", "calibration", "test"]));
    const test = rows.filter((row) => row.part === "test");
    expect(test[0]!.path).toMatch(/^phantoms\/.*view\d_frontal\.jpg$/);
    const { observations } = await loadVersion(rooms().models, evaluation.model);
    for (const [i, name] of OBSERVATIONS.entries()) {
      if (observations![i]!.status === "not-learned") {
        expect(new Set(rows.map((row) => row[`probability ${name}`]))).toEqual(new Set([""]));
        expect(evaluation.perObservation[name]).toMatchObject({ rows: 0, auroc: null });
        continue;
      }
      const labels = test.map((row) => (row[`label ${name}`] === "" ? Number.NaN : Number(row[`label ${name}`])));
      const value = auroc(
        test.map((row) => Number(row[`probability ${name}`])),
        labels,
      );
      const found = evaluation.perObservation[name].auroc;
      if (value === null) expect(found).toBeNull();
      else expect(found).toBe(value);
    }
  });

  it("writes a report that stands alone and shows text as text", async () => {
    const report = Buffer.from(await rooms().runs.get(keys().report)).toString();
    expect(report).toContain("Not for clinical use");
    expect(report).toContain("Phantoms for &lt;b&gt;tests&lt;/b&gt;");
    expect(report).not.toMatch(/<script|<link|https?:\/\/(?!www\.w3\.org)/);
    expect(report).not.toMatch(/patient\d{5}/);
  });

  it("says how far it is, names nobody, and leaves a record", async () => {
    const events = ended.stderr
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => ProgressEvent.parse(JSON.parse(line)));
    const last = events.filter((event) => event.event === "progress").at(-1)!;
    expect(last.done).toBe(last.total);
    expect(ended.stderr).not.toMatch(/patient\d/);
    const record = await readDocument(rooms().runs, keys().stepRecord("evaluate"), StepRecord);
    expect(record.summary.model).toBe(evaluation.model);
  });

  it("does nothing a second time", async () => {
    const before = await rooms().runs.read(keys().evaluation);
    const again = await evaluator(run);
    expect(again.code).toBe(0);
    expect(again.stderr).toContain("done already");
    expect((await rooms().runs.read(keys().evaluation)).etag).toBe(before.etag);
  });

  it("ends with 64 and one sentence where a member's weights are broken", async () => {
    const { runs } = rooms();
    await runs.delete(keys().stepRecord("evaluate"));
    await runs.put(keys().member(1).weights, Buffer.from("not weights at all"));
    const broken = await evaluator(run);
    expect(broken.code).toBe(64);
    expect(broken.stderr).toContain("00001/weights.safetensors");
    expect(broken.stderr).not.toContain("    at ");
  });
});
