import { LEAST_FOR_CLAIM } from "../../domain/observation-status.ts";
import { machineWords } from "../format.ts";
import { type Html, html } from "../html.ts";
import { LATER_VALIDATIONS } from "../later-validations.ts";
import type { ReportMaterial } from "../material.ts";
import { outOfDistributionText } from "../out-of-distribution.ts";

/** What the figures can't say. */
export const caveats = ({ request, plan, evaluation, outOfDistribution }: ReportMaterial): Html => html`
<h2 id="limits">What these figures can't say</h2>
<ul>
${
  evaluation.leakage.testPatientsInTraining > 0 &&
  html`<li>Test patients, or films of theirs, were trained on: how the model does on others is not measured here at all.</li>`
}
<li>Test films come from the same source as the training films. How the model does on films of another hospital, scanner or
population is not measured here; ${LATER_VALIDATIONS}.</li>
<li>${outOfDistributionText(outOfDistribution)}</li>
<li>Labels are taken as the data set has them; where they were read from reports by a program, their errors are in every
figure. ${plan.policy.uncertain === "ignore" ? "" : "Uncertain labels are counted as the policy says, also among the test films."}</li>
<li>With fewer than ${LEAST_FOR_CLAIM} positives or negatives an observation's figures are mostly chance; the intervals tell
the chance of which patients were tested, and leave out the chance in training (${request.config.training.seeds.length === 1 ? "one seed" : `${request.config.training.seeds.length} seeds`}).</li>
<li>A heat map shows what raised the score. That it lies on the finding does not prove that the model reasons as a reader does.</li>
</ul>`;

/** The machines of the members, each once. */
const trainedWith = (histories: ReportMaterial["histories"]): string[] => [
  ...new Set(histories.map(({ machine, device }) => (machine ? machineWords(machine) : `a ${device.toUpperCase()}`))),
];

/** With what to make this report again. */
export const provenance = ({
  request,
  plan,
  dataset,
  histories,
  files,
  machine,
  evaluation,
}: ReportMaterial): Html => html`
<h2 id="reproduce">How to make it again</h2>
<dl class="plain">
<dt>Run</dt><dd><code>${request.run}</code>, asked for on ${request.createdAt}</dd>
<dt>Configuration</dt><dd><code>${request.config.name}</code>${request.config.description ? `: ${request.config.description}` : ""}</dd>
<dt>Data set (SHA-256)</dt><dd><code>${dataset.fingerprint}</code></dd>
<dt>Shards</dt><dd>${dataset.shards.length}, of geometry ${dataset.geometry.size} / ${dataset.geometry.fit} / ${dataset.geometry.resize}</dd>
<dt>Split</dt><dd>protocol ${evaluation.protocol}, ${plan.division === "as-given" && "test part as the data set divides itself, "}${plan.salt === null ? "no salt" : html`salt <code>${plan.salt}</code>`}</dd>
<dt>Seeds</dt><dd>run ${request.config.seed}; members ${request.config.training.seeds.join(", ")}</dd>
<dt>Network</dt><dd>${request.config.model.network}, ${request.config.model.channels} channel${request.config.model.channels === 1 ? "" : "s"}, normalisation ${request.config.model.normalisation}, ${histories[0]?.parameters.trainable ?? 0} of ${histories[0]?.parameters.total ?? 0} parameters trained</dd>
<dt>Hilum</dt><dd>${machine.hilum}, with Node ${machine.node} and TensorFlow ${machine.tensorflow}</dd>
${trainedWith(histories).map((words) => html`<dt>Trained with</dt><dd>${words}</dd>`)}
<dt>Evaluated with</dt><dd>${machineWords(machine)}</dd>
${files.map((file) => html`<dt>${file.path}</dt><dd><code>${file.sha256}</code></dd>`)}
</dl>
<details><summary>Whole configuration</summary><pre><code>${JSON.stringify(request.config, null, 2)}</code></pre></details>`;
