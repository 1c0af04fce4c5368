import type { Evaluation } from "../../contracts/evaluation.ts";
import { netBenefitOfAll, netBenefit as worth } from "../../domain/metrics/net-benefit.ts";
import { OBSERVATIONS, type Observation } from "../../domain/observations.ts";
import { netBenefitPanels } from "../charts/net-benefit-panels.ts";
import { type Html, html } from "../html.ts";
import type { ReportMaterial } from "../material.ts";
import { cell, table } from "../table.ts";

/** What an observation's decisions at the served operating point are worth, beside doing without a model. */
export function netBenefitAt(
  { perObservation }: Pick<Evaluation, "perObservation">,
  name: Observation,
): { readonly model: number | null; readonly all: number | null; readonly gained: number | null } {
  const { confusion, threshold } = perObservation[name];
  const [model, all] = [worth(confusion, threshold), netBenefitOfAll(confusion, threshold)];
  return { model, all, gained: model === null || all === null ? null : 1000 * (model - Math.max(0, all)) };
}

/** Whether acting on the model's decisions does more good than acting on all films, or on none. */
export async function netBenefit({ evaluation }: ReportMaterial): Promise<Html> {
  if (evaluation.definedObservations === 0) return html``;
  return html`
<h2 id="net-benefit">Is it worth more than no model?</h2>
<p>A threshold t says how many false alarms one finding is worth: (1 − t) / t of them. Weighed so, the net benefit of decisions
(Vickers and Elkin 2006) is the true positives less the weight of the false alarms, per film. A model that gains nothing over calling
every film positive, or none, does not help at that threshold, whatever its AUROC.</p>
<figure>${await netBenefitPanels(evaluation)}
<figcaption><b>Figure #. Decision curves</b> on the test patients: net benefit over the threshold. Line: this model. Dashed: calling every
film positive; 0: calling none. Dot: the served operating point. What lies below the scale is not drawn.</figcaption></figure>
${table({
  caption: html`<b>Table #. Net benefit at the served operating points</b>, in true positives a film. Gained: over the better of all and none,
in findings for 1,000 films at no more false alarms; below 0 the model does harm.`,
  headings: ["Observation", "Threshold", "Model", "All positive", "None", "Gained in 1,000"],
  rows: OBSERVATIONS.filter((name) => evaluation.perObservation[name].auroc !== null).map((name) => {
    const { model, all, gained } = netBenefitAt(evaluation, name);
    const { threshold } = evaluation.perObservation[name];
    return { name, cells: [cell(threshold), cell(model, 3), cell(all, 3), "0", cell(gained, 1)] };
  }),
})}`;
}
