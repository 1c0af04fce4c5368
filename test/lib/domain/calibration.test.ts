import { describe, expect, it } from "vitest";
import {
  type CalibrationMethod,
  calibrate,
  fitCalibration,
  type Isotonic,
  type Platt,
} from "../../../lib/domain/calibration.ts";
import { logit, sigmoid } from "../../../lib/domain/logistic.ts";
import { auroc } from "../../../lib/domain/metrics/auroc.ts";
import { brier } from "../../../lib/domain/metrics/brier.ts";
import { calibrationLine } from "../../../lib/domain/metrics/calibration-line.ts";
import { logLoss } from "../../../lib/domain/metrics/log-loss.ts";
import { expectedCalibrationError, reliability } from "../../../lib/domain/metrics/reliability.ts";
import { normal, random } from "../../../lib/domain/random.ts";
import { python } from "../../python.ts";

/** A patient a row. */
const fitTo = (method: CalibrationMethod, probabilities: ArrayLike<number>, labels: ArrayLike<number>) =>
  fitCalibration(method, {
    logits: Float64Array.from(probabilities, logit),
    labels,
    patients: Uint32Array.from(labels, (_, row) => row),
  });

/** Rows whose true probability is sigmoid(slope x logit + intercept) of the reported one. */
function distorted(rows: number, slope: number, intercept: number, seed: number) {
  const next = random(seed, "distorted");
  const logits = Array.from({ length: rows }, () => 2 * normal(next));
  return {
    probabilities: Float32Array.from(logits, sigmoid),
    labels: Float32Array.from(logits, (z) => Number(next() < sigmoid(slope * z + intercept))),
  };
}

describe("Platt's calibration", () => {
  it("finds the distortion again", () => {
    const { probabilities, labels } = distorted(20_000, 0.5, -1.5, 1);
    const fitted = fitTo("platt", probabilities, labels) as Platt;
    expect(fitted.kind).toBe("platt");
    expect(Math.abs(fitted.slope - 0.5)).toBeLessThan(0.03);
    expect(Math.abs(fitted.intercept + 1.5)).toBeLessThan(0.06);
  });

  it("lowers the Brier score of other patients and keeps their order", () => {
    const { probabilities, labels } = distorted(1000, 0.4, -2, 2);
    const fitted = fitTo("platt", probabilities, labels);
    const other = distorted(5000, 0.4, -2, 3);
    const calibrated = Float64Array.from(other.probabilities, (p) => calibrate(fitted, logit(p)));
    expect(brier(calibrated, other.labels)!).toBeLessThan(brier(other.probabilities, other.labels)! - 0.05);
    expect(auroc(calibrated, other.labels)).toBeCloseTo(auroc(other.probabilities, other.labels)!, 6);
  });

  it("is where the gradient of the smoothed loss is nought", () => {
    const { probabilities, labels } = distorted(300, 1.7, 0.4, 4);
    const { slope, intercept } = fitTo("platt", probabilities, labels) as Platt;
    const positives = labels.reduce((sum, label) => sum + label, 0);
    const high = (positives + 1) / (positives + 2);
    const low = 1 / (labels.length - positives + 2);
    let bySlope = 0;
    let byIntercept = 0;
    for (const [row, p] of probabilities.entries()) {
      const error = sigmoid(slope * logit(p) + intercept) - (labels[row] === 1 ? high : low);
      bySlope += error * logit(p);
      byIntercept += error;
    }
    expect(Math.abs(bySlope)).toBeLessThan(1e-6);
    expect(Math.abs(byIntercept)).toBeLessThan(1e-6);
  });

  it("has a finite slope where the classes are apart", () => {
    const probabilities = Array.from({ length: 40 }, (_, i) => (i < 20 ? 0.01 + i / 1000 : 0.9 + i / 1000));
    const labels = probabilities.map((p) => Number(p > 0.5));
    const fitted = fitTo("platt", probabilities, labels) as Platt;
    expect(fitted.slope).toBeGreaterThan(0);
    expect(fitted.slope).toBeLessThan(100);
  });

  it("leaves alone what it can't judge: too few, one class, or the wrong way round", () => {
    expect(fitTo("platt", [0.1, 0.9], [0, 1])).toMatchObject({
      kind: "identity",
      reason: "1 positive and 1 negative films, expected 10 of each",
    });
    const none = fitTo("platt", new Float32Array(50).fill(0.3), new Float32Array(50));
    expect(none).toMatchObject({ kind: "identity" });
    const { probabilities, labels } = distorted(500, -1, 0, 5);
    const round = fitTo("platt", probabilities, labels);
    expect(round).toEqual({ kind: "identity", reason: "it would turn the order of the films round" });
  });

  it("leaves out masked labels", () => {
    const { probabilities, labels } = distorted(500, 0.5, 0, 6);
    const masked = labels.map((label, i) => (i % 2 ? Number.NaN : label));
    const half = (values: Float32Array) => values.filter((_, i) => i % 2 === 0);
    expect(fitTo("platt", probabilities, masked)).toEqual(fitTo("platt", half(probabilities), half(labels)));
  });

  it("takes certain probabilities, and interpolates an isotonic table", () => {
    const platt = { kind: "platt", slope: 1, intercept: 0 } as const;
    expect(calibrate(platt, -40)).toBeCloseTo(0, 6);
    expect(calibrate(platt, 40)).toBeCloseTo(1, 6);
    const isotonic = { kind: "isotonic", x: [0.2, 0.4, 0.8], y: [0, 0.5, 0.7] } as const;
    expect([0.1, 0.3, 0.6, 0.9].map((p) => calibrate(isotonic, logit(p)))).toEqual([
      0,
      expect.closeTo(0.25, 12),
      expect.closeTo(0.6, 12),
      0.7,
    ]);
  });
});

