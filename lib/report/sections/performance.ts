import type { ObservationMetrics } from "../../contracts/evaluation.ts";
import type { OperatingPointRule } from "../../contracts/run-config.ts";
import { meanDefined } from "../../domain/metrics/mean.ts";
import { LEAST_FOR_CLAIM, observationsWith } from "../../domain/observation-status.ts";
import { OBSERVATIONS } from "../../domain/observations.ts";
import { aurocFigure } from "../charts/auroc-figure.ts";
import { curvePanels } from "../charts/curve-panels.ts";
import { AUROC_PLACES, count, counted, interval } from "../format.ts";
import { type Fragment, type Html, html } from "../html.ts";
import type { ReportMaterial } from "../material.ts";
import { cell, notLearnedRow, table } from "../table.ts";

const RULES = {
  "max-f1": "has the highest F1 on the tuning patients",
  youden: "has the highest sum of recall and specificity (Youden's index) on the tuning patients",
  "fixed-0.5": "is 0.5 for every observation",
} as const;

const ruleText = (rule: OperatingPointRule): string =>
  typeof rule === "string"
    ? RULES[rule]
    : "sensitivity" in rule
      ? `is the highest with a recall of at least ${rule.sensitivity} on the tuning patients`
      : `is the lowest with a specificity of at least ${rule.specificity} on the tuning patients`;

export async function performance(material: ReportMaterial): Promise<Html> {
  const { evaluation, statuses } = material;
  const { evaluatedOn, definedObservations } = evaluation;
  const on = `${counted(evaluatedOn.rows, "film")} of ${counted(evaluatedOn.patients, "patient")} held out for testing`;
  const title = html`<h2 id="performance">Performance on held-out patients</h2>`;
  if (definedObservations === 0) {
    return html`${title}<p>No observation has both a positive and a negative among the ${on}, so no AUROC is defined.</p>
${figuresTable(material, on)}`;
  }
  const notLearned = observationsWith(statuses, "not-learned").length;
  const left = 14 - definedObservations - notLearned;
  return html`${title}
<figure>${await aurocFigure(evaluation)}
<figcaption><b>Figure #. AUROC by observation.</b> Dot: AUROC on the ${on}; line: 95 % interval, in which
a patient's films count together.
Dashed: chance. ${left > 0 && `${counted(left, "observation")} with only one class among the test films ${left === 1 ? "is" : "are"} left out.`}
${notLearned > 0 && `${counted(notLearned, "observation")} that the model did not learn ${notLearned === 1 ? "has" : "have"} no figures.`}</figcaption></figure>
${figuresTable(material, on)}
${decisionsTable(material)}
<figure>${await curvePanels(evaluation, "roc")}
<figcaption><b>Figure #. ROC curves</b> on the ${on}. Dashed: chance. Dot: the operating point of table #figures.</figcaption></figure>
<figure>${await curvePanels(evaluation, "precisionRecall")}
<figcaption><b>Figure #. Precision-recall curves</b> on the same films. Dashed: the prevalence, which is the precision of
calling every film positive. Dot: the operating point of table #figures.</figcaption></figure>`;
}

type Range = [number, number] | null;

/** Columns whose mean over the observations makes sense. */
const MEANS = {
  AP: (m) => [m.averagePrecision, m.averagePrecisionInterval],
  F1: (m) => [m.f1, m.f1Interval],
  Precision: (m) => [m.precision, m.precisionInterval],
  Recall: (m) => [m.recall, m.recallInterval],
  Specificity: (m) => [m.specificity, m.specificityInterval],
} as const satisfies Record<string, (m: ObservationMetrics) => [number | null, Range]>;

/** Of one class alone a perfect recall says nothing: it has no figures, and no part in a mean. */
const hasBothClasses = ({ positives, rows }: ObservationMetrics): boolean => positives > 0 && positives < rows;

