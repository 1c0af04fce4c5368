import { LEAST_FOR_CLAIM, observationsWith } from "../../domain/observation-status.ts";
import { undecided } from "../decision.ts";
import { AUROC_PLACES, count, counted, figure, interval, list } from "../format.ts";
import { type Html, html } from "../html.ts";
import type { ReportMaterial } from "../material.ts";
import { notLearnedText } from "../not-learned.ts";

/** What was trained on whom and how well it does, for a reader who stops here. */
export function summary(material: ReportMaterial): Html {
  const { evaluation, request, histories, upsampling } = material;
  const { meanAuroc, meanAurocInterval, definedObservations, evaluatedOn } = evaluation;
  const { network } = request.config.model;
  const parameters = histories[0]?.parameters.total ?? 0;
  const epochs = Math.max(0, ...histories.map((history) => history.epochs.length));
  const seen = evaluation.leakage.testPatientsInTraining;
  const tests = `${counted(evaluatedOn.rows, "test film")} of ${counted(evaluatedOn.patients, "patient")}`;
  return html`
<dl class="key" id="summary">
  <div><dt>Mean AUROC</dt><dd>${figure(meanAuroc, AUROC_PLACES)}</dd><small>95 % interval ${interval(meanAurocInterval)}, over ${definedObservations} of 14 observations</small></div>
  <div><dt>Trained on</dt><dd>${count(upsampling.rowsBefore)} films</dd><small>${counted(material.trainedPatients, "patient")}${upsampling.rowsAfter === upsampling.rowsBefore ? "" : `; ${count(upsampling.rowsAfter)} rows an epoch after up-sampling`}</small></div>
  <div><dt>Tested on</dt><dd>${count(evaluatedOn.rows)} films</dd><small>${counted(evaluatedOn.patients, "patient")}, ${seen === 0 ? "none of whom is in training" : `${count(seen)} of whom are in training too`}</small></div>
  <div><dt>Heat maps on the finding</dt><dd>${figure(evaluation.localisationHitRate)}</dd><small>share of ${counted(boxedFilms(material), "true positive with a box", "true positives with a box")}</small></div>
</dl>
<p>A ${network} with ${counted(parameters, "parameter")} was trained ${histories.length > 1 ? `${histories.length} times, with different seeds, ` : ""}for ${counted(epochs, "epoch")}
on ${counted(upsampling.rowsBefore, "film")} of ${counted(material.trainedPatients, "patient")}. On ${tests}, ${seen === 0 ? "whom it never saw" : `${count(seen)} of whom it was trained on`}, its mean AUROC is
${figure(meanAuroc, AUROC_PLACES)} (95 % interval ${interval(meanAurocInterval)}, a patient's films taken together).</p>
${claimText(material)}
${undecided}
<div class="caution"><p><strong>Not for clinical use.</strong> The model has not been validated for any clinical task. Its
answers must not inform the care of a patient.</p></div>`;
}

const boxedFilms = ({ evaluation }: ReportMaterial): number =>
  evaluation.localisation.reduce((sum, { films }) => sum + films, 0);

function claimText(material: ReportMaterial): Html {
  const unlearned = notLearnedText(material);
  return html`${claimedText(material.statuses)}
${
  unlearned !== "" &&
  html`<p><strong>Not learned:</strong> ${unlearned}. The model gives no answer there, and no figure is of it.</p>`
}`;
}

function claimedText(statuses: ReportMaterial["statuses"]): Html {
  const enough = observationsWith(statuses, "learned");
  const rest = `At least ${LEAST_FOR_CLAIM} positives and ${LEAST_FOR_CLAIM} negatives among the test films`;
  if (enough.length === 0) {
    return html`<p><strong>No accuracy is claimed.</strong> ${rest} are needed for one observation's figures to say much, and no
observation has them. The figures below show that the steps work, not how good the model is.</p>`;
  }
  if (enough.length === 14) return html`<p>${rest} stand behind every observation.</p>`;
  if (observationsWith(statuses, "not-claimed").length === 0)
    return html`<p>${rest} stand behind every observation that it learned.</p>`;
  return html`<p>${rest} stand behind ${list(enough)} only; for the other observations that it learned figures are shown, but no
accuracy is claimed.</p>`;
}
