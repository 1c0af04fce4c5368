import { warningText } from "../../contracts/codes.ts";
import type { Dataset, UpsamplingRecord } from "../../contracts/dataset.ts";
import type { Leakage } from "../../contracts/leakage.ts";
import type { Plan } from "../../contracts/plan.ts";
import type { Division, LabelPolicy, NotLabelled } from "../../contracts/run-config.ts";
import { choiceFor } from "../../domain/label-policy.ts";
import { OBSERVATIONS } from "../../domain/observations.ts";
import { PARTS } from "../../domain/parts.ts";
import { tally } from "../../domain/tally.ts";
import { prevalenceFigure } from "../charts/prevalence-figure.ts";
import { count, counted, list, percent } from "../format.ts";
import { type Html, html } from "../html.ts";
import type { ReportMaterial } from "../material.ts";
import { table } from "../table.ts";
import { readersText } from "./readers.ts";

const PURPOSE = {
  train: "fits the weights",
  tuning: "chooses the epoch and the thresholds",
  calibration: "calibrates the probabilities",
  test: "is reported on; nothing is fitted on it",
} as const;

const UNCERTAIN = {
  ones: "counts as positive",
  zeros: "counts as negative",
  ignore: "is left out",
  smooth: "becomes a target drawn by seed",
} as const;
const BLANK = { zero: "counts as negative", ignore: "is left out" } as const;

export async function data({ plan, dataset, upsampling, request, evaluation }: ReportMaterial): Promise<Html> {
  const leftOut = Object.entries(plan.rows.leftOut);
  const { passedOver = [] } = request;
  return html`
<h2 id="data">Data</h2>
<p>${counted(plan.rows.read, "row")} were read. ${sentence(leftOut, plan.rows.read)}
${dataset.setAside.length === 0 ? (leftOut.length === 0 ? "Every film could be used." : "Every film of the rest could be used.") : `${counted(dataset.setAside.length, "film")} could not be used and ${dataset.setAside.length === 1 ? "was" : "were"} set aside.`}
Films are brought to ${request.config.geometry.size} x ${request.config.geometry.size} pixels (${request.config.geometry.fit === "pad" ? "padded to a square" : "squeezed to a square"}).${passedOver.length > 0 && ` Tables beside that are not read: ${list(passedOver)}.`}</p>
${rowsTable(plan, dataset)}
${warningsTable(dataset)}
${partsTable(plan)}
${plan.readers && readersText(plan.readers)}
${plan.protocol === "published" ? splitByFilm(evaluation.leakage) : splitByPatient(evaluation.leakage, plan.division)}
<h3 id="labels">Labels</h3>
<p>${policyText(plan.policy)}</p>
<p>${notLabelledText(plan, request.config.notLabelled)}</p>
${labelsTable(plan, upsampling)}
${
  upsampling.rowsAfter === upsampling.rowsBefore && upsampling.factors.every((factor) => factor === 0)
    ? html`<p>Nothing was up-sampled.</p>`
    : html`<figure>${await prevalenceFigure(upsampling)}
<figcaption><b>Figure #. Share of positive labels in training</b>, before (${counted(upsampling.rowsBefore, "row")}) and after up-sampling
(${counted(upsampling.rowsAfter, "row")} an epoch). Tuning, calibration and test keep their natural shares.</figcaption></figure>`
}`;
}

const splitByPatient = (leakage: Leakage, division: Division): Html => html`<h3 id="split">No patient on both sides</h3>
<p>${DIVISIONS[division]}Patients, not films, were divided among the parts, by a salted hash of the patient, before anything was up-sampled. All films
of a patient are in one part; copies made by up-sampling exist in the training part alone. The test patients had no say in
weights, epoch, calibration or thresholds. ${leakageText(leakage)} (Protocol <code>leak-free</code>.)</p>`;

const splitByFilm = (leakage: Leakage): Html => html`<h3 id="split">Films and patients on both sides</h3>
<p class="caution"><strong>These figures say nothing about patients whom the model has not seen.</strong> The run follows the
study's own protocol, to make its figures again: films, not patients, were divided, after up-sampling had copied them where it was
asked for. ${leakageText(leakage)} (Protocol <code>published</code>.)</p>`;

const DIVISIONS: Readonly<Record<Division, string>> = {
  drawn: "",
  "as-given":
    "The test part is the data set's own: every row whose path or CSV file says valid or test, and no other. All other films were divided here. ",
};

const leakageText = ({ testFilms, testFilmsInTraining, testPatients, testPatientsInTraining }: Leakage): string =>
  `${amongst(testFilmsInTraining)} of the ${counted(testFilms, "distinct test film")} and ${amongst(testPatientsInTraining).toLowerCase()} of the ${counted(testPatients, "test patient")} are also in the training part.`;

