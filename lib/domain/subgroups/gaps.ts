import type { Interval } from "../intervals/score-interval.ts";
import { type Cohort, type SubgroupAxis, UNKNOWN_GROUP } from "./axes.ts";
import {
  type GroupFigure,
  type GroupFigures,
  isComparable,
  SUBGROUP_FIGURES,
  type SubgroupFigureName,
} from "./group-figures.ts";
import {
  confidenceOf,
  correctedP,
  criticalValue,
  type Difference,
  largestOfMany,
  type Measured,
} from "./largest-of-many.ts";

/** Chance that a gap is shown anywhere where there is none. */
export const GAP_ERROR = 0.05;

/** How far one observation's figure in one group lies above that in another. */
export interface SubgroupGap {
  readonly figure: SubgroupFigureName;
  readonly axis: SubgroupAxis;
  /** Place of the observation. */
  readonly column: number;
  readonly higher: string;
  readonly lower: string;
  /** The figure in each. */
  readonly values: readonly [higher: number, lower: number];
  /** At least 0. */
  readonly gap: number;
  /** All gaps' intervals hold together with a confidence of 95 %; a gap is shown where its own begins above 0. */
  readonly interval: Interval;
  /** Chance of a gap as sure as this anywhere where there is none. */
  readonly p: number;
}

export interface SubgroupGaps {
  /** Differences that were looked at. */
  readonly comparisons: number;
  /** Confidence of each gap's interval by itself; null where nothing was compared. */
  readonly confidence: number | null;
  /** The largest of each figure on each axis, then every other that is shown; the surest first. */
  readonly gaps: readonly SubgroupGap[];
}

/** A cohort and its figures of each observation. */
export interface MeasuredCohort {
  readonly cohort: Cohort;
  readonly figures: readonly GroupFigures[];
}

interface Side extends Measured {
  readonly group: string;
  readonly figure: GroupFigure;
}

interface Comparison extends Difference, Pick<SubgroupGap, "figure" | "axis" | "column"> {
  readonly correlation: number;
}

export const isShown = ({ interval }: { readonly interval: readonly [number, number] }): boolean => interval[0] > 0;

/**
 * Every figure of every observation in every two groups of an axis that have films enough, told from chance together.
 * @param axes groups of each axis
 * @param patients how many there are
 * @param least films of a class that a comparison rests on in both groups
 */
export function gapsBetween(
  axes: readonly (readonly MeasuredCohort[])[],
  { patients, least, seed }: { readonly patients: number; readonly least: number; readonly seed: number },
): SubgroupGaps {
  const { sides, comparisons } = compare(axes, patients, least);
  if (comparisons.length === 0) return { comparisons: 0, confidence: null, gaps: [] };
  const largest = largestOfMany(sides, comparisons, patients, seed);
  const confidence = confidenceOf(criticalValue(largest, GAP_ERROR));
  const intervals = sides.map(({ figure }) => figure.intervalAt(confidence));
  const found = comparisons.map(({ a, b, correlation, ...of }) => {
    const [up, down] = sides[a]!.figure.value >= sides[b]!.figure.value ? [a, b] : [b, a];
    const [above, below] = [sides[up]!, sides[down]!];
    const values = [above.figure.value, below.figure.value] as const;
    return {
      ...{ figure: of.figure, axis: of.axis, column: of.column, higher: above.group, lower: below.group, values },
      gap: values[0] - values[1],
      interval: difference(values, intervals[up]!, intervals[down]!, correlation),
      sureness: () => sureness(above.figure, below.figure, correlation),
    };
  });
  const most = new Map<string, (typeof found)[number]>();
  for (const one of found) {
    const of = `${one.figure} ${one.axis}`;
    if (one.gap > (most.get(of)?.gap ?? -1)) most.set(of, one);
  }
  const kept = new Set([...most.values(), ...found.filter(isShown)]);
  return {
    comparisons: comparisons.length,
    confidence,
    gaps: [...kept]
      .map(({ sureness: of, ...gap }) => ({ ...gap, p: correctedP(largest, of()) }))
      .sort((x, y) => Math.max(0, y.interval[0]) - Math.max(0, x.interval[0]) || y.gap - x.gap),
  };
}

