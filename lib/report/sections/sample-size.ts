import { LEAST_FOR_CLAIM } from "../../domain/observation-status.ts";
import { OBSERVATIONS } from "../../domain/observations.ts";
import { trialsForWidth, widthOfShare } from "../../domain/sample-size.ts";
import { count } from "../format.ts";
import { type Html, html } from "../html.ts";
import type { ReportMaterial } from "../material.ts";
import { cell, table } from "../table.ts";

/** A sensitivity or specificity that is neither poor nor perfect, to say what films are enough for. */
const EXAMPLE = 0.8;
/** Width of an interval that tells 0.75 from 0.85. */
const NARROW = 0.1;

/** Whether there were films enough, and by what rule. */
export function sampleSize({ evaluation, trainingLabels }: ReportMaterial): Html {
  return html`
<h2 id="sample-size">Were there enough films?</h2>
<p>The number of films was not planned for this run: it takes what the data holds. No rule of events per parameter holds for
networks, so the events in training are only told. For the test the rule is the width of an interval: a sensitivity of ${EXAMPLE} measured on n
positives has a 95 % interval (Wilson 1927) whose width the table gives, and ${count(trialsForWidth(EXAMPLE, NARROW))} positives are
needed for a width of ${NARROW}; the same holds for specificity and negatives. Nothing is claimed below ${LEAST_FOR_CLAIM} of either,
where that width is ${cell(widthOfShare(EXAMPLE, LEAST_FOR_CLAIM))}. Films of one patient are alike, so that these widths are, if
anything, too narrow.</p>
${table({
  caption: html`<b>Table #. Events by observation</b> under the policy, masked labels left out. Width: of the 95 % interval around a
sensitivity, and a specificity, of ${EXAMPLE}.`,
  headings: [
    "Observation",
    "Training positives",
    "Training negatives",
    "Test positives",
    "Test negatives",
    "Width, sensitivity",
    "Width, specificity",
  ],
  rows: OBSERVATIONS.map((name, i) => {
    const { positives, rows } = evaluation.perObservation[name];
    const negatives = rows - positives;
    return {
      name,
      cells: [
        ...[trainingLabels[i]!.positives, trainingLabels[i]!.negatives, positives, negatives].map(count),
        cell(widthOfShare(EXAMPLE, positives)),
        cell(widthOfShare(EXAMPLE, negatives)),
      ],
    };
  }),
})}`;
}
