import { describe, expect, it } from "vitest";
import { bootstrapMeanAuroc, quantile } from "../../../lib/domain/bootstrap.ts";
import { auroc } from "../../../lib/domain/metrics/auroc.ts";
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
    const [one, other] = [films(60, 3), { ...films(60, 3), scores: films(60, 3).scores.map((score) => -score) }];
    const [fast] = bootstrapMeanAuroc([[one, other]], one.patient, 50, 7);
    const [single] = bootstrapMeanAuroc([[one]], one.patient, 50, 7);
    for (const [round, { scores, labels }] of naive(one, 50, 7).entries()) {
      const expected = auroc(scores, labels)!;
      expect(single![round]).toBeCloseTo(expected, 12);
      // Turned round, each AUROC is what the first lacks to 1.
      expect(fast![round]).toBeCloseTo(0.5, 12);
    }
  });

  it("is the same for the same seed and for each model, and not defined where one class is missing", () => {
    const table = films(40, 5);
    const empty = { scores: table.scores, labels: table.labels.map(() => 0) };
    const [a, b, none] = bootstrapMeanAuroc([[table], [table, empty], [empty]], table.patient, 30, 1);
    expect(b).toEqual(a);
    expect(bootstrapMeanAuroc([[table]], table.patient, 30, 1)).toEqual([a]);
    expect(bootstrapMeanAuroc([[table]], table.patient, 30, 2)).not.toEqual([a]);
    expect(none).toEqual(new Array(30).fill(null));
  });

  it("quantiles interpolate as numpy's do", () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4], 1)).toBe(4);
    expect(quantile([1, 2, 3, 4], 0.1)).toBeCloseTo(1.3, 12);
  });
});
