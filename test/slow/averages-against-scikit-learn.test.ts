import { beforeAll, describe, expect, it } from "vitest";
import { type Averages, averages, type Decided } from "../../lib/domain/metrics/averages.ts";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import { random } from "../../lib/domain/random.ts";
import { python } from "../python.ts";

const SCRIPT = `
import json, sys, warnings
import numpy as np
from sklearn import metrics as m
warnings.simplefilter("ignore")
number = lambda x: None if x is None or np.isnan(x) else float(x)

def figures(y, s, d, average):
    report = lambda f: f(y, d, average=average, zero_division=0)
    ranked = lambda f: f(y, s, average=average)
    return dict(precision=report(m.precision_score), recall=report(m.recall_score), f1=report(m.f1_score),
        auroc=ranked(m.roc_auc_score), averagePrecision=ranked(m.average_precision_score))

def one(columns):
    y = np.array([c["labels"] for c in columns]).T.astype(int)
    s = np.array([c["scores"] for c in columns]).T
    d = (s >= np.array([c["threshold"] for c in columns])).astype(int)
    both = [k for k in range(y.shape[1]) if 0 < y[:, k].sum() < len(y)]
    two = (y[:, both], s[:, both], d[:, both])
    films = [i for i in range(len(y)) if 0 < y[i].sum() < y.shape[1]]
    found = [i for i in range(len(y)) if y[i].sum() > 0]
    samples = dict(m.classification_report(y, d, output_dict=True, zero_division=0)["samples avg"])
    return dict(
        micro=figures(y, s, d, "micro"), macro=figures(*two, "macro"), weighted=figures(*two, "weighted"),
        samples=dict(precision=samples["precision"], recall=samples["recall"], f1=samples["f1-score"],
            auroc=m.roc_auc_score(y[films], s[films], average="samples") if films else None,
            averagePrecision=m.average_precision_score(y[found], s[found], average="samples") if found else None),
        accuracy=float(np.mean((s > 0.5) == (y > 0))))

json.dump([one(t) for t in json.load(sys.stdin)], sys.stdout)
`;

type Expected = Record<keyof Averages, Partial<Record<string, number | null>>> & { accuracy: number };

/** 14 columns of few or many rows, coarse scores so that ties occur, some observations of one class only. */
function tables(): Decided[][] {
  return Array.from({ length: 69 }, (_, seed) => {
    const next = random(seed, "averages");
    const rows = 4 + Math.floor(next() ** 2 * 50);
    const levels = [3, 20, 1e9][seed % 3]!;
    return OBSERVATIONS.map((_, k) => {
      const prevalence = k === seed % 20 ? 0 : k === seed % 23 ? 1 : 0.1 + 0.8 * next();
      const labels = Array.from({ length: rows }, () => Number(next() < prevalence));
      const scores = labels.map((label) => Math.round((0.3 * label * next() + 0.7 * next()) * levels) / levels);
      return { labels, scores, threshold: [0.5, next()][k % 2]! };
    });
  });
}

const KINDS = ["micro", "macro", "weighted", "samples"] as const;

describe("averages against scikit-learn", () => {
  const cases = tables();
  let expected: Expected[];
  beforeAll(async () => {
    expected = await python<Expected[]>(SCRIPT, cases);
  });

  it.each(KINDS)("%s", (kind) => {
    for (const [i, table] of cases.entries()) {
      const ours = averages(table)[kind];
      for (const [figure, theirs] of Object.entries(expected[i]![kind])) {
        const value = ours[figure as keyof typeof ours];
        const name = `table ${i}, ${kind} ${figure}: ${value}, scikit-learn ${theirs}`;
        if (value === null || theirs === null) expect(value, name).toBe(theirs);
        else expect(Math.abs(value - theirs!), name).toBeLessThan(1e-9);
      }
    }
  });

  it("binary accuracy of all decisions", () => {
    for (const [i, table] of cases.entries()) {
      expect(averages(table).micro.binaryAccuracy).toBeCloseTo(expected[i]!.accuracy, 12);
    }
  });

  it("leaves masked labels out: the same as without those rows", () => {
    for (const table of cases.slice(0, 40)) {
      const masked = table.map((column) => ({
        ...column,
        labels: [...Array.from(column.labels), Number.NaN],
        scores: [...Array.from(column.scores), 0.7],
      }));
      expect(averages(masked)).toEqual(averages(table));
    }
  });

  it("has nothing to say of no rows, and of one class", () => {
    const none = { precision: null, recall: null, f1: null, auroc: null, averagePrecision: null, binaryAccuracy: null };
    const empty = averages(OBSERVATIONS.map(() => ({ labels: [], scores: [], threshold: 0.5 })));
    for (const kind of KINDS) expect(empty[kind]).toEqual(none);
    const healthy = averages(OBSERVATIONS.map(() => ({ labels: [0, 0], scores: [0.2, 0.9], threshold: 0.5 })));
    expect(healthy.macro).toEqual(none);
    expect(healthy.weighted).toEqual(none);
    expect(healthy.micro).toEqual({ ...none, binaryAccuracy: 0.5 });
  });
});