const auroc = (value: number | null, range: Range): Fragment =>
  value === null
    ? cell(null)
    : html`<b>${cell(value, AUROC_PLACES)}</b> <span class="quiet under">${interval(range)}</span>`;

const ranged = (value: number | null, range: Range, places = 2): Fragment =>
  value === null || range === null
    ? cell(value, places)
    : html`${cell(value, places)} <span class="quiet under">${interval(range, places)}</span>`;

function figuresTable({ evaluation, request, calibration, statuses }: ReportMaterial, on: string): Html {
  const { perObservation, meanAuroc, meanAurocInterval } = evaluation;
  const learned = OBSERVATIONS.length - observationsWith(statuses, "not-learned").length;
  const fitted = calibration.filter(({ kind }, i) => kind !== "identity" && statuses[i] !== "not-learned").length;
  const all = OBSERVATIONS.map((name) => perObservation[name]);
  return table({
    caption: html`<b>Table #figures. Figures by observation</b> on the ${on}; masked labels are left out. Beside each figure its 95 % interval. AUROC and
average precision (AP) judge the order of the probabilities; the figures after it judge decisions at the threshold, which
${ruleText(request.config.evaluation.operatingPoint)}. The probabilities of ${fitted} of ${learned} observations are calibrated, on
patients kept for that${fitted < learned && "; the section on calibration says why the rest are not"}.
Of observations with one class alone among these films nothing is defined but counts.
† Fewer than ${LEAST_FOR_CLAIM} positives or negatives: no accuracy is claimed. Not learned: no positive or no negative of it among the training
films, so that the model says nothing of it.`,
    headings: ["Observation", "Positive", "Prevalence", "AUROC", "AP", "Threshold", ...Object.keys(MEANS).slice(1)],
    rows: OBSERVATIONS.map((name, index) => {
      if (statuses[index] === "not-learned") return notLearnedRow(name, 4 + Object.keys(MEANS).length);
      const m = perObservation[name];
      const [ap, ...decisions] = Object.values(MEANS).map((of) => (hasBothClasses(m) ? ranged(...of(m)) : cell(null)));
      return {
        name: statuses[index] === "learned" ? name : html`${name} <span class="quiet">†</span>`,
        cells: [
          html`${count(m.positives)} <span class="quiet">of ${count(m.rows)}</span>`,
          cell(m.prevalence),
          auroc(m.auroc, m.aurocInterval),
          ap,
          cell(m.threshold),
          ...decisions,
        ],
      };
    }),
    foot: {
      name: "Mean where defined",
      cells: meanCells(all.filter(hasBothClasses), auroc(meanAuroc, meanAurocInterval)),
    },
  });
}

function meanCells(all: readonly ObservationMetrics[], meanAuroc: Fragment): Fragment[] {
  const [ap, ...decisions] = Object.values(MEANS).map((of) => cell(meanDefined(all.map((m) => of(m)[0]))));
  return [null, null, meanAuroc, ap, null, ...decisions];
}

const decisionsTable = ({ evaluation: { perObservation }, statuses }: ReportMaterial): Html =>
  table({
    caption: html`<b>Table #. Decisions counted</b> on the same films at the threshold of table #figures. Right decisions: their share; it says
little where an observation is rare. Brier score: mean squared error of the probability, 0 is best. Beside both their 95 %
intervals.`,
    headings: [
      "Observation",
      "True positive",
      "False negative",
      "False positive",
      "True negative",
      "Right decisions",
      "Brier score",
    ],
    rows: OBSERVATIONS.map((name, index) => {
      if (statuses[index] === "not-learned") return notLearnedRow(name, 6);
      const { confusion: c, accuracy, accuracyInterval, brier, brierInterval } = perObservation[name];
      const counts = [c.truePositive, c.falseNegative, c.falsePositive, c.trueNegative].map(count);
      return { name, cells: [...counts, ranged(accuracy, accuracyInterval), ranged(brier, brierInterval, 3)] };
    }),
  });
