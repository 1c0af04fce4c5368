import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeSamples } from "../../functions/api/samples.ts";
import { RunEvaluation } from "../../lib/contracts/evaluation.ts";
import { observationsWith } from "../../lib/domain/observation-status.ts";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import { random, shuffle } from "../../lib/domain/random.ts";
import { findings } from "../../lib/inference/findings.ts";
import { openPredictor } from "../../lib/inference/predictor.ts";
import { OPACITIES, PLANTED_NAMES } from "../../lib/phantoms/findings.ts";
import { openStore, roomsOf } from "../../lib/store/open.ts";
import { filmsUnder, hasRealFilms, NIH, REAL_FILMS } from "../lib/imaging/films.ts";
import { drawNonFilm, NON_FILMS, type NonFilm } from "../lib/imaging/non-films.ts";
import { type LogisticFilms, logisticAuroc } from "../logistic.ts";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "hilum-demo-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface RunSummary {
  readonly run: string;
  readonly store: string;
  readonly status: string;
  readonly evaluation: { readonly meanAuroc: number };
}

/** Runs a command to its end and reads the last line of its standard output. */
function hilum(...args: string[]): Promise<RunSummary> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(root, "bin/hilum"), [...args, "--json"], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (piece) => {
      output += piece;
    });
    child.on("close", (code) =>
      code === 0 ? resolve(JSON.parse(output.trim().split("\n").at(-1)!)) : reject(new Error(`exit code ${code}`)),
    );
  });
}

const pathOf = (uri: string) => (uri.startsWith("file:") ? fileURLToPath(uri) : uri);

const evaluationOf = (summary: RunSummary): RunEvaluation =>
  RunEvaluation.parse(
    JSON.parse(readFileSync(join(pathOf(summary.store), "runs", summary.run, "evaluation.json"), "utf8")),
  );

/** Training and test films with their labels, of the run's own split; -1 and what a policy masks is left out. */
function sidesOf(predictions: string, films: string): { train: LogisticFilms; test: LogisticFilms } {
  const parts = new Map(linesOf(predictions).map(([part, , path]) => [path!, part!]));
  const rows = ["train.csv", "valid.csv"].flatMap((name) => linesOf(join(films, name)));
  const side = (part: string | undefined): LogisticFilms => {
    const mine = rows.filter((cells) => cells[3] === "Frontal" && parts.get(cells[0]!) === part);
    return {
      files: mine.map(([path]) => join(films, "..", path!)),
      labels: mine.map((cells) => cells.slice(5).map((cell) => (Number(cell) === -1 ? Number.NaN : Number(cell)))),
    };
  };
  return { train: side(undefined), test: side("test") };
}

