import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crossFit, FOLDS, foldsOf } from "../../../lib/domain/cross-fit.ts";
import { operatingPoint } from "../../../lib/domain/operating-point.ts";
import { normal, random } from "../../../lib/domain/random.ts";

/** Scores that know the label by `skill`, two rows a patient. */
function rows(patients: number, skill: number, seed: number) {
  const next = random(seed, "cross-fit");
  const labels = Array.from({ length: 2 * patients }, () => (next() < 0.1 ? Number.NaN : Number(next() < 0.4)));
  const scores = labels.map((label) => 1 / (1 + Math.exp(-(skill * (label || 0) + normal(next)))));
  return { labels, scores, patients: labels.map((_, row) => `patient ${row >> 1}`) };
}

describe("cross-fitting", () => {
  it("decides each row at a threshold that its own patient had no say in", () => {
    const { labels, scores, patients } = rows(100, 1, 1);
    const folds = foldsOf(patients, 1);
    const found = crossFit("max-f1", { scores, labels }, folds)!;
    expect(found.threshold).toBe(operatingPoint("max-f1", scores, labels));
    for (let row = 0; row < labels.length; row += 7) {
      const others = labels.flatMap((_, other) => (folds[other] === folds[row] ? [] : [other]));
      const threshold = operatingPoint(
        "max-f1",
        others.map((other) => scores[other]!),
        others.map((other) => labels[other]!),
      );
      expect(found.decisions[row]).toBe(Number(scores[row]! >= threshold));
      // Whatever the labels of its fold say, its decisions stay.
      const turned = labels.map((label, other) => (folds[other] === folds[row] ? 1 - label : label));
      expect(crossFit("max-f1", { scores, labels: turned }, folds)!.decisions[row]).toBe(found.decisions[row]);
    }
  });

  it("is not optimistic: scores that know nothing have no better decisions than chance", () => {
    const youden = Array.from({ length: 40 }, (_, seed) => {
      const { labels, scores, patients } = rows(60, 0, seed + 2);
      const folds = foldsOf(patients, seed);
      const index = (called: (row: number) => boolean): number => {
        const share = (label: number) => {
          const of = labels.flatMap((value, row) => (value === label ? [row] : []));
          return of.filter(called).length / of.length;
        };
        return share(1) - share(0);
      };
      const found = crossFit("youden", { scores, labels }, folds)!;
      return {
        fitted: index((row) => scores[row]! >= found.threshold),
        crossed: index((row) => found.decisions[row] === 1),
      };
    });
    const mean = (of: "fitted" | "crossed") => youden.reduce((sum, one) => sum + one[of], 0) / youden.length;
    expect(mean("fitted")).toBeGreaterThan(0.1);
    expect(Math.abs(mean("crossed"))).toBeLessThan(0.06);
  });

  it("has nothing to choose by where the rows beside a fold lack a class", () => {
    const folds = [0, 1, 2, 3];
    const scores = [0.1, 0.2, 0.3, 0.4];
    expect(crossFit("youden", { scores, labels: [1, 0, 0, 0] }, folds)).toBeNull();
    expect(crossFit("youden", { scores, labels: [1, 1, 0, 0] }, folds)).not.toBeNull();
    expect(crossFit("youden", { scores, labels: [1, 0, 1, 0] }, [0, 0, 0, 0])).toBeNull();
  });

  it("deals a patient's rows into one fold, whoever else is there", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 20 }), fc.nat(), (patients, seed) => {
        const folds = foldsOf(patients, seed);
        patients.forEach((patient, row) => {
          expect(folds[row]).toBe(foldsOf([patient], seed)[0]);
          expect(folds[row]).toBeLessThan(FOLDS);
        });
      }),
    );
  });
});
