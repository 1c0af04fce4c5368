import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { confusion, f1, recall, specificity } from "../../../lib/domain/metrics/confusion.ts";
import { operatingPoint } from "../../../lib/domain/operating-point.ts";

const table = fc.array(
  fc.record({ score: fc.integer({ min: 0, max: 30 }), label: fc.constantFrom(0, 1, 0, Number.NaN) }),
  { minLength: 2, maxLength: 60 },
);
const GAIN = {
  "max-f1": (s: number[], l: number[], t: number) => f1(confusion(s, l, t)) ?? 0,
  youden: (s: number[], l: number[], t: number) => {
    const counts = confusion(s, l, t);
    return recall(counts)! + specificity(counts)! - 1;
  },
} as const;

describe("operating point", () => {
  it.each(["max-f1", "youden"] as const)("%s: no other threshold decides better on the same rows", (rule) => {
    fc.assert(
      fc.property(table, (rows) => {
        const scores = rows.map((r) => r.score / 30);
        const labels = rows.map((r) => r.label);
        fc.pre(labels.includes(1) && labels.includes(0));
        const threshold = operatingPoint(rule, scores, labels);
        expect(threshold).toBeGreaterThanOrEqual(0);
        expect(threshold).toBeLessThanOrEqual(1);
        const gained = GAIN[rule](scores, labels, threshold);
        for (const other of scores) expect(gained).toBeGreaterThanOrEqual(GAIN[rule](scores, labels, other) - 1e-9);
      }),
    );
  });

  it("reaches a sensitivity or specificity, and gives away least of the other", () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 20 }), (rows, twentieths) => {
        const scores = rows.map((r) => r.score / 31);
        const labels = rows.map((r) => r.label);
        fc.pre(labels.includes(1) && labels.includes(0));
        const goal = twentieths / 20;
        const reach = (t: number) => {
          const counts = confusion(scores, labels, t);
          return { sensitivity: recall(counts)!, specificity: specificity(counts)! };
        };
        for (const [kept, other] of [
          ["sensitivity", "specificity"],
          ["specificity", "sensitivity"],
        ] as const) {
          const rule = kept === "sensitivity" ? { sensitivity: goal } : { specificity: goal };
          const found = reach(operatingPoint(rule, scores, labels));
          expect(found[kept]).toBeGreaterThanOrEqual(goal - 1e-9);
          for (const score of [...scores, 1]) {
            const rival = reach(score);
            if (rival[kept] >= goal - 1e-9) expect(found[other]).toBeGreaterThanOrEqual(rival[other] - 1e-9);
          }
        }
      }),
    );
  });

  it("stands halfway between what it accepts and what it refuses", () => {
    expect(operatingPoint("max-f1", [0.1, 0.3, 0.7, 0.9], [0, 0, 1, 1])).toBeCloseTo(0.5, 12);
    expect(operatingPoint("youden", [0.1, 0.3, 0.7, 0.9], [0, 0, 1, 1])).toBeCloseTo(0.5, 12);
    expect(operatingPoint("max-f1", [0.2, 0.8], [1, 0])).toBe(0.2);
  });

  it("is one half where asked for, or where one class is missing", () => {
    expect(operatingPoint("fixed-0.5", [0.1, 0.2], [0, 1])).toBe(0.5);
    expect(operatingPoint("max-f1", [0.1, 0.2], [0, 0])).toBe(0.5);
    expect(operatingPoint("youden", [0.1, 0.2], [1, Number.NaN])).toBe(0.5);
    expect(operatingPoint("max-f1", [], [])).toBe(0.5);
  });
});
