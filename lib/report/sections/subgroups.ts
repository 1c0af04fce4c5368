import { LEAST_FOR_CLAIM } from "../../domain/observation-status.ts";
import { AUROC_PLACES, count, interval, list } from "../format.ts";
import { type Html, html } from "../html.ts";
import type { ReportMaterial } from "../material.ts";
import { cell, table } from "../table.ts";

const AXES = { sex: "Sex", age: "Age", projection: "Projection", source: "Source" } as const;

export const groupName = ({ axis, group }: { readonly axis: keyof typeof AXES; readonly group: string }): Html =>
  html`<span class="quiet">${AXES[axis]}:</span> ${group || "not known"}`;

/** Whether the model does as well for all. */
export function subgroups({ evaluation }: ReportMaterial): Html {
  const title = html`<h2 id="subgroups">Does it do as well for all?</h2>`;
  if (evaluation.subgroups.length === 0) {
    return html`${title}<p>The test films are all of one sex, age band, projection and source, or the data does not tell.</p>`;
  }
  return html`${title}
${gapText(evaluation)}
${table({
  caption: html`<b>Table #. Subgroups of the test films.</b> AUROC: mean over the observations that are defined in the group, with its 95 %
interval. Groups differ in which observations those are, so that means of small groups are not compared.`,
  headings: ["Group", "Films", "Patients", "AUROC", "95 % interval", "Observations"],
  rows: evaluation.subgroups.map((group) => ({
    name: groupName(group),
    cells: [
      count(group.films),
      count(group.patients),
      cell(group.meanAuroc, AUROC_PLACES),
      group.meanAurocInterval === null ? null : interval(group.meanAurocInterval),
      Object.values(group.perObservation).filter(({ auroc }) => auroc !== null).length,
    ],
  })),
})}`;
}

function gapText({ largestSubgroupGap: gap }: ReportMaterial["evaluation"]): Html {
  if (gap === null) {
    return html`<p>No two groups have ${LEAST_FOR_CLAIM} positives and ${LEAST_FOR_CLAIM} negatives of the same observation, so no gap is named.</p>`;
  }
  const range = gap.interval;
  const chance = range !== null && range[0] <= 0 ? " The interval holds 0: it may be chance." : "";
  return html`<p>The largest gap is by ${AXES[gap.axis].toLowerCase()}: ${gap.better} does better than ${gap.worse} by an AUROC of
<strong>${gap.gap.toFixed(AUROC_PLACES)}</strong>${range === null ? "" : ` (95 % interval ${interval(range)})`}, over ${list(gap.observations)}.${chance}</p>`;
}
