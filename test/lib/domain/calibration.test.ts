import { describe, expect, it } from "vitest";
import { calibrate, fitCalibration, type Isotonic, type Platt } from "../../../lib/domain/calibration.ts";
import { logit, sigmoid } from "../../../lib/domain/logistic.ts";
import { auroc } from "../../../lib/domain/metrics/auroc.ts";
import { brier } from "../../../lib/domain/metrics/brier.ts";
import { calibrationLine } from "../../../lib/domain/metrics/calibration-line.ts";
import { expectedCalibrationError, reliability } from "../../../lib/domain/metrics/reliability.ts";
import { normal, random } from "../../../lib/domain/random.ts";
import { python } from "../../python.ts";

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
    const fitted = fitCalibration("platt", probabilities, labels) as Platt;
    expect(fitted.kind).toBe("platt");
    expect(Math.abs(fitted.slope - 0.5)).toBeLessThan(0.03);
    expect(Math.abs(fitted.intercept + 1.5)).toBeLessThan(0.06);
  });

  it("lowers the Brier score of other patients and keeps their order", () => {
    const { probabilities, labels } = distorted(1000, 0.4, -2, 2);
    const fitted = fitCalibration("platt", probabilities, labels);
    const other = distorted(5000, 0.4, -2, 3);
    const calibrated = Float64Array.from(other.probabilities, (p) => calibrate(fitted, p));
    expect(brier(calibrated, other.labels)!).toBeLessThan(brier(other.probabilities, other.labels)! - 0.05);
    expect(auroc(calibrated, other.labels)).toBeCloseTo(auroc(other.probabilities, other.labels)!, 6);
  });

  it("is where the gradient of the smoothed loss is nought", () => {
    const { probabilities, labels } = distorted(300, 1.7, 0.4, 4);
    const { slope, intercept } = fitCalibration("platt", probabilities, labels) as Platt;
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
    const fitted = fitCalibration("platt", probabilities, labels) as Platt;
    expect(fitted.slope).toBeGreaterThan(0);
    expect(fitted.slope).toBeLessThan(100);
  });

  it("leaves alone what it can't judge: too few, one class, or the wrong way round", () => {
    expect(fitCalibration("platt", [0.1, 0.9], [0, 1])).toEqual({ kind: "identity" });
    expect(fitCalibration("platt", new Float32Array(50).fill(0.3), new Float32Array(50))).toEqual({ kind: "identity" });
    const { probabilities, labels } = distorted(500, -1, 0, 5);
    expect(fitCalibration("platt", probabilities, labels)).toEqual({ kind: "identity" });
  });

  it("leaves out masked labels", () => {
    const { probabilities, labels } = distorted(500, 0.5, 0, 6);
    const masked = labels.map((label, i) => (i % 2 ? Number.NaN : label));
    const half = (values: Float32Array) => values.filter((_, i) => i % 2 === 0);
    expect(fitCalibration("platt", probabilities, masked)).toEqual(
      fitCalibration("platt", half(probabilities), half(labels)),
    );
  });

  it("takes certain probabilities, and interpolates an isotonic table", () => {
    const platt = { kind: "platt", slope: 1, intercept: 0 } as const;
    expect(calibrate(platt, 0)).toBeCloseTo(0, 6);
    expect(calibrate(platt, 1)).toBeCloseTo(1, 6);
    const isotonic = { kind: "isotonic", x: [0.2, 0.4, 0.8], y: [0, 0.5, 0.7] } as const;
    expect([0.1, 0.3, 0.6, 0.9].map((p) => calibrate(isotonic, p))).toEqual([
      0,
      expect.closeTo(0.25, 12),
      expect.closeTo(0.6, 12),
      0.7,
    ]);
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
    for (let seed = 0; seed < 5; seed += 1) {
      const fitting = films(20_000, report, 2 * seed);
      const map = fitCalibration(method, fitting.probabilities, fitting.labels);
      expect(map.kind).toBe(method);
      const { probabilities, labels } = films(40_000, report, 2 * seed + 1);
      const calibrated = Float64Array.from(probabilities, (p) => calibrate(map, p));
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
      const map = fitCalibration("isotonic", x, y) as Isotonic;
      const [low, high] = [map.y[0]!, map.y.at(-1)!];
      expect(low).toBeGreaterThan(0);
      expect(high).toBeLessThan(1);
      expect(map.x).toEqual(theirs[i]!.x);
      for (const [k, value] of theirs[i]!.y.entries()) {
        expect(Math.abs(map.y[k]! - Math.min(Math.max(value, low), high))).toBeLessThan(1e-9);
      }
    }
  });

  it("leaves few labels to Platt, and none as they are", () => {
    const few = films(150, sigmoid, 3);
    expect(fitCalibration("isotonic", few.probabilities, few.labels).kind).toBe("platt");
    const many = films(5000, sigmoid, 3);
    expect(fitCalibration("none", many.probabilities, many.labels)).toEqual({ kind: "identity" });
  });
});