describe("a map that does not help", () => {
  /** Log loss of other patients with the map over that without, mean over seeds in which the map was kept or not. */
  function excess(rows: number, slope: number) {
    const kinds: string[] = [];
    let [kept, plain] = [0, 0];
    for (let seed = 0; seed < 60; seed += 1) {
      const { probabilities, labels } = distorted(rows, slope, 0, 100 + seed);
      const map = fitTo("platt", probabilities, labels);
      kinds.push(map.kind);
      const other = distorted(2000, slope, 0, 1000 + seed);
      kept += logLoss(
        Float64Array.from(other.probabilities, (p) => calibrate(map, logit(p))),
        other.labels,
      )!;
      plain += logLoss(other.probabilities, other.labels)!;
    }
    return { excess: (kept - plain) / 60, identity: kinds.filter((kind) => kind === "identity").length / 60 };
  }

  it("is left out for most networks whose probabilities were right, and kept for those whose were wrong", () => {
    const right = excess(60, 1);
    expect(right.identity).toBeGreaterThan(0.5);
    expect(right.excess).toBeLessThan(0.01);
    const wrong = excess(200, 0.3);
    expect(wrong.identity).toBe(0);
    expect(wrong.excess).toBeLessThan(-0.1);
  });

  it("says how much worse it made patients that it was not fitted on, all films of a patient together", () => {
    // Every patient has 20 films of one label; a fold that parted them would know the answer.
    const next = random(1, "clusters");
    const logits = Float64Array.from({ length: 800 }, () => 1e-3 * normal(next));
    const patients = Uint32Array.from(logits, (_, row) => Math.floor(row / 20));
    const labels = Float64Array.from(patients, (patient) => patient % 2);
    const map = fitCalibration("platt", { logits, labels, patients });
    expect(map).toMatchObject({ kind: "identity", reason: expect.stringMatching(/^log loss|order/) });
  });
});

describe("logits", () => {
  it("tell films apart whose float32 probabilities are 1, and answer as probabilities did where they are not", () => {
    const maps = [{ kind: "identity" }, { kind: "platt", slope: 0.3, intercept: -4 }] as const;
    for (const map of maps) {
      expect(calibrate(map, 20)).toBeGreaterThan(calibrate(map, 18));
      expect([18, 20].map((z) => Math.fround(sigmoid(z)))).toEqual([1, 1]);
      for (let z = -12; z <= 6; z += 0.37) {
        const before = Math.fround(sigmoid(z));
        const old = map.kind === "platt" ? sigmoid(map.slope * logit(before) + map.intercept) : before;
        expect(Math.abs(calibrate(map, z) - old)).toBeLessThan(1e-6);
      }
    }
  });
});