const amongst = (n: number): string => (n === 0 ? "None" : count(n));

function policyText(policy: LabelPolicy): Html {
  const exceptions = Object.entries(policy.perObservation).map(([name, choice]) =>
    [
      `for ${name}`,
      choice?.uncertain ? ` uncertain ${UNCERTAIN[choice.uncertain]}` : "",
      choice?.blank ? ` blank ${BLANK[choice.blank]}` : "",
    ].join(""),
  );
  const draws = OBSERVATIONS.flatMap((name) => {
    const { uncertain, smoothing } = choiceFor(policy, name);
    return uncertain === "smooth" && smoothing ? [`${smoothing.from} to ${smoothing.to} (seed ${smoothing.seed})`] : [];
  });
  return html`${policy.name ? html`Policy <code>${policy.name}</code>. ` : ""}An uncertain label (-1) ${UNCERTAIN[policy.uncertain]}; a blank one (not mentioned) ${BLANK[policy.blank]}${exceptions.length > 0 ? `; ${exceptions.join("; ")}` : ""}.${draws.length > 0 ? ` Drawn from ${[...new Set(draws)].join(", ")}.` : ""} Figures are comparable only
with others under the same policy.`;
}

function notLabelledText({ rows, labels }: Plan, named: NotLabelled): string {
  const missing = labels.reduce((sum, { notLabelled }) => sum + notLabelled, 0);
  const told = Object.entries(named).map(
    ([source, names]) => `${list(names)} in ${source || "the source without a name"}`,
  );
  const all = counted(rows.used * labels.length, "label");
  return [
    missing === 0
      ? `Every observation was looked for on every film: ${all}.`
      : `${count(missing)} of ${all} are not labelled: nobody looked for the observation, so they are left out under every policy.`,
    told.length > 0 ? ` The configuration names ${list(told)}.` : "",
  ].join("");
}

const sentence = (leftOut: readonly (readonly [string, number])[], read: number): string =>
  leftOut.length === 0
    ? "None was left out by rule."
    : `Left out by rule: ${list(leftOut.map(([reason, rows]) => `${count(rows)} (${reason}, ${percent(rows / read)})`))}.`;

const mostFirst = (codes: readonly string[]): [string, number][] =>
  Object.entries(tally(codes)).sort((a, b) => b[1] - a[1]);

function rowsTable({ rows }: Plan, { setAside, rows: prepared, used = prepared }: Dataset): Html {
  const line = (name: string, value: number) => ({ name, cells: [count(value), percent(value / rows.read)] });
  return table({
    caption: html`<b>Table #. Rows accounted for.</b>`,
    headings: ["Rows", "Count", "Share"],
    rows: [
      line("Read", rows.read),
      ...Object.entries(rows.leftOut).map(([reason, value]) => line(`Left out: ${reason}`, value)),
      ...mostFirst(setAside.map((film) => film.code)).map(([code, value]) =>
        line(`Set aside: ${code.replaceAll("-", " ")}`, value),
      ),
    ],
    foot: line("Used", used),
  });
}

function warningsTable({ warnings, rows }: Dataset): Html {
  if (warnings === undefined) return html``;
  const found = Object.entries(warnings).sort((a, b) => b[1] - a[1]);
  if (found.length === 0) return html`<p>No film is used with a warning.</p>`;
  return table({
    caption: html`<b>Table #. Films that are used with a warning</b>, as an answer on them would have it; one with several counts in
each.`,
    headings: ["Warning", "Films", "Share", { title: "What it says", text: true }],
    rows: found.map(([code, films]) => ({
      name: code.replaceAll("-", " "),
      cells: [count(films), percent(films / rows), warningText(code)],
    })),
  });
}

const partsTable = (plan: Plan): Html =>
  table({
    caption: html`<b>Table #. Parts</b>, as planned, before unreadable films were set aside.`,
    headings: ["Part", "Films", "Patients", { title: "What it does", text: true }],
    rows: PARTS.map((part) => ({
      name: part,
      cells: [count(plan.parts[part]), count(plan.patients[part]), PURPOSE[part]],
    })),
  });

const labelsTable = ({ labels }: Plan, { factors }: UpsamplingRecord): Html =>
  table({
    caption: html`<b>Table #. Labels as the data has them</b>, before the policy, over all parts. Not labelled: nobody
looked for it. Factor: copies that up-sampling adds of
each positive training film.`,
    headings: ["Observation", "Positive", "Negative", "Uncertain", "Not mentioned", "Not labelled", "Factor"],
    rows: OBSERVATIONS.map((name, i) => {
      const { positive, negative, uncertain, blank, notLabelled } = labels[i]!;
      return { name, cells: [...[positive, negative, uncertain, blank, notLabelled].map(count), factors[i]] };
    }),
  });
