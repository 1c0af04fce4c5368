import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answers, changed, REFERENCE, world } from "../../../bench/gate/world.ts";
import { aurocDifference } from "../../../lib/domain/auroc-difference.ts";
import { normalQuantile, studentQuantile } from "../../../lib/domain/intervals/quantiles.ts";
import { auroc } from "../../../lib/domain/metrics/auroc.ts";
import { normal, random } from "../../../lib/domain/random.ts";
import { sensitivityDifference } from "../../../lib/domain/sensitivity-difference.ts";

const CONFIDENCE = 0.95;

/** Scores in steps of a half, so that some tie. */
function column(rows: number, seed: number) {
  const next = random(seed, "paired");
  const labels = Array.from({ length: rows }, (_, row) =>
    row < 4 ? row % 2 : next() < 0.1 ? Number.NaN : Number(next() < 0.4),
  );
  const scores = () => labels.map((label) => Math.round(2 * ((label || 0) + normal(next))) / 2);
  return { labels, candidate: scores(), reference: scores(), patients: labels.map((_, row) => row) };
}

/** DeLong's variance of the difference from its definition: every pair of a positive and a negative looked at. */
function deLong({ labels, candidate, reference }: ReturnType<typeof column>): number {
  const of = (wanted: number) => labels.flatMap((label, row) => (label === wanted ? [row] : []));
  const [positives, negatives] = [of(1), of(0)];
  const wins = (scores: number[], p: number, n: number) =>
    scores[p]! > scores[n]! ? 1 : scores[p]! === scores[n]! ? 0.5 : 0;
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = (values: number[]) =>
    values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1) / values.length;
  const gain = (p: number, n: number) => wins(candidate, p, n) - wins(reference, p, n);
  return (
    variance(positives.map((p) => mean(negatives.map((n) => gain(p, n))))) +
    variance(negatives.map((n) => mean(positives.map((p) => gain(p, n)))))
  );
}

describe("difference of two AUROCs", () => {
  it("has the value of the two, and with many films a patient each the standard error of DeLong", () => {
    for (let seed = 0; seed < 5; seed += 1) {
      const films = column(600, seed);
      const found = aurocDifference(films, CONFIDENCE)!;
      const value = auroc(films.candidate, films.labels)! - auroc(films.reference, films.labels)!;
      expect(found.value).toBeCloseTo(value, 12);
      expect(found.standardError / Math.sqrt(deLong(films))).toBeCloseTo(1, 2);
    }
  });

  it("has a standard error that grows with copies of films in a patient only as if they were not there", () => {
    const films = column(200, 9);
    const twice = <T>(values: readonly T[]): T[] => [...values, ...values];
    const copied = {
      labels: twice(films.labels),
      candidate: twice(films.candidate),
      reference: twice(films.reference),
      patients: twice(films.patients),
    };
    const [one, two] = [aurocDifference(films, CONFIDENCE)!, aurocDifference(copied, CONFIDENCE)!];
    expect(two.standardError).toBeCloseTo(one.standardError, 9);
    expect(two.lower).toBeCloseTo(one.lower, 9);
  });

  it("falls with confidence, is below the value, and is not defined where a class has one patient", () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 80 }), fc.nat(), (rows, seed) => {
        const films = column(rows, seed);
        const [low, high] = [0.8, 0.99].map((confidence) => aurocDifference(films, confidence)!);
        expect(high!.lower).toBeLessThanOrEqual(low!.lower);
        expect(low!.lower).toBeLessThanOrEqual(low!.value);
      }),
    );
    const one = { labels: [1, 0, 0], candidate: [1, 0, 0], reference: [1, 0, 0], patients: [0, 1, 2] };
    expect(aurocDifference(one, CONFIDENCE)).toBeNull();
  });

  it("lies below the truth as often as stated where few films part the classes well; a symmetric bound does not", () => {
    const [trials, truth] = [400, -0.05];
    let [above, symmetric] = [0, 0];
    for (let trial = 0; trial < trials; trial += 1) {
      const films = world({ patients: 60, mostFilms: 6 }, trial);
      const [ours, theirs] = [
        answers(
          films,
          changed(() => truth),
          "candidate",
        ),
        answers(films, REFERENCE, "reference"),
      ];
      // Pneumothorax: AUROC 0.9.
      const at = { labels: films.labels[9]!, candidate: ours.scores[9]!, reference: theirs.scores[9]! };
      const found = aurocDifference({ ...at, patients: films.patients }, CONFIDENCE);
      if (found === null) continue;
      if (found.lower > truth) above += 1;
      if (found.value - normalQuantile(CONFIDENCE) * found.standardError > truth) symmetric += 1;
    }
    expect(above / trials).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / trials));
    expect(symmetric).toBeGreaterThan(above);
  });
});

describe("difference of two sensitivities", () => {
  const films = (gained: number, lost: number, rest: number, each = 1) => {
    const row = (count: number, candidate: number, reference: number) =>
      Array.from({ length: count * each }, () => ({ candidate, reference }));
    const rows = [...row(gained, 1, 0), ...row(lost, 0, 1), ...row(rest, 1, 1)];
    return {
      labels: rows.map(() => 1),
      candidate: rows.map((one) => one.candidate),
      reference: rows.map((one) => one.reference),
      patients: rows.map((_, i) => Math.floor(i / each)),
    };
  };
  const at = { candidate: 0.5, reference: 0.5 };

  it("is Bonett and Price's interval where patients have a film each, but for Student's t", () => {
    const { value, lower, standardError } = sensitivityDifference(films(3, 9, 48), CONFIDENCE, at)!;
    const [up, down] = [4 / 62, 10 / 62];
    expect(value).toBeCloseTo(-6 / 60, 12);
    expect(standardError).toBeCloseTo(Math.sqrt((up + down - (up - down) ** 2) / 62), 12);
    expect(lower).toBeCloseTo(up - down - studentQuantile(CONFIDENCE, 59) * standardError, 12);
  });

  it("is no certainty where no film tells, and copies of films are no evidence", () => {
    expect(sensitivityDifference(films(0, 0, 20), CONFIDENCE, at)!.lower).toBeLessThan(-0.05);
    const [one, five] = [1, 5].map((each) => sensitivityDifference(films(3, 9, 48, each), CONFIDENCE, at)!);
    expect(five!.lower).toBeCloseTo(one!.lower, 1);
    expect(five!.standardError / one!.standardError).toBeCloseTo(1, 1);
  });
});

/** scipy.stats: norm.ppf and t.ppf. */
it("quantiles are scipy's", () => {
  const normals = [
    [0.95, 1.6448536269514722],
    [0.975, 1.959963984540054],
    [0.001, -3.090232306167813],
    [1e-9, -5.9978070150076865],
  ] as const;
  for (const [share, expected] of normals) expect(Math.abs(normalQuantile(share) - expected)).toBeLessThan(1e-6);
  const students = [
    [3, 2.3533634348018264],
    [5, 2.015048372669157],
    [10, 1.8124611228107335],
    [30, 1.6972608943617378],
  ] as const;
  for (const [degrees, expected] of students) {
    expect(studentQuantile(0.95, degrees) / expected).toBeCloseTo(1, degrees < 10 ? 2 : 4);
  }
});
