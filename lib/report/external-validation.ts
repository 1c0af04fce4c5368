import type { ExternalValidation, ValidatedObservation } from "../contracts/external-validation.ts";
import { choiceFor } from "../domain/label-policy.ts";
import { isEnoughForClaim, LEAST_FOR_CLAIM } from "../domain/observation-status.ts";
import { OBSERVATIONS, type Observation } from "../domain/observations.ts";
import { operatingPointText } from "../domain/operating-point.ts";
import { AUROC_PLACES, count, counted, figure, interval, list, percent } from "./format.ts";
import { type Fragment, type Html, html } from "./html.ts";
import { page } from "./page.ts";
import { studies } from "./sections/studies.ts";
import { cell, table } from "./table.ts";

/** An external validation as one HTML file, each figure beside the model's own; no script, nothing loaded from elsewhere. */
export const renderExternalValidation = (validation: ExternalValidation): string =>
  page({
    title: `External validation of ${validation.model.name} on ${validation.data.name}`,
    kicker: `Hilum external validation, ${validation.createdAt.slice(0, 10)}`,
    description: "",
    caution: validation.caution ?? null,
    footer: "Made by Hilum from the model's and the data set's own files. Not for clinical use.",
    sections: [
      summary(validation),
      films(validation),
      discrimination(validation),
      thresholds(validation),
      calibration(validation),
      caveats(validation),
      provenance(validation),
    ],
  });

const summary = ({ meanAuroc, films: { judged }, subjects, outOfDistribution, overlap }: ExternalValidation): Html => {
  const { common } = meanAuroc;
  return html`
<div class="caution"><p><strong>Not for clinical use.</strong> Films of one more data set, judged by its own labels.</p></div>
<dl class="key">
<div><dt>Films judged</dt><dd>${count(judged)}<small>of ${counted(subjects.patients, "patient")}</small></dd></div>
<div><dt>Mean AUROC here</dt><dd>${figure(meanAuroc.external, AUROC_PLACES)}<small>95 % ${interval(meanAuroc.externalInterval)}</small></dd></div>
<div><dt>Over ${counted(common.observations.length, "observation")} in common</dt><dd>${figure(common.external, AUROC_PLACES)}<small>the model's own
test films: ${figure(common.internal, AUROC_PLACES)}</small></dd></div>
<div><dt>Unlike what was learned from</dt><dd>${outOfDistribution === null ? "–" : percent(outOfDistribution.share)}<small>${
    outOfDistribution === null
      ? "the model has no measure of it"
      : `${counted(outOfDistribution.films, "film")}, which the service gives no decision`
  }</small></dd></div>
</dl>
${
  overlap.unchecked !== null &&
  html`<div class="caution"><p><strong>Overlap could not be checked:</strong> ${overlap.unchecked}. Films that the model was fitted on may be among these.</p></div>`
}`;
};

const counts = (of: Readonly<Record<string, number>>): string =>
  list(Object.entries(of).map(([name, films]) => `${name} ${count(films)}`));

function films(validation: ExternalValidation): Html {
  const { data, warnings, subjects, outOfDistribution } = validation;
  const { read, judged, leftOut } = validation.films;
  const { age, ageUnknown } = subjects;
  const line = (name: string, value: number) => ({ name, cells: [count(value), percent(value / read)] });
  const years =
    age && `${age.median} (quartiles ${age.quartiles[0]} and ${age.quartiles[1]}, ${age.youngest} to ${age.oldest})`;
  return html`
<h2 id="films">Films</h2>
<dl class="plain">
<dt>Data set</dt><dd>${data.name} (${counts(subjects.source)})</dd>
<dt>Judged</dt><dd>${counted(judged, "film")} of ${counted(subjects.patients, "patient")} in ${counted(subjects.studies, "study", "studies")}; views: ${list(data.views)}</dd>
<dt>Sex</dt><dd>${counts(subjects.sex)}</dd>
<dt>Age in years</dt><dd>${years ?? "not known"}${age !== null && ageUnknown > 0 && `; ${count(ageUnknown)} not known`}</dd>
<dt>Projection</dt><dd>${counts(subjects.projection)}</dd>
<dt>Out of distribution</dt><dd>${outOfDistribution === null ? "not measured" : `${count(outOfDistribution.films)} of ${counted(judged, "film")}`}</dd>
${warnings && html`<dt>With a warning</dt><dd>${Object.keys(warnings).length === 0 ? "none" : counts(warnings)}</dd>`}
<dt>Given a decision as served</dt><dd>${decisionsText(outOfDistribution, judged)}</dd>
<dt>Labels</dt><dd>${policyText(data.policy)}</dd>
</dl>
${table({
  caption: html`<b>Rows accounted for.</b>`,
  headings: ["Rows", "Count", "Share"],
  rows: [
    line("Read", read),
    ...Object.entries(leftOut).map(([why, value]) => line(`Left out: ${why.replaceAll("-", " ")}`, value)),
  ],
  foot: line("Judged", judged),
})}`;
}

