import { tally } from "../../domain/tally.ts";
import { count, counted, list, percent } from "../format.ts";
import { type Html, html } from "../html.ts";
import type { ReportMaterial } from "../material.ts";

/** What it does with unusual films, and elsewhere. */
export const robustness = ({ dataset, plan, strange }: ReportMaterial): Html => html`
<h2 id="robustness">How does it deal with unusual films?</h2>
<p>${setAsideWords(dataset.setAside, plan.rows.used)} ${strangeWords(strange)} Films that the service refuses at its door, since they look
like no chest film, are not counted here: films of a data set are read without that check.</p>
<h3 id="external">External validation</h3>
<p>None. The model was not tested on films of another hospital, scanner or population than those it was trained on.</p>`;

function setAsideWords(films: ReportMaterial["dataset"]["setAside"], used: number): string {
  if (films.length === 0) return `Of ${counted(used, "film")} none was set aside as unreadable.`;
  const each = Object.entries(tally(films.map(({ code }) => code))).map(
    ([code, films]) => `${count(films)} ${code.replaceAll("-", " ")}`,
  );
  return `Of ${counted(used, "film")} ${count(films.length)} (${percent(films.length / used)}) could not be read and ${films.length === 1 ? "was" : "were"} set aside: ${list(each)}.`;
}

const strangeWords = (strange: ReportMaterial["strange"]): string =>
  strange === null
    ? "No limit was set beyond which a film counts as unlike the training films, for want of tuning films."
    : `Of ${counted(strange.films, "test film")} ${count(strange.beyond)} (${percent(strange.films === 0 ? null : strange.beyond / strange.films)}) would be answered with the warning that they are unlike the training films; the limit was set so that about one in a hundred tuning films passes it.`;
