import { describe, expect, it } from "vitest";
import { audit, drawAudit } from "../../../bench/subgroups/population.ts";
import { auroc } from "../../../lib/domain/metrics/auroc.ts";
import type { Decided } from "../../../lib/domain/metrics/averages.ts";
import { isShown, type Subject, subgroups } from "../../../lib/domain/subgroups.ts";

const LEAST = 30;
const FAIR = { patients: 300, observations: 2, withinPatient: 0.5 };

/** The audit of films as they were drawn, or changed. */
const ofDrawn = (drawn: ReturnType<typeof drawAudit>, least = LEAST) => subgroups({ ...drawn, seed: 1, least });

describe("groups", () => {
  const drawn = drawAudit({ ...FAIR, patients: 1500 }, 1);
  const { groups } = ofDrawn(drawn);

  it("are the films of each sex, age band, both and projection; an axis without a difference is left out", () => {
    const ages = ["0 to 39", "40 to 59", "60 to 79", "80 and over"];
    expect(groups.map(({ axis, group }) => `${axis}: ${group}`)).toEqual([
      ...["sex: Female", "sex: Male"],
      ...[...ages, "not known"].map((age) => `age: ${age}`),
      ...["Female", "Male"].flatMap((sex) => ages.map((age) => `age-sex: ${sex}, ${age}`)),
      "age-sex: not known",
      ...["projection: AP", "projection: PA"],
    ]);
    for (const axis of ["sex", "age", "age-sex", "projection"]) {
      const films = groups.filter((group) => group.axis === axis).reduce((sum, group) => sum + group.films, 0);
      expect(films).toBe(drawn.patients.length);
    }
  });

  it("leave age and sex together out where all are of one sex", () => {
    const women = { ...drawn, subjects: drawn.subjects.map((subject): Subject => ({ ...subject, sex: "Female" })) };
    expect(new Set(ofDrawn(women).groups.map(({ axis }) => axis))).toEqual(new Set(["age", "projection"]));
  });

  it("have the figures of their own films, within their intervals", () => {
    const rows = [...drawn.subjects.keys()].filter((row) => drawn.subjects[row]!.sex === "Female");
    const women = groups.find(({ group }) => group === "Female")!;
    expect(women.films).toBe(rows.length);
    for (const [i, column] of drawn.columns.entries()) {
      const found = women.figures[i]!;
      const [positives, negatives] = [1, 0].map((label) => rows.filter((row) => column.labels[row] === label));
      const shareOf = (of: readonly number[], called: boolean) =>
        of.filter((row) => column.scores[row]! >= column.threshold === called).length / of.length;
      const mean = rows.reduce((sum, row) => sum + column.scores[row]!, 0) / rows.length;
      const own = (values: Decided["scores"]) => rows.map((row) => values[row]!);
      expect(found.auroc).toBeCloseTo(auroc(own(column.scores), own(column.labels))!, 12);
      expect(found.falseNegativeRate).toBeCloseTo(shareOf(positives!, false), 12);
      expect(found.falsePositiveRate).toBeCloseTo(shareOf(negatives!, true), 12);
      expect(found.meanProbability).toBeCloseTo(mean, 12);
      expect(found.calibrationInTheLarge).toBeCloseTo(positives!.length / rows.length - mean, 12);
      for (const figure of ["auroc", "falseNegativeRate", "falsePositiveRate", "calibrationInTheLarge"] as const) {
        const [low, high] = found[`${figure}Interval`]!;
        expect(low).toBeLessThan(found[figure]!);
        expect(high).toBeGreaterThan(found[figure]!);
      }
    }
  });

  it("have no figure of masked labels, such as those of what was not learned", () => {
    const masked = drawn.columns.map((column, i) =>
      i === 1 ? { ...column, labels: Array.from(column.labels, () => Number.NaN) } : column,
    );
    const found = ofDrawn({ ...drawn, columns: masked });
    expect(found.gaps.gaps.some(({ column }) => column === 1)).toBe(false);
    expect(found.gaps.comparisons).toBeLessThan(ofDrawn(drawn).gaps.comparisons);
    expect(found.groups[0]!.figures[1]).toMatchObject({ rows: 0, positives: 0, auroc: null, falseNegativeRate: null });
  });
});

describe("gaps", () => {
  /** AUROC by 0.16 in two observations, each the other way round. */
  const unfair = { patients: 1500, observations: 6, withinPatient: 0.5, unfairness: [0, 0, 0, 0.8, 0, -0.8] };

  it("that are opposite in two observations are both shown and named, though their mean is none", () => {
    const { groups, gaps } = audit(unfair, 1);
    const bySex = gaps.gaps.filter((gap) => gap.figure === "auroc" && gap.axis === "sex" && isShown(gap));
    expect(bySex.map(({ column, higher, lower }) => [column, higher, lower]).sort()).toEqual([
      [3, "Male", "Female"],
      [5, "Female", "Male"],
    ]);
    for (const { gap, interval, p, values } of bySex) {
      expect(gap).toBeCloseTo(values[0] - values[1], 12);
      expect(interval[0]).toBeLessThan(gap);
      expect(interval[1]).toBeGreaterThan(gap);
      expect(p).toBeLessThan(0.05);
    }
    const [women, men] = groups;
    expect(Math.abs(women!.meanAuroc! - men!.meanAuroc!)).toBeLessThan(0.03);
  });

  it("are all compared; the surest come first, with the largest of every figure on every axis", () => {
    const { comparisons, confidence, gaps } = audit({ ...FAIR, patients: 1200 }, 3).gaps;
    expect(comparisons).toBeGreaterThan(100);
    expect(confidence).toBeGreaterThan(0.999);
    expect(confidence).toBeLessThan(1 - 0.05 / comparisons + 1e-5);
    const kinds = gaps.map(({ figure, axis }) => `${figure} ${axis}`);
    expect(new Set(kinds).size).toBe(16);
    const bounds = gaps.map(({ interval }) => Math.max(0, interval[0]));
    expect(bounds).toEqual([...bounds].sort((a, b) => b - a));
  });

  it("are not shown more often than stated where there are none", () => {
    const simulations = 40;
    const wrong = Array.from({ length: simulations }, (_, seed) => audit(FAIR, seed).gaps.gaps.some(isShown));
    // Six of forty or more: once in 70 such tests at an error of 0.05.
    expect(wrong.filter(Boolean).length).toBeLessThan(6);
  });

  it("are of groups that are known, with films enough of the classes that the figure needs", () => {
    const drawn = drawAudit({ patients: 300, observations: 2, withinPatient: 0.5 }, 5);
    const { gaps } = ofDrawn(drawn);
    expect(gaps.gaps.length).toBeGreaterThan(0);
    expect(gaps.gaps.some(({ higher, lower }) => [higher, lower].includes("not known"))).toBe(false);
    // The first observation is rare: it can be compared by false positives before it can by any other figure.
    expect(new Set(gaps.gaps.map(({ figure }) => figure))).toContain("falsePositiveRate");
    expect(ofDrawn(drawn, 10_000).gaps).toEqual({ comparisons: 0, confidence: null, gaps: [] });
  });
});
