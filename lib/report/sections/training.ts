import { trainingFigure } from "../charts/training-figure.ts";
import { counted, duration, figure } from "../format.ts";
import { type Html, html } from "../html.ts";
import type { ReportMaterial } from "../material.ts";

export async function training({ histories, request, plan }: ReportMaterial): Promise<Html> {
  const { training: config } = request.config;
  const members = histories.length > 1;
  return html`
<h2>Training</h2>
<p>Adam with a learning rate of ${config.learningRate} (${config.schedule}), batches of ${config.batchSize}, masked binary
cross-entropy over 14 observations.${config.patience > 0 ? ` Training stops after ${counted(config.patience, "epoch")} without a better tuning AUROC.` : ""}
The weights kept are those of the epoch with the best mean AUROC on the tuning patients.</p>
<figure>${await trainingFigure(histories)}
<figcaption><b>Figure 4. Training by epoch.</b> Left: mean loss on the training films and on the ${counted(plan.parts.tuning, "film")} of
${counted(plan.patients.tuning, "tuning patient")}. Right: mean AUROC on the tuning patients. Circle: the epoch whose weights were
kept.${members ? " One line a member of the ensemble." : ""}</figcaption></figure>
<div class="scroll"><table>
<caption><b>Table 4. Members.</b> Each is trained from its own seed.</caption>
<thead><tr><th>Member</th><th>Seed</th><th>Epochs</th><th>Best epoch</th><th>Tuning AUROC</th><th>Films a second</th><th>Time</th><th class="text">Device</th></tr></thead>
<tbody>${histories.map((h) => {
    const best = h.epochs.find((e) => e.epoch === h.bestEpoch);
    const seconds = h.epochs.reduce((sum, e) => sum + e.seconds, 0);
    const images = h.epochs.reduce((sum, e) => sum + e.imagesPerSecond * e.seconds, 0);
    return html`<tr><th scope="row">${h.member + 1}</th><td>${h.seed}</td><td>${h.epochs.length}${h.stoppedEarly ? " (stopped early)" : ""}</td><td>${h.bestEpoch ?? "none"}</td><td>${figure(best?.tuningMeanAuroc ?? null)}</td><td>${seconds > 0 ? (images / seconds).toFixed(1) : "not measured"}</td><td>${duration(seconds)}</td><td class="text">${h.device}</td></tr>`;
  })}</tbody></table></div>`;
}