function policyText(policy: ExternalValidation["data"]["policy"]): string {
  const texts = OBSERVATIONS.map((name) => {
    const { uncertain, blank } = choiceFor(policy, name);
    return `uncertain ${uncertain}, blank ${blank}`;
  });
  const usual = texts[0]!;
  const own = OBSERVATIONS.flatMap((name, k) => (texts[k] === usual ? [] : [`${name}: ${texts[k]}`]));
  return [policy.name, usual, ...own].filter(Boolean).join("; ");
}

const rowsOf = (
  { perObservation }: ExternalValidation,
  cells: (found: ValidatedObservation) => readonly Fragment[],
): { name: Fragment; cells: readonly Fragment[] }[] =>
  OBSERVATIONS.flatMap((name) => {
    const found = perObservation[name];
    return found === undefined ? [] : [{ name: marked(name, found), cells: cells(found) }];
  });

const marked = (name: Observation, { external: { rows, positives } }: ValidatedObservation): Fragment =>
  isEnoughForClaim({ positives, negatives: rows - positives }) ? name : html`${name} <span class="quiet">†</span>`;

const auroc = (of: { auroc: number | null; aurocInterval: [number, number] | null } | null): Fragment =>
  of === null || of.auroc === null
    ? cell(null)
    : html`${cell(of.auroc, AUROC_PLACES)} <span class="quiet">${interval(of.aurocInterval)}</span>`;

const shares = (of: { positives: number; rows: number } | null): Fragment =>
  of === null ? "–" : html`${count(of.positives)} <span class="quiet">of ${count(of.rows)}</span>`;

/** Beside the figure here the model's own, quiet. */
const beside = (here: number | null, own: number | null | undefined, places = 2): Fragment =>
  html`${cell(here, places)} <span class="quiet">${own == null ? "–" : own.toFixed(places)}</span>`;

function discrimination(validation: ExternalValidation): Html {
  const { notJudged, studyLevel } = validation;
  const left = Object.entries(notJudged).map(([name, why]) => `${name} (${why})`);
  return html`
<h2 id="discrimination">Does it tell them apart here?</h2>
${table({
  caption: html`<b>AUROC here and on the model's own test films</b>, with 95 % intervals in which a patient's films count
together. † Fewer than ${LEAST_FOR_CLAIM} positives or negatives: no accuracy is claimed.`,
  headings: ["Observation", "Positive here", "AUROC here", "Positive there", "AUROC there"],
  rows: rowsOf(validation, ({ external, internal }) => [
    shares(external),
    auroc(external),
    shares(internal),
    auroc(internal),
  ]),
  foot: {
    name: "Mean where defined",
    cells: [
      null,
      auroc({ auroc: validation.meanAuroc.external, aurocInterval: validation.meanAuroc.externalInterval }),
      null,
      null,
    ],
  },
})}
${left.length > 0 && html`<p>Left out: ${left.join("; ")}.</p>`}
${studies(studyLevel)}`;
}

/** How many films the service would decide on. */
export const decisionsText = (outOfDistribution: ExternalValidation["outOfDistribution"], judged: number): string => {
  if (outOfDistribution === null) return "all: the model has no check for films unlike those it learned from";
  const decided = judged - outOfDistribution.films;
  return `${count(decided)} of ${counted(judged, "film")} (${percent(decided / judged)})`;
};

function thresholds(validation: ExternalValidation): Html {
  const { folds, operatingPoint, outOfDistribution, films } = validation;
  return html`
<h2 id="thresholds">Do its decisions hold here?</h2>
${
  outOfDistribution !== null &&
  html`<p>As served, <strong>${decisionsText(outOfDistribution, films.judged)}</strong> get a decision; the others are unlike the films that the model learned
from, and get probabilities alone.</p>
${outOfDistribution.films === films.judged ? html`<p>So there is no figure of decisions as served.</p>` : servedTable(validation)}`
}
${table({
  caption: html`<b>Transferred and re-fitted thresholds${outOfDistribution !== null && ", over all films"}.</b> Transferred: the model's own${
    outOfDistribution !== null && ", also on films that as served get no decision"
  }; beside its figures, quiet, those on its own test
