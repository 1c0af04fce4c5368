import { OBSERVATIONS } from "../../domain/observations.ts";
import { counted } from "../format.ts";
import { type Html, html } from "../html.ts";
import type { ReportMaterial } from "../material.ts";
import { STUDY, STUDY_SOURCE } from "../published/study.ts";
import { cell, notLearnedRow, table } from "../table.ts";

/** Runs that are set beside ours by observation. */
const BY_OBSERVATION = ["r2-full", "r3-balanced:original-test"] as const;

/** The study's published numbers and ours, which answer different questions. */
export const published = ({ evaluation, plan, statuses }: ReportMaterial): Html => html`
<h2>Beside the published study</h2>
<p><strong>These rows are no ranking.</strong> The study divided films, not patients, so that its test films show patients whom it
trained on; its R3 copied positives before it divided, so that test films themselves were trained on; its thresholds are 0.5
throughout. This model was tested on ${counted(evaluation.evaluatedOn.rows, "film")} of ${counted(evaluation.evaluatedOn.patients, "patient")}${plan.protocol === "published" ? " under the same protocol" : " whom it never saw"}
(protocol <code>${plan.protocol}</code>), perhaps of another data set and under another label policy. Numbers may be set beside each
other only where data, policy and protocol are the same.</p>
${averagesTable(evaluation)}
${observationsTable(evaluation, statuses)}
<p class="note">Published numbers: ${STUDY_SOURCE}.</p>`;

function averagesTable({ averages }: ReportMaterial["evaluation"]): Html {
  const { micro, macro, weighted, samples } = averages;
  return table({
    caption: html`<b>Table 6. Averages.</b> Accuracy: Keras's binary accuracy, the share of all decisions right at 0.5. F1 at this model's
operating points, at 0.5 for the study; averages as scikit-learn makes them.`,
    headings: ["Model", "Accuracy", "F1 micro", "F1 macro", "F1 weighted", "F1 samples"],
    rows: [
      {
        name: html`<b>This model</b>`,
        cells: [micro.binaryAccuracy, micro.f1, macro.f1, weighted.f1, samples.f1].map((value, i) =>
          cell(value, i === 0 ? 4 : 2),
        ),
      },
      ...STUDY.map(({ title, accuracy, figures }) => ({
        name: title,
        cells: [
          accuracy.toFixed(4),
          ...(["micro avg", "macro avg", "weighted avg", "samples avg"] as const).map((kind) => cell(figures[kind].f1)),
        ],
      })),
    ],
  });
}

function observationsTable(
  { perObservation }: ReportMaterial["evaluation"],
  statuses: ReportMaterial["statuses"],
): Html {
  const runs = STUDY.filter(({ name }) => (BY_OBSERVATION as readonly string[]).includes(name));
  return table({
    caption: html`<b>Table 7. F1 by observation</b>, with the positives among the test films. R2 is the study's DenseNet-121 on its natural
data, R3 the up-sampled one on its “original” test films, which it was trained on.`,
    headings: [
      "Observation",
      "This model",
      "Positive",
      ...runs.flatMap(({ title }) => [title.split(":")[0]!, "Positive"]),
    ],
    rows: OBSERVATIONS.map((name, index) => ({
      name,
      cells: [
        ...(statuses[index] === "not-learned"
          ? notLearnedRow(name, 2).cells
          : [cell(perObservation[name].f1), perObservation[name].positives]),
        ...runs.flatMap(({ figures }) => [cell(figures[name].f1), figures[name].support]),
      ],
    })),
  });
}