/** Reported probabilities of films whose true ones are known, and labels drawn from those. */
const WORLDS: Readonly<Record<string, (logit: number) => number>> = {
  "too sure": (z) => sigmoid(2.5 * z),
  "too timid": (z) => sigmoid(0.4 * z),
  "a rare observation up-sampled ninefold": (z) => sigmoid(z + Math.log(9)),
  "both, and bent": (z) => sigmoid(1.8 * z + 0.15 * z * z * Math.sign(z) + 1),
};

function films(rows: number, report: (logit: number) => number, seed: number) {
  const next = random(seed, "posteriors");
  const truth = Array.from({ length: rows }, () => -2 + 1.3 * normal(next));
  return {
    probabilities: Float64Array.from(truth, report),
    labels: Float64Array.from(truth, (z) => Number(next() < sigmoid(z))),
  };
}

describe.each(["platt", "isotonic"] as const)("%s against known posteriors", (method) => {
  it.each(Object.entries(WORLDS))("%s: slope 1, intercept 0, Brier no worse on other patients", (_, report) => {
    for (let seed = 0; seed < 2; seed += 1) {
      const fitting = films(20_000, report, 2 * seed);
      const map = fitTo(method, fitting.probabilities, fitting.labels);
      expect(map.kind).toBe(method);
      const { probabilities, labels } = films(40_000, report, 2 * seed + 1);
      const calibrated = Float64Array.from(probabilities, (p) => calibrate(map, logit(p)));
      const { slope, intercept } = calibrationLine(calibrated, labels);
      expect(Math.abs(slope! - 1)).toBeLessThan(0.1);
      expect(Math.abs(intercept!)).toBeLessThan(0.1);
      expect(brier(calibrated, labels)!).toBeLessThanOrEqual(brier(probabilities, labels)!);
      const error = (p: Float64Array) => expectedCalibrationError(reliability(p, labels))!;
      expect(error(calibrated)).toBeLessThan(Math.min(0.02, error(probabilities)));
    }
  });
});

describe("isotonic calibration", () => {
  it("equals scikit-learn's, but that it is never certain", async () => {
    const tables = Array.from({ length: 30 }, (_, seed) => {
      const next = random(seed, "isotonic");
      const levels = [10, 100, 1e9][seed % 3]!;
      const x = Array.from({ length: 1500 + Math.floor(next() * 500) }, () => Math.round(next() * levels) / levels);
      return { x, y: x.map((p) => Number(next() < 0.2 + 0.6 * p)) };
    });
    const script = `
import json, sys
from sklearn.isotonic import IsotonicRegression
def one(t):
    fitted = IsotonicRegression().fit(t["x"], t["y"])
    return dict(x=fitted.X_thresholds_.tolist(), y=fitted.y_thresholds_.tolist())
json.dump([one(t) for t in json.load(sys.stdin)], sys.stdout)`;
    const theirs = await python<{ x: number[]; y: number[] }[]>(script, tables);
    for (const [i, { x, y }] of tables.entries()) {
      const map = fitTo("isotonic", x, y) as Isotonic;
      const [low, high] = [map.y[0]!, map.y.at(-1)!];
      expect(low).toBeGreaterThan(0);
      expect(high).toBeLessThan(1);
      expect(map.x).toHaveLength(theirs[i]!.x.length);
      for (const [k, value] of theirs[i]!.x.entries()) expect(Math.abs(map.x[k]! - value)).toBeLessThan(1e-6);
      for (const [k, value] of theirs[i]!.y.entries()) {
        expect(Math.abs(map.y[k]! - Math.min(Math.max(value, low), high))).toBeLessThan(1e-9);
      }
    }
  });

  it("leaves few labels to Platt, and none as they are", () => {
    const few = films(150, (z) => sigmoid(2.5 * z + 2), 3);
    expect(fitTo("isotonic", few.probabilities, few.labels).kind).toBe("platt");
    const many = films(5000, sigmoid, 3);
    expect(fitTo("none", many.probabilities, many.labels)).toEqual({ kind: "identity" });
  });
});
