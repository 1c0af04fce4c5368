import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { auroc } from "../../../lib/domain/metrics/auroc.ts";
import { studyPatients, studyScores } from "../../../lib/domain/study-scores.ts";

const label = fc.constantFrom(1, 0, Number.NaN);
/** Films of studies that are numbered in the order in which they appear. */
const films = fc
  .array(fc.tuple(fc.nat(5), fc.double({ min: 0, max: 1, noNaN: true }), label), { minLength: 1, maxLength: 30 })
  .map((rows) => {
    const numbers = new Map<number, number>();
    const studies = rows.map(([study]) => numbers.get(study) ?? numbers.set(study, numbers.size).size - 1);
    return { studies, scores: rows.map(([, score]) => score), labels: rows.map(([, , value]) => value) };
  });

describe("studies", () => {
  it("have the mean and the highest of their films, and are positive where one is", () => {
    fc.assert(
      fc.property(films, ({ studies, ...of }) => {
        const mean = studyScores(of, studies, "mean");
        const max = studyScores(of, studies, "max");
        for (const study of new Set(studies)) {
          const rows = studies.flatMap((number, row) => (number === study ? [row] : []));
          const scores = rows.map((row) => of.scores[row]!);
          const known = rows.map((row) => of.labels[row]!).filter((value) => !Number.isNaN(value));
          expect(mean.scores[study]).toBeCloseTo(scores.reduce((sum, score) => sum + score, 0) / rows.length, 12);
          expect(max.scores[study]).toBe(Math.max(...scores));
          expect(max.labels[study]).toBe(known.length === 0 ? Number.NaN : Math.max(...known));
        }
        expect(mean.labels).toEqual(max.labels);
      }),
    );
  });

  it("of one film each are the films", () => {
    fc.assert(
      fc.property(films, ({ scores, labels }) => {
        const own = scores.map((_, film) => film);
        for (const rule of ["mean", "max"] as const) {
          const found = studyScores({ scores, labels }, own, rule);
          expect([...found.scores]).toEqual(scores);
          expect([...found.labels]).toEqual(labels);
          expect(auroc(found.scores, found.labels)).toBe(auroc(scores, labels));
        }
      }),
    );
  });

  it("belong to their films' patients", () => {
    expect([...studyPatients([0, 1, 0, 2], [5, 6, 5, 6])]).toEqual([5, 6, 6]);
  });
});
