import { describe, expect, it } from "vitest";
import { fitIntercept, fitLogistic, type Line, logisticFit, sigmoid } from "../../../lib/domain/logistic.ts";
import { normal, random } from "../../../lib/domain/random.ts";
import { python } from "../../python.ts";

/** Rows whose feature and chance of a positive are drawn so. */
function drawn(rows: number, seed: number, feature: (next: () => number) => number, chance: (x: number) => number) {
  const next = random(seed, "logistic");
  const x = Array.from({ length: rows }, () => feature(next));
  return { x, y: x.map((value) => (next() < chance(value) ? 1 : 0)) };
}

const line = Array.from({ length: 2000 }, (_, i) => i / 1000 - 1);
const HARD = {
  "decisions as probabilities": drawn(
    500,
    1,
    (next) => (next() < 0.5 ? 16.1 : -16.1),
    (x) => (x > 0 ? 0.9 : 0.1),
  ),
  "rare decisions": drawn(
    2000,
    2,
    (next) => (next() < 0.01 ? 16.1 : -16.1),
    (x) => (x > 0 ? 0.9 : 0.001),
  ),
  "extreme logits": drawn(
    1000,
    3,
    (next) => 16 * normal(next),
    (x) => sigmoid(0.07 * x),
  ),
  "far from nought": drawn(
    1000,
    4,
    (next) => 300 + normal(next),
    (x) => sigmoid(x - 300),
  ),
  "a tiny scale": drawn(
    1000,
    5,
    (next) => 5 + 1e-6 * normal(next),
    (x) => sigmoid((x - 5) * 1e6),
  ),
  "nearly parted": { x: line, y: line.map((x, i) => (i === 998 ? 1 : i === 1003 ? 0 : Number(x > 0))) },
  "one far out": { x: [1000, ...line], y: [0, ...line.map((_, i) => i % 2)] },
  "few positives": drawn(5000, 6, (next) => 2 * normal(next) - 8, sigmoid),
};

const SCRIPT = `
import json, sys, warnings
import numpy as np
from sklearn.linear_model import LogisticRegression
from scipy.optimize import brentq
from scipy.special import expit
warnings.simplefilter("ignore")
def one(t):
    x, y = np.array(t["x"]), np.array(t["y"])
    z = (x - x.mean()) / x.std()
    fit = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-14, max_iter=1000).fit(z[:, None], y)
    return [float(fit.coef_[0, 0] / x.std()), brentq(lambda a: (expit(x + a) - y).sum(), -2000, 2000, xtol=1e-13)]
json.dump([one(t) for t in json.load(sys.stdin)], sys.stdout)`;

describe("logistic regression", () => {
  it("equals scikit-learn's where fits are hard", async () => {
    const theirs = await python<[number, number][]>(SCRIPT, Object.values(HARD));
    for (const [i, [name, { x, y }]] of Object.entries(HARD).entries()) {
      const [slope, intercept] = theirs[i]!;
      const ours = fitLogistic(x, y)!;
      expect(Math.abs(ours.slope / slope - 1), name).toBeLessThan(1e-8);
      expect(Math.abs(fitIntercept(x, y)! - intercept), name).toBeLessThan(1e-6 * Math.max(1, Math.abs(intercept)));
    }
  }, 300_000);

  it.each([
    ["one-class", [1, 2, 3], [1, 1, 1]],
    ["one-class", [], []],
    ["constant", [2, 2, 2], [0, 1, 0]],
    ["parted", [1, 2, 3], [0, 0, 1]],
    ["parted", [1, 2, 2, 3], [0, 0, 1, 1]],
    ["parted", [3, 2, 1], [0, 0, 1]],
  ])("says why there is no line: %s", (failure, x, y) => {
    expect(logisticFit(x, y)).toBe(failure);
    expect(fitLogistic(x, y)).toBeNull();
  });

  it("fits shares, whether or not they part", () => {
    const { slope, intercept } = logisticFit([0, 0, 1, 1], [0.1, 0.2, 0.7, 0.9]) as Line;
    expect(sigmoid(intercept)).toBeCloseTo(0.15, 10);
    expect(sigmoid(slope + intercept)).toBeCloseTo(0.8, 10);
  });

  it("has no intercept where one class is missing", () => {
    expect(fitIntercept([1, 2], [1, 1])).toBeNull();
    expect(fitIntercept([], [])).toBeNull();
  });
});
