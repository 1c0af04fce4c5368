import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outFormat } from "../../bin/cli/predict/out-formats.ts";
import { NOTICE } from "../../lib/contracts/api.ts";
import { MetricsReport } from "../../lib/contracts/evaluation.ts";
import { auroc } from "../../lib/domain/metrics/auroc.ts";
import { OBSERVATIONS, type Observation } from "../../lib/domain/observations.ts";
import type { Part } from "../../lib/domain/parts.ts";
import { random } from "../../lib/domain/random.ts";
import type { PredictionTable } from "../../lib/evaluation/prediction-table.ts";
import { predictionsCsv } from "../../lib/evaluation/predictions-csv.ts";
import type { Finding } from "../../lib/inference/findings.ts";
import { hilum } from "./hilum.ts";

const FILMS = 60;
const FAILED: ReadonlySet<number> = new Set([2, 3, 17]);
const path = (film: number) =>
  `set/train/patient${String(film >> 1).padStart(5, "0")}/study1/view${film % 2}_frontal.jpg`;

describe("hilum metrics", () => {
  let folder: string;
  const next = random(4, "metrics");
  const labels = Array.from({ length: FILMS }, () =>
    OBSERVATIONS.map((_, k) => (k === 3 ? "0.0" : (["1.0", "0.0", "0", "-1.0", ""][Math.floor(next() * 5)] ?? ""))),
  );
  const predictions = labels.map((row) => row.map((label) => (label === "1.0" ? 0.4 : 0) + 0.6 * next()));
  const file = (name: string) => join(folder, name);
  const write = (name: string, header: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
    writeFile(file(name), [header, ...rows].map((row) => row.join(",")).join("\n"));

  /** The films as `predict --out` writes them, some of them failed. */
  function written(fails: (film: number) => boolean, unlearned: readonly Observation[] = []): string {
    const { header, line } = outFormat("predicted.csv");
    const model = { name: "phantoms", version: "0123456789abcdef", sha256: "0".repeat(64) };
    const lines = predictions.map((row, film) => {
      const by = { file: path(film), model, notice: NOTICE, caution: null } as const;
      if (fails(film)) return line({ ...by, error: { code: "no-pixels", message: "none, says its header" } });
      const findings = OBSERVATIONS.map((observation, k): Finding => {
        if (unlearned.includes(observation)) {
          return {
            ...{ observation, status: "not-learned", probability: null, threshold: null },
            ...{ decision: null, withheld: "not-learned" },
          };
        }
        const answer = { observation, status: "learned", probability: row[k]!, threshold: 0.5 } as const;
        return { ...answer, decision: row[k]! >= 0.5 ? "above-threshold" : "below-threshold", withheld: null };
      });
      return line({ ...by, outOfDistribution: false, findings, warnings: [] });
    });
    return header + lines.join("");
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hilum-metrics-"));
    const reversed = [...OBSERVATIONS].reverse();
    await write(
      "labels.csv",
      ["Path", "Sex", ...OBSERVATIONS],
      labels.map((row, i) => [path(i), "Male", ...row]),
    );
    const rows = predictions.map((row, i) => [...row.toReversed(), path(i)]);
    await write(
      "predictions.csv",
      [...reversed, "Path"],
      [[...reversed.map(() => 0.5), "else.png"], ...rows.toReversed()],
    );
    await write("plain.csv", OBSERVATIONS, predictions);
    await write(
      "plain-answered.csv",
      ["Path", ...OBSERVATIONS],
      predictions.map((row, film) => [path(film), ...row]).filter((_, film) => !FAILED.has(film)),
    );
    await write("short.csv", OBSERVATIONS, predictions.slice(1));
    await write("wrong.csv", OBSERVATIONS, [[...predictions[0]!.slice(0, 13), 1.2], ...predictions.slice(1)]);
    await writeFile(
      file("predicted.csv"),
      written((film) => FAILED.has(film)),
    );
    await writeFile(
      file("all-failed.csv"),
      written(() => true),
    );
    await writeFile(file("thresholds.json"), JSON.stringify(OBSERVATIONS.map((_, k) => k / 20)));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function report(...args: string[]): Promise<MetricsReport> {
    const { exitCode, stdout, stderr } = await hilum(["metrics", "--labels", file("labels.csv"), "--json", ...args]);
    expect(exitCode, stderr).toBe(0);
    return MetricsReport.parse(JSON.parse(stdout));
  }

  it("joins by path, whatever the order of rows and columns, and by row where there is no path", async () => {
    const joined = await report("--predictions", file("predictions.csv"));
    expect(joined).toMatchObject({ joinedBy: "path", films: FILMS, patients: FILMS / 2, predictionsWithoutLabels: 1 });
    const plain = await report("--predictions", file("plain.csv"));
    expect(plain).toEqual({ ...joined, joinedBy: "order", predictionsWithoutLabels: 0 });
    const edema = joined.perObservation.Edema;
    const masked = labels.map((row) => (row[5] === "" || row[5] === "-1.0" ? Number.NaN : Number(row[5])));
    expect(edema.auroc).toBe(
      auroc(
        predictions.map((row) => row[5]!),
        masked,
      ),
    );
    expect(edema.aurocInterval![0]).toBeLessThan(edema.auroc!);
    expect(joined.perObservation["Lung Opacity"]).toMatchObject({ auroc: null, rows: FILMS, positives: 0 });
  });

  it("reads whose film it is from a column Patient where the paths do not tell", async () => {
    const names = ["labels-of-patients.csv", "labels-of-nobody.csv"];
    const plain = (film: number) => `${film}.png`;
    await write(
      names[0]!,
      ["Path", "Patient", ...OBSERVATIONS],
      labels.map((row, i) => [plain(i), i >> 1, ...row]),
    );
    await write(
      names[1]!,
      ["Path", ...OBSERVATIONS],
      labels.map((row, i) => [plain(i), ...row]),
    );
    await write(
      "predictions-of-plain.csv",
      ["Path", ...OBSERVATIONS],
      predictions.map((row, i) => [plain(i), ...row]),
    );
    const asked = async (name: string) =>
      report("--labels", file(name), "--predictions", file("predictions-of-plain.csv"));
    const [told, untold] = [await asked(names[0]!), await asked(names[1]!)];
    expect(told).toEqual(
      await report("--predictions", file("predictions.csv")).then((joined) => ({
        ...joined,
        predictionsWithoutLabels: 0,
      })),
    );
    expect(untold.patients).toBeNull();
    expect(untold.perObservation.Edema.aurocInterval).not.toEqual(told.perObservation.Edema.aurocInterval);

    await write(
      "blank-patient.csv",
      ["Path", "Patient", ...OBSERVATIONS],
      labels.map((row, i) => [plain(i), i === 3 ? "" : 1, ...row]),
    );
    const refused = await hilum([
      ...["metrics", "--labels", file("blank-patient.csv"), "--predictions", file("predictions-of-plain.csv")],
    ]);
    expect(refused.exitCode).toBe(64);
    expect(refused.stderr).toContain("blank-patient.csv line 5: Patient is blank");
  });

  it("leaves out what a model did not learn, and refuses a probability that is missing for some films", async () => {
    const unlearned = ["Edema", "Fracture"] as const;
    await writeFile(
      file("unlearned.csv"),
      written((film) => film === 1, unlearned),
    );
    const found = await report("--predictions", file("unlearned.csv"));
    expect(found.notAnswered).toEqual(unlearned);
    for (const name of OBSERVATIONS) {
      const figures = found.perObservation[name];
      if (found.notAnswered.includes(name)) expect(figures).toMatchObject({ rows: 0, auroc: null, f1: null });
      else expect(figures.rows).toBeGreaterThan(0);
    }
    const aurocs = OBSERVATIONS.flatMap((name) => found.perObservation[name].auroc ?? []);
    expect(found.averages.macro.auroc).toBeCloseTo(aurocs.reduce((sum, value) => sum + value, 0) / aurocs.length, 12);
    const asked = (predictions: string) =>
      hilum(["metrics", "--labels", file("labels.csv"), "--predictions", file(predictions)]);
    const { stdout } = await asked("unlearned.csv");
    expect(stdout).toContain("not answered for, and left out: Edema, Fracture");
    expect(stdout).not.toMatch(/^Edema/m);

    await write("holes.csv", OBSERVATIONS, [["", ...predictions[0]!.slice(1)], ...predictions.slice(1)]);
    const refused = await asked("holes.csv");
    expect(refused.exitCode).toBe(64);
    expect(refused.stderr).toContain("holes.csv line 2: No Finding is blank");
  });

  it("counts uncertain and blank labels as it is told, at the thresholds it is given", async () => {
    const found = await report(
      ...["--predictions", file("plain.csv"), "--uncertain", "ones", "--blank", "zero"],
      ...["--thresholds", file("thresholds.json")],
    );
    for (const [k, name] of OBSERVATIONS.entries()) {
      const figures = found.perObservation[name];
      expect(figures.threshold).toBe(k / 20);
      expect(figures.rows).toBe(FILMS);
      expect(figures.positives).toBe(labels.filter((row) => row[k] === "1.0" || row[k] === "-1.0").length);
      const [low, high] = figures.aurocInterval ?? [Number.NaN, Number.NaN];
      expect(figures.auroc === null || (low <= figures.auroc && figures.auroc <= high && low < high)).toBe(true);
    }
  });

  it("masks what nobody looked for, whatever blanks count as: NA, a column that is never filled, old feedback", async () => {
    const masked = labels.map((row, film) =>
      row.map((label, k) => (k === 0 && film % 3 === 0 ? "NA" : k === 1 ? "" : k === 2 && film < 10 ? "" : label)),
    );
    const named = (film: number) => (film < 10 ? `feedback/patient${film}/study1/view1_frontal.png` : path(film));
    await write(
      "masked.csv",
      ["Path", ...OBSERVATIONS],
      [...masked.entries()].map(([film, row]) => [named(film), ...row]),
    );
    const answers = predictions.map((row, film) => [named(film), ...row]);
    await write("masked-answers.csv", ["Path", ...OBSERVATIONS], answers);
    const { exitCode, stdout } = await hilum([
      ...["metrics", "--labels", file("masked.csv"), "--predictions", file("masked-answers.csv")],
      ...["--blank", "zero", "--uncertain", "ones", "--json"],
    ]);
    expect(exitCode).toBe(0);
    const found = MetricsReport.parse(JSON.parse(stdout));
    // A blank of feedback was not judged; elsewhere it is a negative.
    const rows = OBSERVATIONS.map((_, k) =>
      k === 1 ? 0 : masked.filter((row, film) => row[k] !== "NA" && (film >= 10 || row[k] !== "")).length,
    );
    expect(OBSERVATIONS.map((name) => found.perObservation[name].rows)).toEqual(rows);
    expect(found.notLabelled).toBe(14 * FILMS - rows.reduce((a, b) => a + b));
    expect(found.perObservation[OBSERVATIONS[1]]).toMatchObject({ brier: null, auroc: null, prevalence: null });
  });

  it("leaves out films that predict could not answer for, and counts them", async () => {
    const answered = labels.map((row, film) => [path(film), "Male", ...row]).filter((_, film) => !FAILED.has(film));
    await write("answered.csv", ["Path", "Sex", ...OBSERVATIONS], answered);
    const found = await report("--predictions", file("predicted.csv"));
    expect(found).toMatchObject({ films: FILMS - FAILED.size, failedPredictions: FAILED.size });
    const { exitCode, stdout } = await hilum([
      ...["metrics", "--labels", file("answered.csv"), "--predictions", file("plain-answered.csv"), "--json"],
    ]);
    expect(exitCode).toBe(0);
    expect(found).toEqual({ ...JSON.parse(stdout), failedPredictions: FAILED.size });
  });

  it("takes films for the same from another folder on, and counts labelled ones without a prediction", async () => {
    const there = predictions.map((row, film) => [`/data/films/${path(film)}`, ...row]).slice(2);
    await write("elsewhere.csv", ["Path", ...OBSERVATIONS], there);
    const found = await report("--predictions", file("elsewhere.csv"));
    expect(found).toMatchObject({ joinedBy: "path-ending", films: FILMS - 2, labelsWithoutPredictions: 2 });
    await write("few-labels.csv", ["Path", ...OBSERVATIONS], labels.map((row, film) => [path(film), ...row]).slice(2));
    const { stdout } = await hilum([
      ...["metrics", "--labels", file("few-labels.csv"), "--predictions", file("predictions.csv"), "--json"],
    ]);
    expect(found.perObservation).toEqual(JSON.parse(stdout).perObservation);
  });

  it("reads a run's own predictions.csv: its test part, its patients, as labels too", async () => {
    const none = new Float64Array(0);
    const table = (part: Part, films: readonly number[]): PredictionTable => ({
      part,
      count: films.length,
      paths: films.map((film) => `${film}.png`),
      patientIds: films.map((film) => String(film >> 1)),
      subjects: films.map(() => ({ source: "own", sex: "Male", age: 50, projection: "PA" })),
      ...{ patients: new Uint32Array(0), studies: new Uint32Array(0), logits: none },
      labels: Float32Array.from(
        films.flatMap((film) => labels[film]!.map((label) => (label === "" ? Number.NaN : Math.abs(Number(label))))),
      ),
      probabilities: Float64Array.from(films.flatMap((film) => predictions[film]!)),
    });
    const all = Array.from({ length: FILMS }, (_, film) => film);
    await writeFile(file("run.csv"), predictionsCsv([table("tuning", all.slice(40)), table("test", all.slice(0, 40))]));
    await write(
      "flat.csv",
      ["Path", ...OBSERVATIONS],
      labels.map((row, film) => [`${film}.png`, ...row]),
    );
    const of = async (labelled: string) => {
      const { stdout, stderr } = await hilum([
        ...["metrics", "--labels", file(labelled), "--predictions", file("run.csv"), "--uncertain", "ones", "--json"],
      ]);
      expect(stderr).toBe("");
      return MetricsReport.parse(JSON.parse(stdout));
    };
    const found = await of("flat.csv");
    expect(found).toMatchObject({ films: 40, patients: 20, labelsWithoutPredictions: 20 });
    expect((await of("run.csv")).perObservation).toEqual(found.perObservation);
  });

  it("prints tables for people", async () => {
    const { stdout, exitCode } = await hilum([
      ...["metrics", "--labels", file("labels.csv"), "--predictions", file("plain.csv")],
    ]);
    expect(exitCode).toBe(0);
    for (const name of [...OBSERVATIONS, "micro average", "samples average"]) expect(stdout).toContain(name);
    expect(stdout).not.toMatch(/NaN|undefined|null/);
  });

  it.each([
    ["other row counts", "short.csv", /60 rows in .*labels.csv and 59 in .*short.csv/],
    [
      "a number that is no probability",
      "wrong.csv",
      /wrong.csv line 2: Support Devices is "1.2", expected a probability/,
    ],
    ["films of which none was answered for", "all-failed.csv", /none of the 60 films was answered for/],
    ["a file that is not there", "none.csv", /none.csv: no such file/],
  ])("ends with 64 and one sentence for %s", async (_, name, message) => {
    const { exitCode, stderr, stdout } = await hilum([
      ...["metrics", "--labels", file("labels.csv"), "--predictions", file(name), "--json"],
    ]);
    expect(exitCode).toBe(64);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});
