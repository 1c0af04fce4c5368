import { bootstrap, percentileInterval } from "./bootstrap.ts";
import { aurocSpread, intervalOfSpread } from "./intervals/auroc-interval.ts";
import { meanInterval } from "./intervals/mean-interval.ts";
import { meanDefined } from "./metrics/mean.ts";
import type { Numbers } from "./metrics/ranking.ts";

/** By what test films are told apart. */
export const SUBGROUP_AXES = ["sex", "age", "projection", "source"] as const;
export type SubgroupAxis = (typeof SUBGROUP_AXES)[number];

/** What a film's row says of its patient and how it was taken. */
export interface Subject {
  readonly sex: string;
  /** Years; null where it is not known. */
  readonly age: number | null;
  readonly projection: string;
  readonly source: string;
}

const UNKNOWN = "not known";

/** Youngest age that belongs to a band, from old to young. */
const AGE_BANDS = [
  { from: 80, name: "80 and over" },
  { from: 60, name: "60 to 79" },
  { from: 40, name: "40 to 59" },
  { from: 0, name: "0 to 39" },
] as const;

const GROUP_OF: Readonly<Record<SubgroupAxis, (subject: Subject) => string>> = {
  sex: ({ sex }) => (sex === "Unknown" || sex === "" ? UNKNOWN : sex),
  age: ({ age }) => (age === null ? UNKNOWN : (AGE_BANDS.find(({ from }) => age >= from)?.name ?? UNKNOWN)),
  projection: ({ projection }) => projection || UNKNOWN,
  source: ({ source }) => source || UNKNOWN,
};

interface Column {
  readonly scores: Numbers;
  readonly labels: Numbers;
}

/** AUROC of one observation in a group. */
export interface SubgroupFigure {
  readonly rows: number;
  readonly positives: number;
  readonly auroc: number | null;
  readonly aurocInterval: [number, number] | null;
}

export interface Subgroup {
  readonly axis: SubgroupAxis;
  readonly group: string;
  readonly films: number;
  readonly patients: number;
  readonly meanAuroc: number | null;
  readonly meanAurocInterval: [number, number] | null;
  /** A figure an observation, in the order of the columns. */
  readonly figures: readonly SubgroupFigure[];
}

/** The two groups of one axis whose AUROC differs most. */
export interface SubgroupGap {
  readonly axis: SubgroupAxis;
  readonly better: string;
  readonly worse: string;
  /** Difference of the mean AUROC over the observations that both groups can be judged on. */
  readonly gap: number;
  readonly interval: [number, number] | null;
  /** Columns of those observations. */
  readonly columns: readonly number[];
}

export interface SubgroupInput {
  readonly columns: readonly Column[];
  /** Number of each row's patient, from 0. */
  readonly patients: Numbers;
  readonly subjects: readonly Subject[];
  readonly rounds: number;
  readonly seed: number;
  /** Positives and negatives that a group needs of an observation to be compared on it. */
  readonly least: number;
}

type Measured = Subgroup & { readonly rounds: readonly (readonly (number | null)[])[] };

/** AUROC in each group of each axis that has more than one group, and the largest gap. */
export function subgroups(input: SubgroupInput): {
  readonly groups: Subgroup[];
  readonly largestGap: SubgroupGap | null;
} {
  const measured = SUBGROUP_AXES.flatMap((axis) => {
    const names = input.subjects.map(GROUP_OF[axis]);
    const groups = [...new Set(names)].sort();
    return groups.length < 2 ? [] : groups.map((group) => measure(input, axis, group, names));
  });
  const gaps = measured.flatMap((a) => measured.flatMap((b) => gapOf(a, b, input.least) ?? []));
  return {
    groups: measured.map(({ rounds: _, ...group }) => group),
    largestGap: gaps.reduce<SubgroupGap | null>((most, gap) => (most && most.gap >= gap.gap ? most : gap), null),
  };
}

function measure(
  { columns, patients, rounds, seed }: SubgroupInput,
  axis: SubgroupAxis,
  group: string,
  names: readonly string[],
): Measured {
  const rows = names.flatMap((name, row) => (name === group ? [row] : []));
  const numbers = new Map<number, number>();
  for (const row of rows) if (!numbers.has(patients[row]!)) numbers.set(patients[row]!, numbers.size);
  const within = columns.map(({ scores, labels }) => ({
    scores: rows.map((row) => scores[row]!),
    labels: rows.map((row) => labels[row]!),
  }));
  const patientOf = rows.map((row) => numbers.get(patients[row]!)!);
  const spreads = within.map(({ scores, labels }) => aurocSpread(scores, labels, patientOf));
  const figures = within.map(({ labels }, i): SubgroupFigure => {
    const spread = spreads[i] ?? null;
    return {
      rows: labels.filter((label) => !Number.isNaN(label)).length,
      positives: labels.filter((label) => label > 0.5).length,
      auroc: spread?.auroc ?? null,
      aurocInterval: spread && intervalOfSpread(spread),
    };
  });
  const parts = spreads.flatMap((spread) =>
    spread === null ? [] : [{ value: spread.auroc, interval: intervalOfSpread(spread), influence: spread.influence }],
  );
  return {
    axis,
    group,
    films: rows.length,
    patients: numbers.size,
    meanAuroc: meanDefined(figures.map((figure) => figure.auroc)),
    meanAurocInterval: meanInterval(parts),
    figures,
    rounds: bootstrap(within, patientOf, rounds, seed).map(({ auroc }) => auroc),
  };
}

const comparable = ({ rows, positives }: SubgroupFigure, least: number): boolean =>
  Math.min(positives, rows - positives) >= Math.max(1, least);

/** How much better a group of an axis is than another; null for groups that cannot be compared or are no better. */
function gapOf(a: Measured, b: Measured, least: number): SubgroupGap | null {
  if (a.axis !== b.axis || a.group === b.group || a.group === UNKNOWN || b.group === UNKNOWN) return null;
  const columns = a.figures.flatMap((figure, i) =>
    comparable(figure, least) && comparable(b.figures[i]!, least) ? [i] : [],
  );
  const difference = (of: (group: Measured, column: number) => number | null): number | null =>
    meanDefined(
      columns.map((column) => {
        const [ours, theirs] = [of(a, column), of(b, column)];
        return ours === null || theirs === null ? null : ours - theirs;
      }),
    );
  const gap = difference((group, column) => group.figures[column]!.auroc);
  if (gap === null || gap <= 0) return null;
  const rounds = (a.rounds[0] ?? []).map((_, round) => difference((group, column) => group.rounds[column]![round]!));
  return { axis: a.axis, better: a.group, worse: b.group, gap, interval: percentileInterval(rounds), columns };
}
