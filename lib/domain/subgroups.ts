import { meanInterval } from "./intervals/mean-interval.ts";
import type { Interval } from "./intervals/score-interval.ts";
import type { Decided } from "./metrics/averages.ts";
import { meanDefined } from "./metrics/mean.ts";
import { type Numbers, orderByScore } from "./metrics/ranking.ts";
import { type Cohort, cohortsByAxis, type SubgroupAxis, type Subject } from "./subgroups/axes.ts";
import { gapsBetween, type MeasuredCohort, type SubgroupGaps } from "./subgroups/gaps.ts";
import { type GroupFigure, type GroupFigures, gather, groupFigures } from "./subgroups/group-figures.ts";

export { SUBGROUP_AXES, type SubgroupAxis, type Subject, UNKNOWN_GROUP } from "./subgroups/axes.ts";
export { isShown, type SubgroupGap } from "./subgroups/gaps.ts";
export { SUBGROUP_FIGURES, type SubgroupFigureName } from "./subgroups/group-figures.ts";

/** One observation in a group; intervals of 95 % that allow for films of the same patient. */
export interface SubgroupFigures {
  readonly rows: number;
  readonly positives: number;
  readonly auroc: number | null;
  readonly aurocInterval: Interval | null;
  readonly falseNegativeRate: number | null;
  readonly falseNegativeRateInterval: Interval | null;
  readonly falsePositiveRate: number | null;
  readonly falsePositiveRateInterval: Interval | null;
  readonly meanProbability: number | null;
  readonly calibrationInTheLarge: number | null;
  readonly calibrationInTheLargeInterval: Interval | null;
}

export interface Subgroup {
  readonly axis: SubgroupAxis;
  readonly group: string;
  readonly films: number;
  readonly patients: number;
  readonly meanAuroc: number | null;
  readonly meanAurocInterval: Interval | null;
  /** In the order of the columns. */
  readonly figures: readonly SubgroupFigures[];
}

export interface SubgroupInput {
  /** An observation each. What a model did not learn has no labels that are not masked, and so no figures. */
  readonly columns: readonly Decided[];
  /** Number of each row's patient, from 0. */
  readonly patients: Numbers;
  readonly subjects: readonly Subject[];
  readonly seed: number;
  /** Films of a class that a group needs to be compared by a figure of that class. */
  readonly least: number;
}

const CONFIDENCE = 0.95;

/** Figures in each group of each axis that has more than one group, and the gaps between groups. */
export function subgroups(input: SubgroupInput): { readonly groups: Subgroup[]; readonly gaps: SubgroupGaps } {
  const { columns, subjects, patients, least, seed } = input;
  const orders = columns.map(({ scores, labels }) => orderByScore(scores, labels));
  const axes = cohortsByAxis(subjects, patients).map((cohorts) => measureAxis(cohorts, columns, orders));
  return {
    groups: axes.flat().map(subgroupOf),
    gaps: gapsBetween(axes, { patients: new Set(Array.from(patients)).size, least, seed }),
  };
}

/** Every cohort's films in the order of all films, so that scores are sorted once. */
function measureAxis(cohorts: readonly Cohort[], columns: readonly Decided[], orders: readonly Uint32Array[]) {
  const rows = columns[0]?.labels.length ?? 0;
  const [cohortOf, placeOf] = [new Uint32Array(rows), new Uint32Array(rows)];
  cohorts.forEach((cohort, number) => {
    cohort.rows.forEach((row, place) => {
      cohortOf[row] = number;
      placeOf[row] = place;
    });
  });
  const figures = cohorts.map((): GroupFigures[] => []);
  columns.forEach(({ scores, labels, threshold }, column) => {
    const own = cohorts.map((cohort) => ({ order: new Uint32Array(cohort.rows.length), count: 0 }));
    for (const row of orders[column]!) {
      const of = own[cohortOf[row]!]!;
      of.order[of.count] = placeOf[row]!;
      of.count += 1;
    }
    cohorts.forEach(({ rows: ofCohort, patients, patientOf }, number) => {
      const { order, count } = own[number]!;
      figures[number]!.push(
        groupFigures({
          scores: gather(scores, ofCohort),
          labels: gather(labels, ofCohort),
          threshold,
          patients,
          patientCount: patientOf.length,
          order: order.subarray(0, count),
        }),
      );
    });
  });
  return cohorts.map((cohort, number): MeasuredCohort => ({ cohort, figures: figures[number]! }));
}

function subgroupOf({ cohort, figures }: MeasuredCohort): Subgroup {
  const parts = figures.flatMap(({ auroc }) =>
    auroc === null ? [] : [{ value: auroc.value, influence: auroc.influence, interval: auroc.intervalAt(CONFIDENCE) }],
  );
  return {
    axis: cohort.axis,
    group: cohort.group,
    films: cohort.rows.length,
    patients: cohort.patientOf.length,
    meanAuroc: meanDefined(parts.map(({ value }) => value)),
    meanAurocInterval: meanInterval(parts),
    figures: figures.map(
      ({ rows, positives, expected, auroc, falseNegativeRate, falsePositiveRate, calibrationInTheLarge }) => ({
        rows,
        positives,
        auroc: estimate(auroc),
        aurocInterval: intervalOf(auroc),
        falseNegativeRate: estimate(falseNegativeRate),
        falseNegativeRateInterval: intervalOf(falseNegativeRate),
        falsePositiveRate: estimate(falsePositiveRate),
        falsePositiveRateInterval: intervalOf(falsePositiveRate),
        meanProbability: expected,
        calibrationInTheLarge: estimate(calibrationInTheLarge),
        calibrationInTheLargeInterval: intervalOf(calibrationInTheLarge),
      }),
    ),
  };
}

const estimate = (figure: GroupFigure | null): number | null => figure?.value ?? null;
const intervalOf = (figure: GroupFigure | null): Interval | null => figure?.intervalAt(CONFIDENCE) ?? null;
