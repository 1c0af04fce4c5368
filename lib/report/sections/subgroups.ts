import type { Evaluation, SubgroupGap, SubgroupGaps } from "../../contracts/evaluation.ts";
import { LEAST_FOR_CLAIM } from "../../domain/observation-status.ts";
import { isShown } from "../../domain/subgroups.ts";
import { gapsFigure } from "../charts/gaps-figure.ts";
import { AUROC_PLACES, count, counted, interval } from "../format.ts";
import { type Fragment, type Html, html } from "../html.ts";
import type { ReportMaterial } from "../material.ts";
import { AXIS_NAMES, FIGURE_NAMES, gapLine, namedGaps } from "../subgroup-text.ts";
import { cell, table } from "../table.ts";

/** Whether the model does as well for all. */
export async function subgroups({ evaluation }: ReportMaterial): Promise<Html> {
  const { subgroups: groups, subgroupGaps: gaps } = evaluation;
  const title = html`<h2 id="subgroups">Does it do as well for all?</h2>`;
  if (groups.length === 0) {
    return html`${title}<p>The test films are all of one sex, age band, projection and source, or the data does not tell.</p>`;
  }
  const isCompared = gaps !== undefined && gaps.comparisons > 0;
  return html`${title}
${isCompared ? await gapsPart(evaluation, gaps) : nothingCompared()}
${groupsTable(evaluation, isCompared)}`;
}

/** Shown gaps that the text names, the surest first. */
const MOST_LISTED = 12;

const nothingCompared = (): Html =>
  html`<p>No two groups have ${LEAST_FOR_CLAIM} positives or ${LEAST_FOR_CLAIM} negatives of the same observation, so no gap is named.</p>`;

async function gapsPart({ evaluatedOn }: Evaluation, { gaps, comparisons }: SubgroupGaps): Promise<Html> {
  const shown = gaps.filter(isShown);
  const named = namedGaps(gaps);
  return html`<p>Of ${counted(comparisons, "comparison")} of two groups, <strong>${shown.length === 0 ? "none" : count(shown.length)}</strong> ${shown.length === 1 ? "shows" : "show"} a
gap that chance does not explain.${shown.length === 0 && " That is no proof that there is none: the intervals say how large one can be."}</p>
${shown.length > 0 && html`<ul>${shown.slice(0, MOST_LISTED).map((gap) => html`<li>${gapLine(gap)}</li>`)}</ul>`}
${shown.length > MOST_LISTED && html`<p>These are the surest; the other ${count(shown.length - MOST_LISTED)} stand in <code>evaluation.json</code>.</p>`}
${gapsTable(named, evaluatedOn)}
<figure>${await gapsFigure(named)}
<figcaption><b>Figure #. The gaps of table #gaps</b> with their corrected intervals. Dashed: no gap. In colour: shown.</figcaption></figure>`;
}

function gapsTable(gaps: readonly SubgroupGap[], { rows, patients }: Evaluation["evaluatedOn"]): Html {
  return table({
    caption: html`<b>Table #gaps. Largest gaps between subgroups</b> of the ${counted(rows, "test film")} of ${counted(patients, "patient")}: of each figure on
each axis the largest over all observations and pairs of groups, and the surest where that is another. False negatives and
positives: shares of films with and without the observation that the threshold of table #figures decides wrongly. Observed −
predicted: share of positives less mean probability. Groups are compared on an observation with ${LEAST_FOR_CLAIM} films of each class that
the figure needs in both; films of which an axis is not known are in no group. Interval and p are corrected for every
comparison looked at and allow for several films of a patient: without any gap, the chance that one is shown (an interval
above 0) is about 5 %.`,
    headings: [
      "By",
      { title: "Figure", text: true },
      { title: "Observation", text: true },
      { title: "Higher", text: true },
      { title: "Lower", text: true },
      "Gap",
      "Interval",
      "p",
    ],
    rows: gaps.map((gap) => ({
      name: AXIS_NAMES[gap.axis],
      cells: [
        FIGURE_NAMES[gap.figure],
        gap.observation,
        side(gap.higher, gap.values[0]),
        side(gap.lower, gap.values[1]),
        isShown(gap) ? html`<b>${cell(gap.gap, AUROC_PLACES)}</b>` : cell(gap.gap, AUROC_PLACES),
        `${gap.interval[0].toFixed(AUROC_PLACES)} to ${gap.interval[1].toFixed(AUROC_PLACES)}`,
        gap.p < 0.01 ? "< 0.01" : gap.p.toFixed(2),
      ],
    })),
  });
}

const side = (group: string, value: number): Fragment =>
  html`${group} <span class="quiet">${cell(value, AUROC_PLACES)}</span>`;

export const groupName = ({ axis, group }: Pick<Evaluation["subgroups"][number], "axis" | "group">): Html =>
  html`<span class="quiet">${AXIS_NAMES[axis]}:</span> ${group || "not known"}`;

function groupsTable({ subgroups: groups }: Evaluation, isCompared: boolean): Html {
  return table({
    caption: html`<b>Table #. Subgroups of the test films</b>, each figure with its 95 % interval. AUROC: mean over the observations that are
defined in the group; groups differ in which those are, so that these means are not compared. Underdiagnosis: share of
the films with a finding ("No Finding" labelled negative) that the model calls "No Finding" (Seyyed-Kalantari et al.
2021)${isCompared && `; it is compared in table #gaps as false positives of "No Finding"`}. Figures of every observation are in
<code>evaluation.json</code>.`,
    headings: [
      "Group",
      "Films",
      "Patients",
      "AUROC",
      "Interval",
      "Observations",
      "With a finding",
      "Underdiagnosis",
      "Interval",
    ],
    rows: groups.map((group) => {
      const {
        rows,
        positives,
        falsePositiveRate = null,
        falsePositiveRateInterval = null,
      } = group.perObservation["No Finding"];
      return {
        name: groupName(group),
        cells: [
          count(group.films),
          count(group.patients),
          cell(group.meanAuroc, AUROC_PLACES),
          group.meanAurocInterval && interval(group.meanAurocInterval),
          Object.values(group.perObservation).filter(({ auroc }) => auroc !== null).length,
          count(rows - positives),
          cell(falsePositiveRate, AUROC_PLACES),
          falsePositiveRateInterval && interval(falsePositiveRateInterval),
        ],
      };
    }),
  });
}