films. Re-fitted: chosen here by the model's rule (${operatingPointText(operatingPoint)}). The patients are dealt into ${folds} parts, and each part is decided at
the threshold of the other ${folds - 1}, so that no film is judged by a threshold that its patient had a say in; the threshold shown is that of all films.`,
  headings: [
    "Observation",
    "Threshold",
    "Recall",
    "Specificity",
    "Precision",
    "Re-fitted",
    "Recall",
    "Specificity",
    "Precision",
  ],
  rows: rowsOf(validation, ({ external, internal, refitted }) => [
    cell(external.threshold),
    beside(external.recall, internal?.recall),
    beside(external.specificity, internal?.specificity),
    cell(external.precision),
    ...(refitted === null
      ? [cell(null), null, null, null]
      : [cell(refitted.threshold), cell(refitted.recall), cell(refitted.specificity), cell(refitted.precision)]),
  ]),
})}`;
}

/** Where the model has a check: the films that the service decides on, alone. */
function servedTable(validation: ExternalValidation): Html | false {
  const rows = rowsOf(validation, ({ external, decided }) =>
    decided == null
      ? []
      : [
          cell(external.threshold),
          shares(decided),
          ranged(decided.recall, decided.recallInterval),
          ranged(decided.specificity, decided.specificityInterval),
          cell(decided.precision),
        ],
  );
  if (rows.every(({ cells }) => cells.length === 0)) return false;
  return table({
    caption: html`<b>Decisions as served</b>: at the model's own threshold, over the films that get a decision, with 95 % intervals. Not defined: no film
of that class among them.`,
    headings: ["Observation", "Threshold", "Positive", "Recall", "Specificity", "Precision"],
    rows,
  });
}

const ranged = (value: number | null, range: readonly [number, number] | null): Fragment =>
  html`${cell(value)}${range && html` <span class="quiet">${interval(range, 2)}</span>`}`;

const calibration = (validation: ExternalValidation): Html => html`
<h2 id="calibration">Are the probabilities true here?</h2>
${table({
  caption: html`<b>Calibration as it is transferred</b>; quiet: on the model's own test films. Observed over expected: positives over the sum of the
probabilities, 1 is right, less means too high. Intercept: calibration in the large, the slope held at 1; 0 is right, less means too high. Slope: 1 is right,
less means too sure. Expected calibration error (ECE) and Brier score: 0 is best.`,
  headings: ["Observation", "Observed/expected", "Intercept", "Slope", "ECE", "Brier score"],
  rows: rowsOf(validation, ({ external: here, internal: own }) => [
    beside(here.observedToExpected, own?.observedToExpected),
    beside(here.calibrationIntercept, own?.calibrationIntercept),
    beside(here.calibrationSlope, own?.calibrationSlope),
    beside(here.expectedCalibrationError, own?.expectedCalibrationError, 3),
    beside(here.brier, own?.brier, 3),
  ]),
})}`;

const caveats = ({ overlap, data }: ExternalValidation): Html => html`
<h2 id="limits">What this can't say</h2>
<ul>
<li>Labels of another data set are another reader's, or another program's, answers to other questions: a lower figure may be theirs.</li>
<li>Films are told apart by the hash of their bytes and patients by the data set's own names: a film that was scaled or saved again under another name is
not found. ${overlap.unchecked === null ? "None that was found is among those judged." : "Here even that could not be checked."}</li>
${
  (overlap.ownTestFilms ?? 0) > 0 &&
  html`<li>${counted(overlap.ownTestFilms!, "film")} of those judged ${overlap.ownTestFilms === 1 ? "is" : "are"} of the model's own test patients: that is no other
hospital.</li>`
}
<li>Figures of two data sets differ in who the patients are, too: compare ${data.name}'s sex, age and projection with those of the model's report.</li>
</ul>`;

const provenance = ({ id, model, data, seed }: ExternalValidation): Html => html`
<h2 id="reproduce">Where it comes from</h2>
<dl class="plain">
<dt>Model</dt><dd><code>${model.version}</code>, run <code>${model.run}</code></dd>
<dt>Validation</dt><dd><code>${id}</code></dd>
<dt>Data folder</dt><dd><code>${data.uri}</code>: ${list(data.csv)}</dd>
<dt>Data set (SHA-256)</dt><dd><code>${data.fingerprint}</code></dd>
<dt>Seed</dt><dd>${seed}</dd>
</dl>
<p>Method and terms: external validation as TRIPOD+AI asks for it (Collins et al. 2024). Beside this file stand <code>predictions.csv</code> and
<code>labels.csv</code>, from which <code>hilum metrics --labels labels.csv --predictions predictions.csv --thresholds
external-validation.json</code> makes the same figures over all films.</p>`;
