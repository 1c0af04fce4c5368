import type { Evaluation, SubgroupGap } from "../contracts/evaluation.ts";
import { LEAST_FOR_CLAIM } from "../domain/observation-status.ts";
import { isShown, type SubgroupAxis, type SubgroupFigureName } from "../domain/subgroups.ts";
import { AUROC_PLACES } from "./format.ts";

export const AXIS_NAMES: Readonly<Record<SubgroupAxis, string>> = {
  sex: "Sex",
  age: "Age",
  "age-sex": "Age and sex",
  projection: "Projection",
  source: "Source",
};

export const FIGURE_NAMES: Readonly<Record<SubgroupFigureName, string>> = {
  auroc: "AUROC",
  falseNegativeRate: "False negatives",
  falsePositiveRate: "False positives",
  calibrationInTheLarge: "Observed − predicted",
};

/** "Pneumonia, Male (0.912) above Female (0.801): 0.111, shown" */
export function gapText({ observation, higher, lower, values, gap, ...rest }: SubgroupGap): string {
  const [above, below, size] = [...values, gap].map((value) => value.toFixed(AUROC_PLACES));
  const told = isShown(rest) ? "shown" : "not distinguishable from chance";
  return `${observation}, ${higher} (${above}) above ${lower} (${below}): ${size}, ${told}`;
}

/** Of each axis the surest gap of each figure: the largest where none is shown. */
export function surestGaps(gaps: readonly SubgroupGap[]): SubgroupGap[] {
  return gaps.filter((gap, place) => gaps.findIndex((other) => isAlike(gap, other)) === place);
}

/** Of each axis the largest gap of each figure, and the surest where that is another. */
export function namedGaps(gaps: readonly SubgroupGap[]): SubgroupGap[] {
  const surest = new Set(surestGaps(gaps));
  return gaps.filter((gap) => surest.has(gap) || gaps.every((other) => !isAlike(gap, other) || gap.gap >= other.gap));
}

const isAlike = (a: SubgroupGap, b: SubgroupGap): boolean => a.axis === b.axis && a.figure === b.figure;

/** What a card says of subgroups: a line an axis. */
export function subgroupLimits({ subgroups, subgroupGaps }: Evaluation): string[] {
  if (subgroups.length === 0)
    return ["Not broken down by sex, age, projection or source: the test films are all alike."];
  if (subgroupGaps === undefined || subgroupGaps.comparisons === 0) {
    return [
      `No two subgroups of the test films have ${LEAST_FOR_CLAIM} positives or ${LEAST_FOR_CLAIM} negatives of the same observation, so it is not known whether it does as well for all.`,
    ];
  }
  const surest = surestGaps(subgroupGaps.gaps);
  return (Object.keys(AXIS_NAMES) as SubgroupAxis[]).flatMap((axis) => {
    const own = surest.filter((gap) => gap.axis === axis);
    if (own.length === 0) return [];
    const texts = own.map((gap) => `${FIGURE_NAMES[gap.figure]} (${gapText(gap)})`);
    return [`Gaps between subgroups by ${AXIS_NAMES[axis].toLowerCase()}: ${texts.join("; ")}.`];
  });
}
