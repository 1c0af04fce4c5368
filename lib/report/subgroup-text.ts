import type { Evaluation, SubgroupGap } from "../contracts/evaluation.ts";
import { LEAST_FOR_CLAIM } from "../domain/observation-status.ts";
import { isShown, type SubgroupAxis, type SubgroupFigureName } from "../domain/subgroups.ts";
import { AUROC_PLACES, count, counted, list } from "./format.ts";

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

/** "AUROC by sex: Pneumonia, Male (0.912) above Female (0.801): 0.111" */
export function gapLine({ figure, axis, observation, higher, lower, values, gap }: SubgroupGap): string {
  const [above, below, size] = [...values, gap].map((value) => value.toFixed(AUROC_PLACES));
  return `${FIGURE_NAMES[figure]} by ${AXIS_NAMES[axis].toLowerCase()}: ${observation}, ${higher} (${above}) above ${lower} (${below}): ${size}`;
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

/** Gaps that a card names. */
const MOST_IN_CARD = 3;

/** What a card says of subgroups, in a sentence or two. */
export function subgroupLimits({ subgroups, subgroupGaps }: Evaluation): string {
  if (subgroups.length === 0)
    return "Not broken down by sex, age, projection or source: the test films are all of one group, or the data does not tell.";
  if (subgroupGaps === undefined || subgroupGaps.comparisons === 0) {
    return `No two subgroups of the test films have ${LEAST_FOR_CLAIM} positives or ${LEAST_FOR_CLAIM} negatives of the same observation, so it is not known whether it does as well for all.`;
  }
  const { comparisons, gaps } = subgroupGaps;
  const axes = list([...new Set(subgroups.map(({ axis }) => AXIS_NAMES[axis].toLowerCase()))]);
  const compared = `${counted(comparisons, "comparison")} between subgroups of the test films (by ${axes})`;
  const shown = gaps.filter(isShown);
  if (shown.length === 0) {
    return `Of ${compared} none shows a gap that chance does not explain, which is no proof that there is none.`;
  }
  const named = shown.slice(0, MOST_IN_CARD).map(gapLine);
  const which = shown.length > named.length ? "the surest: " : "";
  return `Of ${compared} ${count(shown.length)} ${shown.length === 1 ? "shows" : "show"} a gap that chance does not explain; ${which}${named.join("; ")}.`;
}