function compare(axes: readonly (readonly MeasuredCohort[])[], patients: number, least: number) {
  const sides: Side[] = [];
  const comparisons: Comparison[] = [];
  const scratch = new Float64Array(patients);
  const columns = axes[0]?.[0]?.figures.length ?? 0;
  for (const cohorts of axes) {
    const known = cohorts.filter(({ cohort }) => cohort.group !== UNKNOWN_GROUP);
    for (const figure of SUBGROUP_FIGURES) {
      for (let column = 0; column < columns; column += 1) {
        const first = sides.length;
        for (const { cohort, figures } of known) {
          const of = figures[column]!;
          if (of[figure] !== null && isComparable(figure, of, least)) sides.push(sideOf(cohort, of[figure]));
        }
        for (let a = first; a < sides.length; a += 1) {
          scatter(scratch, sides[a]!, (value) => value);
          for (let b = a + 1; b < sides.length; b += 1) {
            const spread = spreadOf(sides[a]!, sides[b]!, scratch);
            comparisons.push({ figure, axis: known[0]!.cohort.axis, column, a, b, ...spread });
          }
          scatter(scratch, sides[a]!, () => 0);
        }
      }
    }
  }
  return { sides, comparisons };
}

/** The patients who add something, and what. */
function sideOf({ group, patientOf }: Cohort, figure: GroupFigure): Side {
  const adding = Uint32Array.from(figure.influence.keys()).filter((patient) => figure.influence[patient] !== 0);
  return {
    group,
    figure,
    patients: adding.map((patient) => patientOf[patient]!),
    influence: Float64Array.from(adding, (patient) => figure.influence[patient]!),
  };
}

function scatter(into: Float64Array, { patients, influence }: Measured, as: (value: number) => number): void {
  for (let i = 0; i < patients.length; i += 1) into[patients[i]!] = as(influence[i]!);
}

/** @param dense what each of all patients adds to a */
function spreadOf(a: Measured, b: Measured, dense: Float64Array): { standardError: number; correlation: number } {
  const [ofA, ofB] = [squares(a.influence), squares(b.influence)];
  let together = 0;
  for (let i = 0; i < b.patients.length; i += 1) together += b.influence[i]! * dense[b.patients[i]!]!;
  return {
    standardError: Math.sqrt(Math.max(0, ofA + ofB - 2 * together)),
    correlation: together === 0 ? 0 : together / Math.sqrt(ofA * ofB),
  };
}

const squares = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);

/** Interval for a difference from those of its parts (MOVER; Newcombe 1998, Zou and Donner 2008). */
function difference(
  [a, b]: readonly [number, number],
  [lowA, highA]: Interval,
  [lowB, highB]: Interval,
  correlation: number,
): Interval {
  const reach = (x: number, y: number): number => Math.sqrt(Math.max(0, x * x + y * y - 2 * correlation * x * y));
  return [a - b - reach(a - lowA, highB - b), a - b + reach(highA - a, b - lowB)];
}

/** Most standard errors of an interval that a gap is told by. */
const MOST_SURE = 8;
const HALVINGS = 20;

/** How many standard errors an interval reaches at most without holding 0. */
function sureness(above: GroupFigure, below: GroupFigure, correlation: number): number {
  let [out, holds] = [0, MOST_SURE];
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = (out + holds) / 2;
    const confidence = confidenceOf(middle);
    const values = [above.value, below.value] as const;
    const [low] = difference(values, above.intervalAt(confidence), below.intervalAt(confidence), correlation);
    if (low > 0) out = middle;
    else holds = middle;
  }
  return out;
}
