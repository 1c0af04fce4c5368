import { beforeAll, describe, expect, it } from "vitest";
import { auroc } from "../../lib/domain/metrics/auroc.ts";
import { averagePrecision } from "../../lib/domain/metrics/average-precision.ts";
import { binaryAccuracy } from "../../lib/domain/metrics/binary-accuracy.ts";
import { brier } from "../../lib/domain/metrics/brier.ts";
import { calibrationLine } from "../../lib/domain/metrics/calibration-line.ts";
import { accuracy, confusion, f1, precision, recall, specificity } from "../../lib/domain/metrics/confusion.ts";
import { precisionRecallCurve, rocCurve } from "../../lib/domain/metrics/curves.ts";
import { logLoss } from "../../lib/domain/metrics/log-loss.ts";
import { rank } from "../../lib/domain/metrics/ranking.ts";
import { expectedCalibrationError, reliability } from "../../lib/domain/metrics/reliability.ts";
import { random } from "../../lib/domain/random.ts";
import { python } from "../python.ts";

interface Table {
  scores: number[];
  labels: number[];
  threshold: number;
}

interface Expected {
  auroc: number | null;
  averagePrecision: number | null;
  brier: number | null;
  logLoss: number | null;
  slope: number | null;
  intercept: number | null;
  calibrationError: number | null;
  binaryAccuracy: number | null;
  accuracy: number | null;
  f1: number | null;
  precision: number | null;
  recall: number | null;
  specificity: number | null;
  confusion: [number, number, number, number];
  roc: [number, number][];
  precisionRecall: [number, number][];
}

const SCRIPT = `
import json, sys, warnings
import numpy as np
from sklearn import metrics as m
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression
from scipy.optimize import brentq
from scipy.special import expit, logit
warnings.simplefilter("ignore")

def one(table):
    scores = np.array([float(x) for x in table["scores"]])
    labels = np.array([float(x) for x in table["labels"]])
    known = ~np.isnan(labels)
    s, y = scores[known], labels[known].astype(int)
    decided = (s >= table["threshold"]).astype(int)
    both = len(set(y.tolist())) == 2
    score = lambda f, **k: float(f(y, decided, zero_division=np.nan, **k)) if len(y) else float("nan")
    number = lambda x: None if np.isnan(x) else float(x)
    tn, fp, fn, tp = m.confusion_matrix(y, decided, labels=[0, 1]).ravel().tolist() if len(y) else (0, 0, 0, 0)
    roc, pr = [], []
    slope = intercept = error = None
    if len(y):
        found, mean = calibration_curve(y, s, n_bins=10)
        rows = np.histogram(np.searchsorted(np.linspace(0, 1, 11)[1:-1], s), bins=np.arange(11))[0]
        error = float(np.average(np.abs(found - mean), weights=rows[rows > 0]))
    if both:
        z = logit(np.clip(s, 1e-7, 1 - 1e-7))
        intercept = brentq(lambda a: (expit(z + a) - y).sum(), -100, 100, xtol=1e-14, rtol=1e-14)
        apart = z[y == 0].max() <= z[y == 1].min() or z[y == 1].max() <= z[y == 0].min()
        if not apart:
            fitted = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-14, max_iter=1000).fit(z[:, None], y)
            slope = float(fitted.coef_[0, 0])
        fpr, tpr, _ = m.roc_curve(y, s, drop_intermediate=False)
        roc = list(zip(fpr.tolist(), tpr.tolist()))
    if y.sum() > 0:
        p, r, _ = m.precision_recall_curve(y, s)
        pr = list(zip(r[::-1].tolist(), p[::-1].tolist()))
    return dict(
        auroc=float(m.roc_auc_score(y, s)) if both else None,
        averagePrecision=float(m.average_precision_score(y, s)) if y.sum() > 0 else None,
        brier=float(np.mean((s - y) ** 2)) if not both and len(y) else float(m.brier_score_loss(y, s)) if len(y) else None,
        logLoss=float(m.log_loss(y, s, labels=[0, 1])) if len(y) else None,
        slope=slope, intercept=intercept, calibrationError=error,
        binaryAccuracy=float(np.mean((s > 0.5) == (y > 0))) if len(y) else None,
        accuracy=float(m.accuracy_score(y, decided)) if len(y) else None,
        f1=number(score(m.f1_score)), precision=number(score(m.precision_score)), recall=number(score(m.recall_score)),
        specificity=number(score(m.recall_score, pos_label=0)),
        confusion=[tp, fp, tn, fn], roc=roc, precisionRecall=pr)

json.dump([one(t) for t in json.load(sys.stdin)], sys.stdout)
`;

