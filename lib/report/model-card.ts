import type { ModelCard } from "../contracts/model-card.ts";
import { OBSERVATIONS } from "../domain/observations.ts";
import { AUROC_PLACES, count, counted, figure, interval, list, machineWords, percent } from "./format.ts";
import { type Fragment, type Html, html } from "./html.ts";
import { page } from "./page.ts";
import { compositionTable, sources } from "./sections/sources.ts";
import { statements } from "./sections/statements.ts";
import { groupName } from "./sections/subgroups.ts";
import { cell, notLearnedRow, table } from "./table.ts";

/** The model card as one HTML file for people; the JSON beside it is for programs. */
export const renderModelCard = (card: ModelCard): string =>
  page({
    title: `Model card: ${card.name}`,
    kicker: "Hilum model card",
    description: card.description,
    caution: card.caution ?? null,
    sections: [
      use(card),
      statements(card.statements ?? {}, { toldAbove: ["intendedUse"] }),
      model(card),
      sources(card.data.sources),
      card.data.composition && compositionTable(card.data.composition, "Films by part."),
      figures(card),
      subgroups(card),
      robustness(card),
      bulletSection("monitoring", "What is watched in use", card.monitoring),
      citation(card),
    ].filter((section) => section !== undefined),
    footer: "Made by Hilum from the model's own files. Not for clinical use.",
  });

const bullets = (items: readonly string[]): Html => html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;

const bulletSection = (id: string, title: string, items: readonly string[] | undefined): Html | undefined =>
  items && html`<h2 id="${id}">${title}</h2>${bullets(items)}`;

const use = ({ intendedUse, limits }: ModelCard): Html => html`
<div class="caution"><p><strong>Not for clinical use.</strong> The model has not been validated for any clinical task. Its
answers must not inform the care of a patient.</p></div>
<h2 id="use">Intended use</h2>
${bullets(intendedUse)}
<h2 id="limits">Limits</h2>
${bullets(limits)}`;

const model = ({ model: { run, createdAt, ...of }, data, machine }: ModelCard): Html => html`
<h2 id="model">Model and data</h2>
<dl class="plain">
${run && createdAt && html`<dt>Made</dt><dd>${createdAt.slice(0, 10)}, by run <code>${run}</code></dd>`}
<dt>Version</dt><dd>named by a hash over the model's files, this card among them, so that the card can't name it: it is the name of the folder under
<code>models/versions/</code> in which the card stands, and <code>hilum models list</code> has it beside the run</dd>
<dt>Network</dt><dd>${of.network}, ${counted(of.parameters, "parameter")}${of.members > 1 ? `; ${of.members} of them, whose logits are averaged` : ""}</dd>
<dt>Films</dt><dd>${of.imageSize} x ${of.imageSize} pixels, grey</dd>
<dt>Trained on</dt><dd>${counted(data.trained.films, "film")} of ${counted(data.trained.patients, "patient")}</dd>
<dt>Tested on</dt><dd>${counted(data.tested.films, "film")} of ${counted(data.tested.patients, "other patient")}</dd>
<dt>Labels</dt><dd>uncertain: ${data.policy.uncertain}; blank: ${data.policy.blank}</dd>
<dt>Split</dt><dd>protocol ${data.protocol}</dd>
<dt>Data set (SHA-256)</dt><dd><code>${data.fingerprint}</code></dd>
${machine && html`<dt>Made with</dt><dd>Hilum ${machine.hilum}, Node ${machine.node}, TensorFlow ${machine.tensorflow}; evaluated with ${machineWords(machine)}</dd>`}
</dl>`;

type Figures = NonNullable<ModelCard["metrics"]["perObservation"]["Edema"]>;

/** A share with its interval; a dash in cards that do not have it. */
const share = (value: number | null | undefined, range: Figures["sensitivityInterval"]): Fragment => {
  if (value === undefined) return "–";
  return html`${cell(value)}${range && html` <span class="quiet">${interval(range, 2)}</span>`}`;
};