const linesOf = (path: string): string[][] =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("the demo, with a seed that no threshold was chosen on", () => {
  const store = join(folder, "store");
  let summary: RunSummary;
  let evaluation: RunEvaluation;
  let films: string;

  beforeAll(async () => {
    summary = await hilum("demo", "--no-serve", "--store", store, "--seed", "11");
    evaluation = evaluationOf(summary);
    films = JSON.parse(readFileSync(join(store, "runs", summary.run, "request.json"), "utf8")).data;
  });

  it("promotes a model that tells the planted findings apart on patients it never saw", () => {
    expect(summary.status).toBe("promoted");
    expect(evaluation.meanAuroc).toBeGreaterThanOrEqual(0.95);
    for (const name of PLANTED_NAMES) expect(evaluation.perObservation[name]!.positives).toBeGreaterThanOrEqual(30);
  });

  it("points into the finding far more often than an untrained network or the centre", () => {
    expect(evaluation.localisationHitRate).toBeGreaterThanOrEqual(0.8);
    expect(evaluation.localisationHitRate! - evaluation.localisationUntrainedHitRate!).toBeGreaterThanOrEqual(0.3);
    expect(evaluation.localisationHitRate! - evaluation.localisationCentreHitRate!).toBeGreaterThanOrEqual(0.3);
  });

  it("needs more than a logistic regression on 32 x 32 pixels", async () => {
    const { train, test } = sidesOf(join(store, "runs", summary.run, "predictions.csv"), pathOf(films));
    const areas = (await logisticAuroc(train, test)).filter((area) => area !== null);
    expect(areas.length).toBeGreaterThanOrEqual(PLANTED_NAMES.length);
    expect(mean(areas)).toBeLessThan(0.85);
  });

  it("decides on each sample as it was planted, and says nothing of what it did not learn", async () => {
    const predictor = await openPredictor({ models: openStore(roomsOf(store).HILUM_MODELS) });
    try {
      const by = { thresholds: predictor.version.thresholds, statuses: predictor.statuses };
      const learned = [...PLANTED_NAMES, "No Finding", "Lung Opacity"];
      expect(observationsWith(by.statuses, "learned").sort()).toEqual(learned.sort());
      expect(observationsWith(by.statuses, "not-learned")).toHaveLength(OBSERVATIONS.length - learned.length);
      for (const { title, png } of await makeSamples()) {
        const answer = await predictor.answer(png);
        expect(answer.outOfDistribution, title).toBe(false);
        const above = findings(answer, by).flatMap(({ observation, decision }) =>
          decision === "above-threshold" ? [observation] : [],
        );
        const planted = title.split(", ");
        const opaque = OPACITIES.some((name) => planted.includes(name)) ? ["Lung Opacity"] : [];
        expect(above.toSorted(), title).toEqual([...planted, ...opaque].sort());
      }
    } finally {
      await predictor.close();
    }
  });

  it("doubts or refuses pictures that are no chest films, and hardly any test patient's film", async () => {
    const models = openStore(roomsOf(store).HILUM_MODELS);
    const predictor = await openPredictor({ models });
    /** Share of the files that are refused or answered with a warning about the film; a contradiction is about the answer. */
    const isOfFilm = ({ code }: { readonly code: string }) => code !== "contradictory-findings";
    const doubted = async (files: readonly Uint8Array[]): Promise<number> => {
      const answers = await predictor.predict(files);
      return answers.filter((answer) => "error" in answer || answer.warnings.some(isOfFilm)).length / files.length;
    };
    try {
      const { films: measured, beyond } = predictor.version.outOfDistribution!.falseAlarms!;
      expect(measured).toBe(evaluation.evaluatedOn.rows);
      expect(beyond / measured).toBeLessThanOrEqual(0.02);
      const { test } = sidesOf(join(store, "runs", summary.run, "predictions.csv"), pathOf(films));
      expect(test.files.length).toBeGreaterThanOrEqual(400);
      expect(await doubted(test.files.map((file) => readFileSync(file)))).toBeLessThanOrEqual(0.02);
      const kinds = Object.keys(NON_FILMS) as NonFilm[];
      const strange = await Promise.all(
        kinds.flatMap((kind) => Array.from({ length: 10 }, (_, seed) => drawNonFilm(kind, seed))),
      );
      expect(await doubted(strange)).toBeGreaterThanOrEqual(0.95);
      const lateral = readdirSync(pathOf(films), { recursive: true, encoding: "utf8" }).filter((path) =>
        path.endsWith("_lateral.jpg"),
      );
      expect(await doubted(lateral.map((path) => readFileSync(join(pathOf(films), path))))).toBeGreaterThanOrEqual(
        0.95,
      );
      const changed = (change: (film: Sharp) => Sharp) =>
        Promise.all(test.files.slice(0, 100).map((file) => change(sharp(file).keepExif()).png().toBuffer()));
      expect(await doubted(await changed((film) => film.negate()))).toBeGreaterThanOrEqual(0.95);
      expect(await doubted(await changed((film) => film.rotate(90)))).toBeGreaterThanOrEqual(0.95);
      expect(await doubted(await changed((film) => film.rotate(180)))).toBeGreaterThanOrEqual(0.6);
    } finally {
      await predictor.close();
    }
  });

  it.skipIf(!hasRealFilms)("decides on no film of a patient, however near it lies to a drawing", async () => {
    const predictor = await openPredictor({ models: openStore(roomsOf(store).HILUM_MODELS) });
    try {
      const films = [REAL_FILMS, NIH].filter((folder) => existsSync(folder)).flatMap(filmsUnder);
      const answers = await predictor.predict(films.map((path) => readFileSync(path)));
      const answered = answers.flatMap((answer) => ("error" in answer ? [] : [answer]));
      expect(answered.length).toBeGreaterThan(150);
      expect(answered.filter(({ outOfDistribution }) => outOfDistribution !== true)).toEqual([]);
    } finally {
      await predictor.close();
    }
  });

  it("learns nothing from shuffled labels", async () => {
    const shuffled = join(folder, "shuffled");
    cpSync(pathOf(films), shuffled, { recursive: true });
    for (const name of readdirSync(shuffled).filter((file) => file === "train.csv" || file === "valid.csv")) {
      const path = join(shuffled, name);
      const [header, ...rows] = readFileSync(path, "utf8").trim().split("\n");
      const order = shuffle(Uint32Array.from(rows.keys()), random(1, name));
      const mixed = rows.map((row, at) => {
        const labels = rows[order[at]!]!.split(",").slice(5);
        return [...row.split(",").slice(0, 5), ...labels].join(",");
      });
      writeFileSync(path, `${[header, ...mixed].join("\n")}\n`);
    }
    const preset = JSON.parse(readFileSync(join(root, "presets/demo.json"), "utf8"));
    const config = join(folder, "shuffled.json");
    preset.training.epochs = 3;
    writeFileSync(config, JSON.stringify({ ...preset, name: "shuffled", gate: { minMeanAuroc: 0 } }));
    const blind = await hilum("run", "--data", shuffled, "--config", config, "--store", join(folder, "shuffled-store"));
    expect(Math.abs(blind.evaluation.meanAuroc - 0.5)).toBeLessThanOrEqual(0.05);
  });
});
