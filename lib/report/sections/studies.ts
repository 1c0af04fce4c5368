import type { StudyLevel } from "../../contracts/study-level.ts";
import { OBSERVATIONS, type Observation } from "../../domain/observations.ts";
import { LEADERBOARD } from "../../domain/study-scores.ts";
import { AUROC_PLACES, count, counted, interval, list } from "../format.ts";
import { type Fragment, type Html, html } from "../html.ts";
import { cell, table } from "../table.ts";

type Figure = StudyLevel["leaderboard"]["film"];

const withRange = ({ auroc, aurocInterval }: Figure): Fragment =>
  html`${cell(auroc, AUROC_PLACES)}${aurocInterval && html` <span class="quiet">${interval(aurocInterval)}</span>`}`;

/** Those of the leaderboard's observations that keep its mean from being defined. */
export const withoutFigure = ({ perObservation }: StudyLevel): Observation[] =>
  LEADERBOARD.filter((name) => perObservation[name]?.max.auroc == null);

/** AUROC over studies instead of films, and the mean that CheXpert's leaderboard shows; nothing where nobody counted. */
export function studies(level: StudyLevel | undefined): Html {
  if (level === undefined) return html``;
  const { perObservation, leaderboard } = level;
  const alike = level.studies === level.films;
  return html`
<h3>By study</h3>
<p>The ${counted(level.films, "film")} belong to ${counted(level.studies, "study", "studies")}${alike ? ", one film each, so that the figures by film and by study are the same" : ""}. A study's
probability is the mean of its films', or the highest, as in the CheXpert paper (Irvin et al. 2019). It is positive where the label of any of its films is.
Mean AUROC over the five observations of CheXpert's leaderboard (${list(LEADERBOARD)}): <strong>${withRange(leaderboard.max)}</strong> by the
highest, ${withRange(leaderboard.mean)} by the mean, ${withRange(leaderboard.film)} by film${leaderboard.max.auroc === null && `; it is defined only where all five have figures, and ${list(withoutFigure(level))} ${withoutFigure(level).length === 1 ? "has" : "have"} none`}.
That of the leaderboard itself is on its own hidden studies: only figures on the same studies and labels can be compared.</p>
${
  !alike &&
  table({
    caption: html`<b>AUROC by study</b>, with 95 % intervals in which a patient's films count together.`,
    headings: ["Observation", "Positive", "Highest", "Mean"],
    rows: OBSERVATIONS.flatMap((name) => {
      const found = perObservation[name];
      if (found === undefined) return [];
      const { studies: labelled, positives, mean, max } = found;
      const positive = html`${count(positives)} <span class="quiet">of ${count(labelled)}</span>`;
      return [{ name, cells: [positive, withRange(max), withRange(mean)] }];
    }),
  })
}`;
}
