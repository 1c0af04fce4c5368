import { tally } from "../../domain/tally.ts";
import { count, counted, list, percent } from "../format.ts";
import { type Html, html } from "../html.ts";
import { capital, LATER_VALIDATIONS } from "../later-validations.ts";
import type { ReportMaterial } from "../material.ts";
import { outOfDistributionText } from "../out-of-distribution.ts";

/** What it does with unusual films, and elsewhere. */
export const robustness = ({ dataset, plan, outOfDistribution }: ReportMaterial): Html => html`
<h2 id="robustness">How does it deal with unusual films?</h2>
<p>${setAsideWords(dataset.setAside, plan.rows.used)} ${outOfDistributionText(outOfDistribution)} They are those that the service
refuses at its door, by the same codes.</p>
<h3 id="external">External validation</h3>
<p>None when this report was written: the model was not tested on films of another hospital, scanner or population than those it was trained on.
${capital(LATER_VALIDATIONS)}.</p>`;

function setAsideWords(films: ReportMaterial["dataset"]["setAside"], used: number): string {
  if (films.length === 0) return `Of ${counted(used, "film")} none was set aside.`;
  const each = Object.entries(tally(films.map(({ code }) => code))).map(
    ([code, films]) => `${count(films)} ${code.replaceAll("-", " ")}`,
  );
  return `Of ${counted(used, "film")} ${count(films.length)} (${percent(films.length / used)}) could not be used and ${films.length === 1 ? "was" : "were"} set aside: ${list(each)}.`;
}
