import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { Evaluation, RunEvaluation } from "../../../lib/contracts/evaluation.ts";
import { OBSERVATION_COUNT, OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { random, shuffle } from "../../../lib/domain/random.ts";
import { escapeLines } from "../../../lib/domain/shown.ts";
import { calibrated, decisionRules } from "../../../lib/evaluation/decision-rules.ts";
import { chooseExamples } from "../../../lib/evaluation/examples.ts";
import { evaluationFigures } from "../../../lib/evaluation/figures.ts";
import type { PredictionTable } from "../../../lib/evaluation/prediction-table.ts";
import { csvText, predictionsCsv } from "../../../lib/evaluation/predictions-csv.ts";
import { syntheticTable } from "./synthetic.ts";

const NOWHERE = {
  perObservation: [],
  hitRate: null,
  centreHitRate: null,
  untrainedHitRate: null,
  iou: null,
  untrainedIou: null,
};
const figures = (test: PredictionTable, thresholds = new Array<number>(OBSERVATION_COUNT).fill(0.5)) =>
  evaluationFigures({
    run: "r",
    protocol: "leak-free",
    leakage: { testFilms: 0, testFilmsInTraining: 0, testPatients: 0, testPatientsInTraining: 0 },
    test,
    raw: test,
    thresholds,
    seed: 1,
    localisation: NOWHERE,
  });

describe("figures of an evaluation", () => {
  const tables = {
    tuning: syntheticTable("tuning", 150, 1),
    calibration: syntheticTable("calibration", 150, 2),
    test: syntheticTable("test", 300, 3),
  };

  it("fit the contract; one class is not defined, and left out of the mean", () => {
    const found = Evaluation.parse(figures(tables.test));
    const opacity = found.perObservation["Lung Opacity"];
    expect(opacity).toMatchObject({ positives: 0, prevalence: 0, auroc: null, aurocInterval: null, recall: null });
    expect(found.definedObservations).toBe(13);
    const defined = OBSERVATIONS.flatMap((name) => found.perObservation[name].auroc ?? []);
    expect(found.meanAuroc).toBeCloseTo(defined.reduce((sum, v) => sum + v, 0) / 13, 12);
    const [low, high] = found.meanAurocInterval!;
    expect(low).toBeLessThan(found.meanAuroc!);
    expect(high).toBeGreaterThan(found.meanAuroc!);
  });

  it("of before groups were compared by more than AUROC still load", () => {
    const { subgroupGaps: _, subgroups, ...rest } = figures(tables.test);
    const ofBefore = subgroups.map((group) => ({
      ...group,
      perObservation: Object.fromEntries(
        Object.entries(group.perObservation).map(([name, { rows, positives, auroc, aurocInterval }]) => [
          name,
          { rows, positives, auroc, aurocInterval },
        ]),
      ),
    }));
    const gap = { axis: "sex", better: "Male", worse: "Female", gap: 0.05, interval: null, observations: ["Edema"] };
    for (const largestSubgroupGap of [gap, null]) {
      const document = { ...rest, subgroups: ofBefore, largestSubgroupGap };
      expect(Evaluation.parse(document)).toEqual(document);
      expect(RunEvaluation.parse({ ...document, model: "a" }).largestSubgroupGap).toEqual(largestSubgroupGap);
    }
  });

  it("leave masked labels out", () => {
    const known = tables.test.labels.filter((v, i) => i % OBSERVATION_COUNT === 2 && !Number.isNaN(v)).length;
    const { rows, confusion } = figures(tables.test).perObservation.Cardiomegaly;
    expect(rows).toBe(known);
    expect(Object.values(confusion).reduce((sum, n) => sum + n, 0)).toBe(known);
  });

  it("are one half, within its interval, where labels are shuffled", () => {
    const labels = tables.test.labels.slice();
    for (let i = 0; i < OBSERVATION_COUNT; i += 1) {
      const rows = shuffle(
        Uint32Array.from({ length: tables.test.count }, (_, row) => row),
        random(i, "rows"),
      );
      rows.forEach((from, to) => {
        labels[to * OBSERVATION_COUNT + i] = tables.test.labels[from * OBSERVATION_COUNT + i]!;
      });
    }
    const shuffled = figures({ ...tables.test, labels });
    expect(Math.abs(shuffled.meanAuroc! - 0.5)).toBeLessThan(0.05);
    expect(figures(tables.test).meanAuroc!).toBeGreaterThan(0.85);
  });

  it("have an operating curve that falls in sensitivity and rises in specificity", () => {
    const { thresholds, sensitivity, specificity } = figures(tables.test).operatingCurve;
    expect(thresholds[0]).toBe(0);
    expect(thresholds.at(-1)).toBe(1);
    expect(sensitivity[2]![0]).toBe(1);
    expect(specificity[2]!.at(-1)).toBe(1);
    expect(sensitivity[3]!.every((value) => value === null)).toBe(true);
    for (let k = 1; k < thresholds.length; k += 1) {
      expect(sensitivity[2]![k]!).toBeLessThanOrEqual(sensitivity[2]![k - 1]!);
      expect(specificity[2]![k]!).toBeGreaterThanOrEqual(specificity[2]![k - 1]!);
    }
  });
});

describe("decision rules", () => {
  const CONFIG = { operatingPoint: "max-f1", calibration: "platt" } as const;
  const tables = { tuning: syntheticTable("tuning", 300, 1), calibration: syntheticTable("calibration", 300, 2) };

  it("come from the calibration and tuning patients, each for its own", () => {
    const rules = decisionRules(CONFIG, tables);
    expect(rules.calibration[3]).toMatchObject({ kind: "identity", reason: expect.stringContaining("0 positive") });
    expect(rules.calibration[2]!.kind).toBe("platt");
    expect(rules.thresholds[3]).toBe(0.5);
    const other = decisionRules(CONFIG, { ...tables, tuning: syntheticTable("tuning", 300, 9) });
    expect(other.calibration).toEqual(rules.calibration);
    expect(other.thresholds).not.toEqual(rules.thresholds);
  });

  it("put thresholds on calibrated probabilities", () => {
    const rules = decisionRules({ ...CONFIG, operatingPoint: "youden" }, tables);
    const tuning = calibrated(tables.tuning, rules.calibration);
    const scores = tuning.probabilities.filter((_, i) => i % OBSERVATION_COUNT === 2);
    expect(rules.thresholds[2]!).toBeGreaterThan(Math.min(...scores));
    expect(rules.thresholds[2]!).toBeLessThan(Math.max(...scores));
    expect(decisionRules({ ...CONFIG, operatingPoint: "fixed-0.5" }, tables).thresholds).toEqual(
      new Array(OBSERVATION_COUNT).fill(0.5),
    );
  });
});

describe("predictions.csv", () => {
  it("holds every label and probability, masked labels empty", () => {
    const table = syntheticTable("test", 5, 1);
    const rows: Record<string, string>[] = parse(predictionsCsv([table]), { columns: true });
    expect(rows).toHaveLength(table.count);
    for (const [row, cells] of rows.entries()) {
      expect(cells.path).toBe(table.paths[row]);
      for (const [i, name] of OBSERVATIONS.entries()) {
        const at = row * OBSERVATION_COUNT + i;
        expect(cells[`label ${name}`]).toBe(Number.isNaN(table.labels[at]!) ? "" : String(table.labels[at]));
        expect(Number(cells[`probability ${name}`])).toBe(table.probabilities[at]);
      }
    }
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])("defuses %j", (text) => {
    expect(parse(csvText(text))[0]?.[0]).toBe(`'${escapeLines(text)}`);
  });

  it("quotes what has to be quoted", () => {
    expect(csvText('a,"b"\nc')).toBe('"a,""b""\nc"');
    expect(csvText("plain/path.jpg")).toBe("plain/path.jpg");
  });
});

describe("examples", () => {
  const table = syntheticTable("test", 200, 4);
  const thresholds = new Array<number>(OBSERVATION_COUNT).fill(0.5);

  it("are what they are called, and the most telling of their kind", () => {
    const chosen = chooseExamples(table, thresholds, new Set(["Fracture"]));
    expect(chosen[0]!.observation).toBe("Fracture");
    expect(new Set(chosen.map((c) => c.observation)).size).toBe(4);
    expect(chosen.some((c) => c.observation === "No Finding")).toBe(false);
    for (const { row, observation, outcome } of chosen) {
      const i = OBSERVATIONS.indexOf(observation);
      const at = row * OBSERVATION_COUNT + i;
      expect(table.labels[at]).toBe(outcome === "false positive" ? 0 : 1);
      expect(table.probabilities[at]! >= 0.5).toBe(outcome !== "false negative");
      for (let other = 0; other < table.count; other += 1) {
        const there = other * OBSERVATION_COUNT + i;
        const called = table.probabilities[there]! >= 0.5;
        if (table.labels[there] !== table.labels[at] || called !== (outcome !== "false negative")) continue;
        if (outcome === "false negative")
          expect(table.probabilities[at]!).toBeLessThanOrEqual(table.probabilities[there]!);
        else expect(table.probabilities[at]!).toBeGreaterThanOrEqual(table.probabilities[there]!);
      }
    }
  });
});
