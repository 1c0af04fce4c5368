import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aurocInterval, aurocSpread } from "../../../../lib/domain/intervals/auroc-interval.ts";
import { meanInterval } from "../../../../lib/domain/intervals/mean-interval.ts";
import { proportionInterval } from "../../../../lib/domain/intervals/proportion-interval.ts";
import { normalQuantile, studentQuantile } from "../../../../lib/domain/intervals/quantiles.ts";
import { auroc } from "../../../../lib/domain/metrics/auroc.ts";
import { coverage, INTERVALS } from "./coverage.ts";
import { percentileInterval } from "./percentile-interval.ts";
import type { Cell } from "./simulated-films.ts";

const ALONE = { filmsEach: 1, scoreCorrelation: 0, labelCorrelation: 0, countIs: "fixed" } as const;
const ALIKE = { filmsEach: 4, scoreCorrelation: 0.5, labelCorrelation: 0.5, countIs: "fixed" } as const;

const HARD: readonly Cell[] = [
  { auroc: 0.99, positives: 5, negatives: 95, ...ALONE },
  { auroc: 0.99, positives: 30, negatives: 270, ...ALONE },
  { auroc: 0.95, positives: 10, negatives: 5, ...ALONE },
  { auroc: 0.85, positives: 30, negatives: 60, ...ALIKE },
];
const [LEAST, MOST] = [0.93, 0.985];
const DRAWS = 400;
/** Two standard errors of a share of 95 % in so many draws. */
const CHANCE = 2 * Math.sqrt((0.95 * 0.05) / DRAWS);

describe("AUROC's interval", () => {
  it.each(HARD)("covers $auroc with $positives positives of $filmsEach films a patient as often as it says", (cell) => {
    const share = coverage(cell, DRAWS, "auroc").auroc!;
    expect(share).toBeGreaterThan(LEAST - CHANCE);
    expect(share).toBeLessThan(MOST + CHANCE);
  });

  it("does so where the percentile bootstrap does not", () => {
    const percentile = coverage(HARD[0]!, 100, ({ scores, labels, patients }) => ({
      auroc: percentileInterval({ scores, labels }, patients, 100),
    }));
    expect(percentile.auroc!).toBeLessThan(0.8);
  });

  it("holds the AUROC, has a width, lies in [0, 1], and knows ranks alone", () => {
    const row = fc.record({
      score: fc.integer({ min: 0, max: 8 }),
      label: fc.constantFrom(0, 1, Number.NaN),
      patient: fc.nat(6),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 40 }), (rows) => {
        const [labels, patients] = [rows.map(({ label }) => label), rows.map(({ patient }) => patient)];
        const scores = rows.map(({ score }) => score / 8);
        const value = auroc(scores, labels);
        const found = aurocInterval(scores, labels, patients);
        if (value === null) {
          expect(found).toBeNull();
          return;
        }
        const [low, high] = found!;
        expect(low).toBeLessThanOrEqual(value);
        expect(high).toBeGreaterThanOrEqual(value);
        expect(high - low).toBeGreaterThan(0.001);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        const stretched = scores.map((score) => Math.exp(5 * score));
        expect(aurocInterval(stretched, labels, patients)).toEqual(found);
      }),
    );
  });

  it("is as wide for films copied within their patients as for one of each", () => {
    const scores = Array.from({ length: 60 }, (_, i) => ((i * 37) % 61) / 61);
    const labels = scores.map((score, i) => (score + ((i * 13) % 7) / 7 > 1 ? 1 : 0));
    const patients = scores.map((_, i) => i);
    const width = ([low, high]: [number, number]) => high - low;
    const once = width(aurocInterval(scores, labels, patients)!);
    const copied = [scores, labels, patients].map((column) => [...column, ...column, ...column]);
    const thrice = width(aurocInterval(copied[0]!, copied[1]!, copied[2]!)!);
    expect(thrice / once).toBeGreaterThan(0.9);
    expect(thrice / once).toBeLessThan(1.25);
  });
});

describe("intervals of other figures", () => {
  const cell: Cell = { auroc: 0.85, positives: 30, negatives: 270, ...ALIKE, countIs: "drawn" };
  it("cover as often as they say", () => {
    for (const [figure, share] of Object.entries(coverage(cell, 300, "figures"))) {
      expect(share, figure).toBeGreaterThan(LEAST - 0.025);
    }
  });

  it("have a width where nothing went wrong", () => {
    const perfect = {
      scores: Float64Array.of(0, 0, 0, 1, 1),
      labels: Uint8Array.of(0, 0, 0, 1, 1),
      patients: Uint32Array.of(0, 1, 2, 3, 3),
      threshold: 0.5,
    };
    const { calibrationSlope, ...found } = INTERVALS.figures(perfect);
    expect(calibrationSlope).toBeNull();
    for (const [figure, interval] of Object.entries(found))
      expect(interval![1] - interval![0], figure).toBeGreaterThan(0);
  });

  it("a proportion of one film a patient has Wilson's interval", () => {
    const [low, high] = proportionInterval({ sums: [1, 1, 1, 0, 1, 1, 1, 1, 0, 1], rows: Array(10).fill(1) })!;
    // R: binom::binom.wilson(8, 10)
    expect(low).toBeCloseTo(0.4901625, 6);
    expect(high).toBeCloseTo(0.9433178, 6);
    expect(proportionInterval({ sums: [0], rows: [0] })).toBeNull();
  });

  it("a mean of one figure has that figure's interval; of two of the same, too", () => {
    const influence = [0.1, -0.2, 0.1];
    const part = { value: 0.9, interval: [0.7, 0.95] as [number, number], influence };
    for (const parts of [[part], [part, part]]) {
      const [low, high] = meanInterval(parts)!;
      expect(low).toBeCloseTo(0.7, 12);
      expect(high).toBeCloseTo(0.95, 12);
    }
    expect(meanInterval([])).toBeNull();
  });

  it("an AUROC's influence sums to nought, and its square to DeLong's variance", () => {
    const scores = [0.9, 0.8, 0.7, 0.6, 0.55, 0.4, 0.3, 0.2];
    const labels = [1, 0, 1, 1, 0, 0, 1, 0];
    const spread = aurocSpread(
      scores,
      labels,
      scores.map((_, i) => i),
    )!;
    expect(spread.influence.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12);
    expect(spread.designEffect).toBe(1);
  });
});

describe("quantiles", () => {
  it("equal SciPy's", () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14);
    expect(normalQuantile(1e-10)).toBeCloseTo(-6.361340902404056, 12);
    for (const [freedom, expected] of [
      [1, 12.706205],
      [2, 4.302653],
      [5, 2.570582],
      [30, 2.042272],
      [1e8, 1.959964],
    ]) {
      expect(studentQuantile(0.975, freedom!)).toBeCloseTo(expected!, 3);
    }
  });
});
