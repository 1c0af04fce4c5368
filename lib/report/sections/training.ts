import type { TrainingConfig } from "../../contracts/run-config.ts";
import type { TrainingHistory } from "../../contracts/training.ts";
import { duration } from "../../domain/duration.ts";
import { OBSERVATIONS } from "../../domain/observations.ts";
import { trainingFigure } from "../charts/training-figure.ts";
import { AUROC_PLACES, counted } from "../format.ts";
import { type Html, html } from "../html.ts";
import type { ReportMaterial } from "../material.ts";
import { cell, table } from "../table.ts";

export async function training({ histories, request, plan }: ReportMaterial): Promise<Html> {
  const { training: config } = request.config;
  const members = histories.length > 1;
  return html`
<h2 id="training">Training</h2>
<p>Adam with a learning rate of ${config.learningRate} (${config.schedule}), batches of ${config.batchSize}, masked binary
cross-entropy over 14 observations.${config.patience > 0 ? ` Training stops after ${counted(config.patience, "epoch")} without a better one.` : ""}
${selectionText(histories, config)}</p>
<figure>${await trainingFigure(histories)}
<figcaption><b>Figure #. Training by epoch.</b> Left: mean loss on the training films and on the ${counted(plan.parts.tuning, "film")} of
${counted(plan.patients.tuning, "tuning patient")}. Right: mean AUROC on the tuning patients. Circle: the epoch whose weights were
kept.${members ? " One line a member of the ensemble." : ""}</figcaption></figure>
${membersTable(histories)}`;
}

/** Whose weights were kept, and why; members of one run share their tuning films. */
function selectionText(
  [history]: readonly TrainingHistory[],
  { select, leastOfEachClass: least }: TrainingConfig,
): string {
  const { by, observations } = history?.selection ?? { by: "auroc", observations: null };
  const kept = "The weights kept are those of the ";
  if (observations === null) return `${kept}epoch with the best mean AUROC on the tuning patients.`;
  const enough = `${least} positive and ${least} negative films there`;
  if (by === "auroc") {
    const names = observations.length < OBSERVATIONS.length ? `: ${observations.join(", ")}` : "";
    return `${kept}epoch with the best mean AUROC on the tuning patients, over ${counted(observations.length, "observation")} with at least ${enough}${names}.`;
  }
  const why = select === "auroc" ? ` No observation has ${enough}, which a mean AUROC takes.` : "";
  return by === "loss"
    ? `${kept}epoch with the least loss on the tuning patients.${why}`
    : `${kept}last epoch.${select === "last" ? "" : " No tuning film has a label."}`;
}

function membersTable(histories: readonly TrainingHistory[]): Html {
  return table({
    caption: html`<b>Table #. Members</b>, each trained from its own seed. AUROC: mean on the tuning patients at the best epoch.`,
    headings: [
      "Member",
      "Seed",
      "Epochs",
      "Best epoch",
      "AUROC",
      "Films a second",
      "Time in epochs",
      { title: "Device", text: true },
    ],
    rows: histories.map((h) => {
      const best = h.epochs.find((e) => e.epoch === h.bestEpoch);
      const seconds = h.epochs.reduce((sum, e) => sum + e.seconds, 0);
      const films = h.epochs.reduce((sum, e) => sum + e.imagesPerSecond * e.seconds, 0);
      return {
        name: h.member,
        cells: [
          h.seed,
          `${h.epochs.length}${h.stoppedEarly ? " (stopped early)" : ""}`,
          h.bestEpoch ?? "none",
          cell(best?.tuningMeanAuroc ?? null, AUROC_PLACES),
          seconds > 0 ? (films / seconds).toFixed(1) : "not measured",
          duration(seconds * 1000),
          h.device,
        ],
      };
    }),
  });
}
