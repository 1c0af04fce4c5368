import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { auroc } from "../../../lib/domain/metrics/auroc.ts";
import { averagePrecision } from "../../../lib/domain/metrics/average-precision.ts";
import { confusion, f1 } from "../../../lib/domain/metrics/confusion.ts";
import { precisionRecallCurve, rocCurve } from "../../../lib/domain/metrics/curves.ts";
import { meanDefined } from "../../../lib/domain/metrics/mean.ts";
import { rank } from "../../../lib/domain/metrics/ranking.ts";
import { random, shuffle } from "../../../lib/domain/random.ts";

/** Rows of score and label, scores on a coarse grid so that ties are common. */
const rows = fc.array(fc.record({ score: fc.integer({ min: 0, max: 20 }), label: fc.constantFrom(0, 1, Number.NaN) }), {
  maxLength: 80,
});
const columns = (table: { score: number; label: number }[]) => ({
  scores: table.map((r) => r.score / 20),
  labels: table.map((r) => r.label),
});

/** Share of pairs in the right order, the definition itself; quadratic. */
function byPairs(scores: number[], labels: number[]): number | null {
  let won = 0;
  let pairs = 0;
  for (const [i, a] of labels.entries()) {
    for (const [j, b] of labels.entries()) {
      if (a !== 1 || b !== 0) continue;
      pairs += 1;
      won += scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0;
    }
  }
  return pairs === 0 ? null : won / pairs;
}

describe("ranking metrics", () => {
  it("AUROC is the share of pairs in the right order", () => {
    fc.assert(
      fc.property(rows, (table) => {
        const { scores, labels } = columns(table);
        const expected = byPairs(scores, labels);
        if (expected === null) expect(auroc(scores, labels)).toBeNull();
        else expect(auroc(scores, labels)).toBeCloseTo(expected, 12);
      }),
    );
  });

  it("AUROC and average precision know only the order of the scores", () => {
    fc.assert(
      fc.property(rows, (table) => {
        const { scores, labels } = columns(table);
        const stretched = scores.map((s) => Math.exp(3 * s) - 7);
        expect(auroc(stretched, labels)).toBe(auroc(scores, labels));
        expect(averagePrecision(stretched, labels)).toBe(averagePrecision(scores, labels));
      }),
    );
  });

  it("AUROC of turned scores is its complement", () => {
    fc.assert(
      fc.property(rows, (table) => {
        const { scores, labels } = columns(table);
        const value = auroc(scores, labels);
        const turned = auroc(
          scores.map((s) => -s),
          labels,
        );
        if (value === null) expect(turned).toBeNull();
        else expect(turned! + value).toBeCloseTo(1, 12);
      }),
    );
  });

  it("masked rows change nothing", () => {
    fc.assert(
      fc.property(rows, (table) => {
        const all = columns(table);
        const known = columns(table.filter((r) => !Number.isNaN(r.label)));
        expect(auroc(all.scores, all.labels)).toBe(auroc(known.scores, known.labels));
        expect(confusion(all.scores, all.labels, 0.4)).toEqual(confusion(known.scores, known.labels, 0.4));
      }),
    );
  });

  it("curves stay thin, rise and keep their ends", () => {
    const next = random(1, "curve");
    const labels = Array.from({ length: 5000 }, () => Number(next() < 0.3));
    const scores = labels.map((label) => label * 0.3 + next());
    const ranking = rank(scores, labels);
    for (const curve of [rocCurve(ranking), precisionRecallCurve(ranking)]) {
      expect(curve.length).toBeLessThanOrEqual(256);
      expect(curve.at(0)![0]).toBe(0);
      expect(curve.at(-1)![0]).toBe(1);
      for (let i = 1; i < curve.length; i += 1) expect(curve[i]![0]).toBeGreaterThanOrEqual(curve[i - 1]![0]);
    }
    expect(rocCurve(rank([0.1, 0.2], [1, 1]))).toEqual([]);
    expect(precisionRecallCurve(rank([0.1, 0.2], [0, 0]))).toEqual([]);
  });

  it("F1 is not defined where nothing is positive and nothing is called positive", () => {
    expect(f1(confusion([0.1, 0.2], [0, 0], 0.5))).toBeNull();
    expect(f1(confusion([0.1, 0.2], [0, 1], 0.5))).toBe(0);
  });

  it("refuses a score that is not a number, rather than rank it somewhere", () => {
    expect(() => auroc([0.1, Number.NaN], [0, 1])).toThrow("score of row 1");
    expect(auroc([0.1, Number.NaN, 0.4], [0, Number.NaN, 1])).toBe(1);
  });

  it("mean leaves out what is not defined", () => {
    expect(meanDefined([0.5, null, 1])).toBe(0.75);
    expect(meanDefined([null])).toBeNull();
  });
});

describe("shuffled labels", () => {
  it("give an AUROC of one half within sampling error, whatever the scores", () => {
    const next = random(20, "scores");
    const count = 2000;
    const truth = Float32Array.from({ length: count }, () => Number(next() < 0.2));
    const scores = Float32Array.from(truth, (label) => label * 0.8 + next());
    expect(auroc(scores, truth)).toBeGreaterThan(0.95);
    const positives = truth.reduce((sum, label) => sum + label, 0);
    // Standard error under no association (Hanley and McNeil 1982).
    const error = Math.sqrt((count + 1) / (12 * positives * (count - positives)));
    const values = Array.from(
      { length: 100 },
      (_, round) => auroc(scores, shuffle(truth.slice(), random(round, "labels")))!,
    );
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan((4 * error) / Math.sqrt(values.length));
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - 0.5) ** 2, 0) / values.length);
    expect(spread / error).toBeGreaterThan(0.75);
    expect(spread / error).toBeLessThan(1.25);
  });
});
