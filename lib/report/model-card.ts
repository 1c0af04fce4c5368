import type { ModelCard } from "../contracts/model-card.ts";
import { OBSERVATIONS } from "../domain/observations.ts";
import { AUROC_PLACES, count, counted, figure, interval } from "./format.ts";
import { type Html, html } from "./html.ts";
import { page } from "./page.ts";
import { cell, notLearnedRow, table } from "./table.ts";

/** The model card as one HTML file for people; the JSON beside it is for programs. */
export const renderModelCard = (card: ModelCard): string =>
  page({
    title: `Model card: ${card.name}`,
    kicker: "Hilum model card",
    description: card.description,
    sections: [use(card), model(card), figures(card)],
    footer: "Made by Hilum from the model's own files. Not for clinical use.",
  });

const bullets = (items: readonly string[]): Html => html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;

const use = ({ intendedUse, limits }: ModelCard): Html => html`
<div class="caution"><p><strong>Not for clinical use.</strong> The model has not been validated for any clinical task. Its
answers must not inform the care of a patient.</p></div>
<h2>Intended use</h2>
${bullets(intendedUse)}
<h2>Limits</h2>
${bullets(limits)}`;

const model = ({ model: { network, parameters, members, imageSize }, data }: ModelCard): Html => html`
<h2>Model and data</h2>
<dl class="plain">
<dt>Network</dt><dd>${network}, ${counted(parameters, "parameter")}${members > 1 ? `; ${members} of them, whose logits are averaged` : ""}</dd>
<dt>Films</dt><dd>${imageSize} x ${imageSize} pixels, grey</dd>
<dt>Trained on</dt><dd>${counted(data.trained.films, "film")} of ${counted(data.trained.patients, "patient")}</dd>
<dt>Tested on</dt><dd>${counted(data.tested.films, "film")} of ${counted(data.tested.patients, "other patient")}</dd>
<dt>Labels</dt><dd>uncertain: ${data.policy.uncertain}; blank: ${data.policy.blank}</dd>
<dt>Split</dt><dd>protocol ${data.protocol}</dd>
<dt>Data set (SHA-256)</dt><dd><code>${data.fingerprint}</code></dd>
</dl>`;

const figures = ({ metrics, data }: ModelCard): Html => html`
<h2>Figures on held-out patients</h2>
<p>Mean AUROC ${figure(metrics.meanAuroc, AUROC_PLACES)} (95 % interval ${interval(metrics.meanAurocInterval)}).</p>
${table({
  caption: html`<b>By observation</b>, on ${counted(data.tested.films, "film")} of ${counted(data.tested.patients, "patient")}. † Too few
positives or negatives: no accuracy is claimed. Not learned: the training films were all alike in it, and no answer is given.`,
  headings: ["Observation", "Positive", "AUROC", "95 % interval", "Threshold"],
  rows: OBSERVATIONS.flatMap((name) => {
    const found = metrics.perObservation[name];
    if (found === undefined) return [];
    if (found.status === "not-learned") return [notLearnedRow(name, 4)];
    return [
      {
        name: metrics.claimed.includes(name) ? name : html`${name} <span class="quiet">†</span>`,
        cells: [
          html`${count(found.positives)} <span class="quiet">of ${count(found.films)}</span>`,
          cell(found.auroc, AUROC_PLACES),
          interval(found.aurocInterval),
          cell(found.threshold),
        ],
      },
    ];
  }),
})}`;
