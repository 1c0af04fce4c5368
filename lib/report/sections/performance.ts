import type { ObservationMetrics } from "../../contracts/evaluation.ts";
import { OBSERVATIONS } from "../../domain/observations.ts";
import { aurocFigure } from "../charts/auroc-figure.ts";
import { curvePanels } from "../charts/curve-panels.ts";
import { claimed, LEAST_FOR_CLAIM } from "../claims.ts";
import { count, counted, interval } from "../format.ts";
import { type Fragment, type Html, html } from "../html.ts";
import type { ReportMaterial } from "../material.ts";

const RULES = {
  "max-f1": "has the highest F1",
  youden: "has the highest sum of recall and specificity (Youden's index)",
  "fixed-0.5": "is 0.5 for every observation",
} as const;

/** A cell of a table: two places, or "not defined". */
const cell = (value: number | null): Html =>
  value === null ? html`<td class="quiet">not defined</td>` : html`<td>${value.toFixed(2)}</td>`;

const COLUMNS: readonly (readonly [string, (m: ObservationMetrics) => Fragment])[] = [
  ["Films", (m) => html`<td>${count(m.rows)}</td>`],
  ["Positive", (m) => html`<td>${count(m.positives)}</td>`],
  ["Prevalence", (m) => cell(m.prevalence)],
  [
    "AUROC (95 %)",
    (m) =>
      m.auroc === null
        ? cell(null)
        : html`<td><b>${m.auroc.toFixed(2)}</b> <span class="quiet">${interval(m.aurocInterval)}</span></td>`,
  ],
  ["AP", (m) => cell(m.averagePrecision)],
  ["Threshold", (m) => html`<td>${m.threshold.toFixed(2)}</td>`],
  ["F1", (m) => cell(m.f1)],
  ["Precision", (m) => cell(m.precision)],
  ["Recall", (m) => cell(m.recall)],
  ["Specificity", (m) => cell(m.specificity)],
  ["Brier", (m) => cell(m.brier)],
];

export async function performance({ evaluation, request, calibrationKinds }: ReportMaterial): Promise<Html> {
  const { evaluatedOn, perObservation } = evaluation;
  const enough = new Set<string>(claimed(evaluation));
  const on = `${counted(evaluatedOn.rows, "film")} of ${counted(evaluatedOn.patients, "patient")} held out for testing`;
  const mark = (name: string): Html | null => (enough.has(name) ? null : html`<sup>†</sup>`);
  const calibratedCount = calibrationKinds.filter((kind) => kind !== "identity").length;
  const undefinedCount = 14 - evaluation.definedObservations;
  const decided = OBSERVATIONS.filter((name) => perObservation[name].positives > 0);
  return html`
<h2>Performance on held-out patients</h2>
${
  evaluation.definedObservations === 0
    ? html`<p>No observation has both a positive and a negative among the ${on}, so no AUROC is defined.</p>`
    : html`<figure>${await aurocFigure(evaluation)}
<figcaption><b>Figure 1. AUROC by observation.</b> Dot: AUROC on the ${on}; line: 95 % interval from
${counted(request.config.evaluation.bootstrap, "resample")} of whole patients, so that one patient's films come and go together.
Dashed: chance. ${undefinedCount > 0 ? `${counted(undefinedCount, "observation")} with only one class among the test films ${undefinedCount === 1 ? "is" : "are"} left out.` : ""}</figcaption></figure>`
}
<div class="scroll"><table>
<caption><b>Table 1. Figures by observation.</b> The ${on}; masked labels are left out. AUROC, average precision (AP) and Brier
score judge the probabilities; the other figures judge decisions at the threshold, which ${RULES[request.config.evaluation.operatingPoint]}
on the tuning patients. Probabilities are calibrated on patients of their own for ${calibratedCount} of 14 observations
(too few positives or negatives there for the rest).
† Fewer than ${LEAST_FOR_CLAIM} positives or negatives: no accuracy is claimed.</caption>
<thead><tr><th>Observation</th>${COLUMNS.map(([title]) => html`<th>${title}</th>`)}</tr></thead>
<tbody>${OBSERVATIONS.map((name) => html`<tr><th scope="row">${name}${mark(name)}</th>${COLUMNS.map(([, show]) => show(perObservation[name]))}</tr>`)}</tbody>
</table></div>
${decided.length === 0 ? null : confusionTable(decided, perObservation)}
${evaluation.definedObservations === 0 ? null : await curves(evaluation, on)}`;
}

function confusionTable(
  names: readonly (typeof OBSERVATIONS)[number][],
  metrics: ReportMaterial["evaluation"]["perObservation"],
): Html {
  return html`<div class="scroll"><table>
<caption><b>Table 2. Decisions counted.</b> Test films at the threshold of table 1, for the observations with at least one positive
label among them.</caption>
<thead><tr><th>Observation</th><th>True positive</th><th>False negative</th><th>False positive</th><th>True negative</th><th>Right decisions</th></tr></thead>
<tbody>${names.map((name) => {
    const { confusion, accuracy } = metrics[name];
    return html`<tr><th scope="row">${name}</th><td>${count(confusion.truePositive)}</td><td>${count(confusion.falseNegative)}</td><td>${count(confusion.falsePositive)}</td><td>${count(confusion.trueNegative)}</td>${cell(accuracy)}</tr>`;
  })}</tbody></table></div>`;
}

const curves = async (evaluation: ReportMaterial["evaluation"], on: string): Promise<Html> => html`
<figure class="long">${await curvePanels(evaluation, "roc")}
<figcaption><b>Figure 2. ROC curves</b> on the ${on}. Dashed: chance. Dot: the operating point of table 1.</figcaption></figure>
<figure class="long">${await curvePanels(evaluation, "precisionRecall")}
<figcaption><b>Figure 3. Precision-recall curves</b> on the same films. Dashed: the prevalence, which is the precision of
calling every film positive. Dot: the operating point of table 1.</figcaption></figure>`;
