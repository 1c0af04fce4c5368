import { aurocSpread, intervalOfSpread } from "../../../../lib/domain/intervals/auroc-interval.ts";
import { averagePrecisionInterval } from "../../../../lib/domain/intervals/average-precision-interval.ts";
import { brierInterval } from "../../../../lib/domain/intervals/brier-interval.ts";
import { calibrationIntervals } from "../../../../lib/domain/intervals/calibration-intervals.ts";
import { decisionIntervals } from "../../../../lib/domain/intervals/decision-intervals.ts";
import { meanInterval } from "../../../../lib/domain/intervals/mean-interval.ts";
import type { Interval } from "../../../../lib/domain/intervals/score-interval.ts";
import { calibrationLine } from "../../../../lib/domain/metrics/calibration-line.ts";
import { normal, random } from "../../../../lib/domain/random.ts";
import { type Cell, drawFilms, type Films } from "./simulated-films.ts";
import { truth } from "./truth.ts";

type Figure = keyof ReturnType<typeof truth>;
type Intervals = Partial<Record<Figure, Interval | null>>;

export const INTERVALS = {
  auroc: ({ scores, labels, patients }) => {
    const spread = aurocSpread(scores, labels, patients);
    return { auroc: spread && intervalOfSpread(spread) };
  },
  figures: ({ scores, labels, patients, threshold }) => {
    const { slope, intercept } = calibrationIntervals(calibrationLine(scores, labels), patients);
    const expected = aurocSpread(scores, labels, patients)?.designEffect ?? 1;
    return {
      ...decisionIntervals(scores, labels, threshold, patients),
      averagePrecision: averagePrecisionInterval(scores, labels, patients, expected),
      brier: brierInterval(scores, labels, patients),
      calibrationSlope: slope,
      calibrationIntercept: intercept,
    };
  },
} as const satisfies Record<string, (films: Films) => Intervals>;

/**
 * Share of draws of a cell's films whose interval holds the true figure, of those in which it is defined.
 * @throws Error on an interval without width
 */
export function coverage(
  cell: Cell,
  trials: number,
  which: keyof typeof INTERVALS | ((films: Films) => Intervals),
): Partial<Record<Figure, number>> {
  const next = random(1, "coverage", JSON.stringify(cell));
  const intervalsOf = typeof which === "function" ? which : INTERVALS[which];
  const expected = truth(cell);
  const counts = new Map<Figure, { held: number; defined: number }>();
  for (let trial = 0; trial < trials; trial += 1) {
    const found: Intervals = intervalsOf(drawFilms(cell, next));
    for (const [figure, interval] of Object.entries(found) as [Figure, Interval | null][]) {
      if (interval === null) continue;
      const count = counts.get(figure) ?? { held: 0, defined: 0 };
      counts.set(figure, count);
      count.defined += 1;
      if (interval[0] <= expected[figure] && expected[figure] <= interval[1]) count.held += 1;
      if (typeof which !== "function" && !(interval[0] < interval[1])) {
        throw new Error(`${figure}: an interval of no width at ${interval[0]} in ${JSON.stringify(cell)}`);
      }
    }
  }
  return Object.fromEntries([...counts].map(([figure, { held, defined }]) => [figure, held / defined]));
}

/** Coverage of the mean AUROC of 14 observations whose AUROCs and positives lie around those named. */
export function meanCoverage(trials: number) {
  return [0.75, 0.85, 0.95].flatMap((auroc) =>
    [5, 10, 30].flatMap((positives) =>
      [1, 4].map((filmsEach) => {
        const cells = Array.from({ length: 14 }, (_, i): Cell => {
          const found = Math.max(3, Math.round(positives * [1, 0.6, 1.5, 0.8, 1.2][i % 5]!));
          const of = 1 - (1 - auroc) * [1, 0.7, 1.4, 0.9][i % 4]!;
          const alike = { filmsEach, scoreCorrelation: 0.5, labelCorrelation: 0.5, countIs: "fixed" } as const;
          return { auroc: of, positives: found, negatives: 300 - found, ...alike };
        });
        const next = random(1, "mean", auroc, positives, filmsEach);
        const expected = cells.reduce((sum, cell) => sum + cell.auroc, 0) / cells.length;
        let held = 0;
        for (let trial = 0; trial < trials; trial += 1) {
          const shared = Float64Array.from({ length: Math.ceil(300 / filmsEach) }, () => normal(next));
          const parts = cells.map((cell) => {
            const { scores, labels, patients } = drawFilms(cell, next, shared);
            const spread = aurocSpread(scores, labels, patients)!;
            return { value: spread.auroc, interval: intervalOfSpread(spread), influence: spread.influence };
          });
          const [low, high] = meanInterval(parts)!;
          if (low <= expected && expected <= high) held += 1;
        }
        const metric = `mean AUROC ${auroc} of 14, about ${positives} positives each of 300`;
        return { metric, subject: `${filmsEach} films a patient`, share: held / trials };
      }),
    ),
  );
}