const figures = ({ metrics, data }: ModelCard): Html => html`
<h2 id="figures">Figures on held-out patients</h2>
<p>Mean AUROC ${figure(metrics.meanAuroc, AUROC_PLACES)} (95 % interval ${interval(metrics.meanAurocInterval)}).</p>
${table({
  caption: html`<b>By observation</b>, on ${counted(data.tested.films, "film")} of ${counted(data.tested.patients, "patient")}, with 95 % intervals.
Sensitivity and specificity are at the threshold. Gained: findings in 1,000 films at no more false alarms, over calling all of them
positive or none, where a false alarm weighs as the threshold says (net benefit); below 0 the model does harm. † Too few positives
or negatives: no accuracy is claimed. Not learned: no positive or no negative of it among the training films, and no answer is given.`,
  headings: ["Observation", "Trained on", "Positive", "AUROC", "Threshold", "Sensitivity", "Specificity", "Gained"],
  rows: OBSERVATIONS.flatMap((name) => {
    const found = metrics.perObservation[name];
    if (found === undefined) return [];
    if (found.status === "not-learned") return [notLearnedRow(name, 7)];
    return [
      {
        name: metrics.claimed.includes(name) ? name : html`${name} <span class="quiet">†</span>`,
        cells: [
          found.trainingPositives === undefined ? "–" : count(found.trainingPositives),
          html`${count(found.positives)} <span class="quiet">of ${count(found.films)}</span>`,
          html`${cell(found.auroc, AUROC_PLACES)}${found.aurocInterval && html` <span class="quiet">${interval(found.aurocInterval)}</span>`}`,
          cell(found.threshold),
          share(found.sensitivity, found.sensitivityInterval),
          share(found.specificity, found.specificityInterval),
          found.gained === undefined ? "–" : cell(found.gained, 1),
        ],
      },
    ];
  }),
})}`;

function subgroups({ metrics }: ModelCard): Html | undefined {
  if (metrics.subgroups === undefined || metrics.subgroups.length === 0) return undefined;
  return html`<h2 id="subgroups">Subgroups</h2>
${table({
  caption: html`<b>AUROC among the test films</b>, mean over the observations that are defined in the group: groups differ in which
those are.`,
  headings: ["Group", "Films", "Patients", "AUROC", "95 % interval"],
  rows: metrics.subgroups.map((group) => ({
    name: groupName(group),
    cells: [
      count(group.films),
      count(group.patients),
      cell(group.meanAuroc, AUROC_PLACES),
      interval(group.meanAurocInterval),
    ],
  })),
})}`;
}

function robustness({ robustness: found, outOfDistribution, externalValidation }: ModelCard): Html | undefined {
  if (found === undefined) return undefined;
  const films = (byCode: Readonly<Record<string, number>>): string => {
    const told = Object.entries(byCode).map(([code, n]) => `${count(n)} ${code.replaceAll("-", " ")}`);
    return told.length === 0 ? "none" : list(told);
  };
  return html`<h2 id="robustness">Other films than these</h2>
<dl class="plain">
<dt>Films set aside</dt><dd>${films(found.setAside)}</dd>
<dt>Films used with a warning</dt><dd>${found.warnings === undefined ? "not recorded" : films(found.warnings)}</dd>
<dt>Test films told to be unlike the training films</dt><dd>${falseAlarmsText(outOfDistribution)}</dd>
<dt id="external">External validation</dt><dd>${externalValidation}</dd>
</dl>`;
}

function falseAlarmsText(check: ModelCard["outOfDistribution"]): string {
  if (check === null) return "no limit set";
  if (check?.falseAlarms === undefined) return "not measured";
  const { films, beyond } = check.falseAlarms;
  return `${count(beyond)} of ${count(films)} (${percent(films === 0 ? null : beyond / films)})`;
}

const citation = ({ statements: stated, machine }: ModelCard): Html | undefined =>
  machine &&
  html`<h2 id="citation">How to cite it</h2>
<p>${stated?.citation ?? "The model: not stated by who made it."} The software: Hilum ${machine.hilum}, as CITATION.cff in its
repository says.</p>`;
