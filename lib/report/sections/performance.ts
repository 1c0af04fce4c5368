import type { Evaluation, ObservationMetrics } from "../../contracts/evaluation.ts";
import type { OperatingPointRule } from "../../contracts/run-config.ts";
import { meanDefined } from "../../domain/metrics/mean.ts";
import { OBSERVATIONS } from "../../domain/observations.ts";
import { aurocFigure } from "../charts/auroc-figure.ts";
import { curvePanels } from "../charts/curve-panels.ts";
import { claimed, LEAST_FOR_CLAIM } from "../claims.ts";
import { AUROC_PLACES, count, counted, interval } from "../format.ts";
import { type Fragment, type Html, html } from "../html.ts";
import type { ReportMaterial } from "../material.ts";
import { cell, table } from "../table.ts";

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
  const { evaluation, request } = material;
  const { evaluatedOn, definedObservations } = evaluation;
  const on = `${counted(evaluatedOn.rows, "film")} of ${counted(evaluatedOn.patients, "patient")} held out for testing`;
  const title = html`<h2>Performance on held-out patients</h2>`;
  if (definedObservations === 0) {
    return html`${title}<p>No observation has both a positive and a negative among the ${on}, so no AUROC is defined.</p>
${figuresTable(material, on)}`;
  }
  const left = 14 - definedObservations;
  const noInterval = Object.values(evaluation.perObservation).some((m) => m.auroc !== null && m.aurocInterval === null);
  return html`${title}
<figure>${await aurocFigure(evaluation)}
<figcaption><b>Figure 1. AUROC by observation.</b> Dot: AUROC on the ${on}; line: 95 % interval from
${counted(request.config.evaluation.bootstrap, "resample")} of whole patients, so that one patient's films come and go together.
Dashed: chance. ${noInterval && "No line: too few resamples hold both classes. "}${left > 0 && `${counted(left, "observation")} with only one class among the test films ${left === 1 ? "is" : "are"} left out.`}</figcaption></figure>
${figuresTable(material, on)}
${decisionsTable(evaluation)}
<figure>${await curvePanels(evaluation, "roc")}
<figcaption><b>Figure 2. ROC curves</b> on the ${on}. Dashed: chance. Dot: the operating point of table 1.</figcaption></figure>
<figure>${await curvePanels(evaluation, "precisionRecall")}
<figcaption><b>Figure 3. Precision-recall curves</b> on the same films. Dashed: the prevalence, which is the precision of
calling every film positive. Dot: the operating point of table 1.</figcaption></figure>`;
}

/** Columns whose mean over the observations makes sense. */
const MEANS = {
  AP: (m) => m.averagePrecision,
  F1: (m) => m.f1,
  Precision: (m) => m.precision,
  Recall: (m) => m.recall,
  Specificity: (m) => m.specificity,
} as const satisfies Record<string, (m: ObservationMetrics) => number | null>;

const auroc = (value: number | null, range: [number, number] | null): Fragment =>
  value === null ? cell(null) : html`<b>${cell(value, AUROC_PLACES)}</b> <span class="quiet">${interval(range)}</span>`;

function figuresTable({ evaluation, request, calibration }: ReportMaterial, on: string): Html {
  const { perObservation, meanAuroc, meanAurocInterval } = evaluation;
  const enough = new Set<string>(claimed(evaluation));
  const fitted = calibration.filter(({ kind }) => kind !== "identity").length;
  const all = OBSERVATIONS.map((name) => perObservation[name]);
  return table({
    caption: html`<b>Table 1. Figures by observation</b> on the ${on}; masked labels are left out. AUROC (with its 95 % interval) and
average precision (AP) judge the order of the probabilities; the figures after it judge decisions at the threshold, which
${ruleText(request.config.evaluation.operatingPoint)}. The probabilities of ${fitted} of 14 observations are calibrated, on
patients kept for that${fitted < 14 && "; why the rest are not stands below table 3"}.
† Fewer than ${LEAST_FOR_CLAIM} positives or negatives: no accuracy is claimed.`,
    headings: ["Observation", "Positive", "Prevalence", "AUROC", "AP", "Threshold", ...Object.keys(MEANS).slice(1)],
    rows: OBSERVATIONS.map((name) => {
      const m = perObservation[name];
      const [ap, ...decisions] = Object.values(MEANS).map((of) => cell(of(m)));
      return {
        name: enough.has(name) ? name : html`${name} <span class="quiet">†</span>`,
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
      cells: meanCells(all, auroc(meanAuroc, meanAurocInterval)),
    },
  });
}

function meanCells(all: readonly ObservationMetrics[], meanAuroc: Fragment): Fragment[] {
  const [ap, ...decisions] = Object.values(MEANS).map((of) => cell(meanDefined(all.map(of))));
  return [null, null, meanAuroc, ap, null, ...decisions];
}

const decisionsTable = ({ perObservation }: Evaluation): Html =>
  table({
    caption: html`<b>Table 2. Decisions counted</b> on the same films at the threshold of table 1. Right decisions: their share; it says
little where an observation is rare. Brier score: mean squared error of the probability, 0 is best.`,
    headings: [
      "Observation",
      "True positive",
      "False negative",
      "False positive",
      "True negative",
      "Right decisions",
      "Brier score",
    ],
    rows: OBSERVATIONS.map((name) => {
      const { confusion: c, accuracy, brier } = perObservation[name];
      const counts = [c.truePositive, c.falseNegative, c.falsePositive, c.trueNegative].map(count);
      return { name, cells: [...counts, cell(accuracy), cell(brier)] };
    }),
  });