/** Tables of all kinds: few or many rows, heavy ties, masks, one class, none. */
function tables(): Table[] {
  const made: Table[] = [
    { scores: [], labels: [], threshold: 0.5 },
    { scores: [0.5], labels: [1], threshold: 0.5 },
    { scores: [0.2, 0.9], labels: [Number.NaN, Number.NaN], threshold: 0.5 },
    { scores: [0.1, 0.2, 0.3], labels: [0, 0, 0], threshold: 0.2 },
    { scores: [0.1, 0.2, 0.3], labels: [1, 1, 1], threshold: 0.2 },
    { scores: [0.7, 0.7, 0.7, 0.7], labels: [1, 0, 1, 0], threshold: 0.7 },
    { scores: [0, 1, 1, 0], labels: [0, 1, 0, 1], threshold: 1 },
  ];
  for (let seed = 0; seed < 300; seed += 1) {
    const next = random(seed, "tables");
    const rows = 1 + Math.floor(next() ** 2 * 300);
    const levels = [2, 5, 20, 1e9][seed % 4]!;
    const prevalence = next();
    const masked = seed % 3 === 0 ? 0.3 : 0;
    const labels = Array.from({ length: rows }, () => (next() < masked ? Number.NaN : Number(next() < prevalence)));
    const scores = labels.map((label) => Math.round(((label || 0) * 0.3 * next() + 0.7 * next()) * levels) / levels);
    made.push({ scores, labels, threshold: scores[Math.floor(next() * rows)]! });
  }
  return made;
}

describe("metrics against scikit-learn", () => {
  const cases = tables();
  let expected: Expected[];
  beforeAll(async () => {
    expected = await python<Expected[]>(SCRIPT, cases);
  });

  const each = (check: (table: Table, answer: Expected, name: string) => void) => () => {
    for (const [i, table] of cases.entries()) check(table, expected[i]!, `table ${i}`);
  };
  const same = (ours: number | null, theirs: number | null, name: string): void => {
    if (ours === null || theirs === null) expect(ours, name).toBe(theirs);
    else expect(Math.abs(ours - theirs), `${name}: ${ours}, scikit-learn ${theirs}`).toBeLessThan(1e-9);
  };

  it("has tables of both kinds", () => {
    expect(expected.filter((e) => e.auroc === null).length).toBeGreaterThan(4);
    expect(expected.filter((e) => e.auroc !== null).length).toBeGreaterThan(220);
  });

  it(
    "AUROC",
    each((t, e, name) => same(auroc(t.scores, t.labels), e.auroc, name)),
  );
  it(
    "average precision",
    each((t, e, name) => same(averagePrecision(t.scores, t.labels), e.averagePrecision, name)),
  );
  it(
    "Brier score",
    each((t, e, name) => same(brier(t.scores, t.labels), e.brier, name)),
  );

  it(
    "log loss",
    each((t, e, name) => same(logLoss(t.scores, t.labels), e.logLoss, name)),
  );
  it(
    "calibration slope and intercept",
    each((t, e, name) => {
      const line = calibrationLine(t.scores, t.labels);
      same(line.slope, e.slope, name);
      same(line.intercept, e.intercept, name);
    }),
  );
  it(
    "expected calibration error",
    each((t, e, name) => same(expectedCalibrationError(reliability(t.scores, t.labels)), e.calibrationError, name)),
  );
  it(
    "binary accuracy",
    each((t, e, name) => same(binaryAccuracy(t.scores, t.labels), e.binaryAccuracy, name)),
  );

  it(
    "decisions at a threshold",
    each((t, e, name) => {
      const counts = confusion(t.scores, t.labels, t.threshold);
      const { truePositive, falsePositive, trueNegative, falseNegative } = counts;
      expect([truePositive, falsePositive, trueNegative, falseNegative], name).toEqual(e.confusion);
      same(accuracy(counts), e.accuracy, name);
      same(f1(counts), e.f1, name);
      same(precision(counts), e.precision, name);
      same(recall(counts), e.recall, name);
      same(specificity(counts), e.specificity, name);
    }),
  );

  it(
    "ROC curve: every corner of scikit-learn's, and nothing off its line",
    each((t, e, name) => {
      const curve = rocCurve(rank(t.scores, t.labels), 10_000);
      expect(curve.at(0), name).toEqual(e.roc.at(0));
      expect(curve.at(-1), name).toEqual(e.roc.at(-1));
      for (const [x, y] of e.roc) expect(distance(curve, x, y), name).toBeLessThan(1e-9);
    }),
  );

  it(
    "precision-recall curve",
    each((t, e, name) => {
      const curve = precisionRecallCurve(rank(t.scores, t.labels), 10_000);
      expect(curve.length, name).toBe(e.precisionRecall.length);
      for (const [i, [x, y]] of curve.entries()) {
        same(x, e.precisionRecall[i]![0], name);
        same(y, e.precisionRecall[i]![1], name);
      }
    }),
  );
});

/** Distance of a point from the nearest segment of a curve that rises along both axes. */
function distance(curve: [number, number][], x: number, y: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i + 1 < curve.length; i += 1) {
    const [x0, y0] = curve[i]!;
    const [x1, y1] = curve[i + 1]!;
    const length = (x1 - x0) ** 2 + (y1 - y0) ** 2;
    const along = Math.min(1, Math.max(0, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length));
    least = Math.min(least, Math.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0)));
  }
  return least;
}
