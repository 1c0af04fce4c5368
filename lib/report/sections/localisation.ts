import type { Evaluation } from "../../contracts/evaluation.ts";
import { filmPicture, legendPicture } from "../film-picture.ts";
import { count } from "../format.ts";
import { type Html, html } from "../html.ts";
import type { Example, Outcome, ReportMaterial } from "../material.ts";
import { cell, table } from "../table.ts";

const OUTCOMES: readonly Outcome[] = ["true positive", "false negative", "false positive"];
const NONE = {
  "true positive": "no true positive",
  "false negative": "nothing missed",
  "false positive": "no false alarm",
} as const satisfies Record<Outcome, string>;

export async function localisation(material: ReportMaterial): Promise<Html> {
  const { evaluation, examples } = material;
  const names = [...new Set(examples.map((example) => example.observation))];
  const groups: Html[] = [];
  for (const name of names) {
    const cells = OUTCOMES.map((outcome) =>
      filmCell(
        outcome,
        examples.find((e) => e.observation === name && e.outcome === outcome),
      ),
    );
    groups.push(html`<h3>${name}</h3><ul class="films">${await Promise.all(cells)}</ul>`);
  }
  return html`
<h2>Where the model looks</h2>
${evaluation.localisation.length > 0 ? pointingTable(evaluation) : html`<p>No test film that was rightly called positive has a finding box, so heat maps are not scored.</p>`}
${
  groups.length === 0
    ? null
    : html`<p>Test films with Grad-CAM heat maps: the true positive with the highest probability, the missed positive with the
lowest, and the false alarm with the highest.</p>
${groups}
<p class="legend">no evidence <img alt="" src="${await legendPicture()}"> most evidence in this film for this observation; white outline: finding box</p>
<p class="note"><b>Figure 6. Examples.</b> Left the film as the network saw it, right the same with its heat map, scaled to its own
maximum. A heat map shows which places raised the model's score, not where disease is.</p>`
}`;
}

async function filmCell(outcome: Outcome, example: Example | undefined): Promise<Html> {
  if (!example) return html`<li><div class="none">${NONE[outcome]}</div>${capital(outcome)}</li>`;
  const { film, overlay } = await filmPicture(example);
  const blank = example.map.values.every((value) => value === 0);
  const alt = `${example.observation}, ${outcome}`;
  return html`<li><div><img src="${film}" alt="${alt}: film"><img src="${overlay}" alt="${alt}: heat map over the film"></div>${capital(outcome)}<br><span class="quiet">probability ${example.probability.toFixed(2)}, threshold ${example.threshold.toFixed(2)}${blank && "; no place raised the score"}</span></li>`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const pointingTable = (evaluation: Evaluation): Html =>
  table({
    caption: html`<b>Table 8. Pointing game and overlap.</b> Test films that carry a finding box and were rightly called positive: how often the peak of
the observation's heat map lies in one of its boxes, beside two that know nothing of the film: always pointing at its centre, and
the same network before training. IoU: mean overlap (intersection over union) of the boxes and the heat map cut at Otsu's threshold.`,
    headings: ["Observation", "Films", "Peak hits", "Centre of the film", "Untrained network", "IoU", "IoU untrained"],
    rows: evaluation.localisation.map((row) => ({
      name: row.observation,
      cells: [
        count(row.films),
        html`<b>${cell(row.hitRate)}</b>`,
        cell(row.centreHitRate),
        cell(row.untrainedHitRate),
        cell(row.iou),
        cell(row.untrainedIou),
      ],
    })),
    foot: {
      name: "All",
      cells: [
        count(evaluation.localisation.reduce((sum, row) => sum + row.films, 0)),
        cell(evaluation.localisationHitRate),
        cell(evaluation.localisationCentreHitRate),
        cell(evaluation.localisationUntrainedHitRate),
        cell(evaluation.localisationIou),
        cell(evaluation.localisationUntrainedIou),
      ],
    },
  });
