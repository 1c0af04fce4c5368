import { describe, expect, it } from "vitest";
import { bootstrap, bootstrapMeanAuroc, percentileInterval, quantile } from "../../../lib/domain/bootstrap.ts";
import { auroc } from "../../../lib/domain/metrics/auroc.ts";
import { averagePrecision } from "../../../lib/domain/metrics/average-precision.ts";
import { confusion, f1, precision, recall, specificity } from "../../../lib/domain/metrics/confusion.ts";
import { random } from "../../../lib/domain/random.ts";

/** Films of patients who have one to four each; scores on a grid, so that ties occur. */
function films(patients: number, seed: number) {
  const next = random(seed, "films");
  const patient: number[] = [];
  const labels: number[] = [];
  const scores: number[] = [];
  for (let p = 0; p < patients; p += 1) {
    const sick = next() < 0.3;
    for (let film = 0; film < 1 + Math.floor(next() * 4); film += 1) {
      patient.push(p);
      labels.push(next() < 0.1 ? Number.NaN : Number(sick));
      scores.push(Math.round((Number(sick) * 0.3 + next()) * 50) / 50);
    }
  }
  return { patient, labels, scores };
}

/** The same by building each resampled table, row by row. */
function naive({ patient, labels, scores }: ReturnType<typeof films>, rounds: number, seed: number) {
  const next = random(seed, "bootstrap");
  const count = Math.max(...patient) + 1;
  return Array.from({ length: rounds }, () => {
    const rows: number[] = [];
    for (let draw = 0; draw < count; draw += 1) {
      const drawn = Math.floor(next() * count);
      for (const [row, p] of patient.entries()) if (p === drawn) rows.push(row);
    }
    return { scores: rows.map((r) => scores[r]!), labels: rows.map((r) => labels[r]!) };
  });
}

describe("patient bootstrap", () => {
  it("equals building each resampled table", () => {
    const table = films(60, 3);
    const threshold = 0.62;
    const fast = bootstrap([{ ...table, threshold }], table.patient, 50, 7);
    for (const [round, { scores, labels }] of naive(table, 50, 7).entries()) {
      const counts = confusion(scores, labels, threshold);
      const expected = {
        auroc: auroc(scores, labels),
        averagePrecision: averagePrecision(scores, labels),
        f1: f1(counts),
        precision: precision(counts),
        recall: recall(counts),
        specificity: specificity(counts),
      };
      for (const [figure, value] of Object.entries(expected)) {
        expect(fast[0]![figure as keyof typeof expected][round], figure).toBeCloseTo(value!, 12);
      }
    }
    expect(bootstrapMeanAuroc([[table], [table]], table.patient, 50, 7)).toEqual([fast[0]!.auroc, fast[0]!.auroc]);
  });

  it("covers the true AUROC about as often as it says", () => {
    // Scores are uniform, shifted by 0.3 for the sick: P(sick > well) = 1 - 0.7^2 / 2.
    const truth = 1 - 0.7 ** 2 / 2;
    let covered = 0;
    const trials = 150;
    for (let trial = 0; trial < trials; trial += 1) {
      const table = films(150, 100 + trial);
      const interval = percentileInterval(bootstrap([table], table.patient, 200, trial)[0]!.auroc)!;
      if (interval[0] <= truth && truth <= interval[1]) covered += 1;
    }
    expect(covered / trials).toBeGreaterThan(0.88);
    expect(covered / trials).toBeLessThan(0.995);
  });

  it("is the same for the same seed, and gives no interval where one class is missing", () => {
    const table = films(40, 5);
    const one = { scores: table.scores, labels: table.labels.map(() => 0) };
    const a = bootstrap([table, one], table.patient, 30, 1);
    expect(bootstrap([table, one], table.patient, 30, 1)).toEqual(a);
    expect(bootstrap([table, one], table.patient, 30, 2)).not.toEqual(a);
    expect(percentileInterval(a[1]!.auroc)).toBeNull();
    expect(percentileInterval([])).toBeNull();
  });

  it("quantiles interpolate as numpy's do", () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4], 1)).toBe(4);
    expect(quantile([1, 2, 3, 4], 0.1)).toBeCloseTo(1.3, 12);
  });
});
