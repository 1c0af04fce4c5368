import type { Inspection } from "../contracts/inspection.ts";
import { OBSERVATIONS } from "../domain/observations.ts";
import { PARTS } from "../domain/parts.ts";
import { correlationFigure } from "./charts/correlation-figure.ts";
import { countsFigure } from "./charts/counts-figure.ts";
import { prevalenceFigure } from "./charts/prevalence-figure.ts";
import { count, counted, list, percent } from "./format.ts";
import { type Html, html, raw } from "./html.ts";
import { readersTable, shareText } from "./sections/readers.ts";
import { STYLE } from "./style.ts";
import { table } from "./table.ts";

/** What its columns mean, wherever they stand. */
export const FACTOR_TEXT = "Factor: how many copies up-sampling adds of a row that is positive for the observation.";
export const SHARE_TEXT =
  "Share: of positives among the training part's labels that count, before up-sampling (of all rows under the published protocol) and after.";
export const SHARED_ROWS_TEXT =
  "The published protocol cuts the rows so that neighbouring parts share the row at their border: the parts add up to two rows more than there are.";

/** An inspection as one HTML file, with the plots of the study; no script, nothing loaded from elsewhere. */
export async function renderInspection(inspection: Inspection): Promise<string> {
  const { files, rows, patients, policy, protocol, division, upsampling, observations, subjects } = inspection;
  const prevalence = {
    naturalPrevalence: OBSERVATIONS.map((name) => observations[name]!.prevalenceBefore),
    plannedPrevalence: OBSERVATIONS.map((name) => observations[name]!.prevalenceAfter),
  };
  const leftOut = Object.entries(rows.leftOut).map(([reason, n]) => `${count(n)} (${reason})`);
  const names = list(files.map(({ file }) => file.split("/").at(-1)!));
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>Labels of ${names}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
<p class="kicker">Hilum inspection</p>
<h1>Labels of ${names}</h1>
</header>
<main>
<p>${counted(rows.read, "row")} read${leftOut.length > 0 ? `; left out: ${list(leftOut)}` : ""}. ${counted(rows.used, "film")} of
${counted(patients, "patient")} used, ${rows.unlabelled === 0 ? "each with a label or more" : `${count(rows.unlabelled)} of them without any label`}. Policy
<code>${policy.name ?? JSON.stringify(policy)}</code>, protocol <code>${protocol}</code>${division === "as-given" && ", test part as the data set divides itself"}, up-sampling <code>${upsampling.rule.kind}</code>.</p>
<h2>Labels</h2>
${observationTable(inspection)}
<figure>${await prevalenceFigure(prevalence)}
<figcaption><b>Share of positive labels</b> before (${counted(upsampling.rowsBefore, "row")}) and after up-sampling
(${counted(upsampling.rowsAfter, "row")}).</figcaption></figure>
<figure>${await correlationFigure(inspection.correlation)}
<figcaption><b>Correlation of the positives</b> of each two observations (Pearson's r).</figcaption></figure>
<h2>Parts</h2>
${partTable(inspection)}
${leakageText(inspection)}
${
  inspection.readers &&
  html`<h2>Readers</h2>
<p>${shareText(inspection.readers)}</p>
${readersTable(inspection.readers)}`
}
<h2>Subjects</h2>
<div class="pair">
<figure>${await countsFigure(subjects.age, "age in years")}</figure>
<figure>${await countsFigure(subjects.sex, "sex")}</figure>
<figure>${await countsFigure(subjects.view, "view and projection, of all rows")}</figure>
</div>
</main>
<footer>Made by Hilum from the CSV files alone. Not for clinical use.</footer>
</body>
</html>
`;
  return page.markup;
}

const observationTable = ({ observations }: Inspection): Html =>
  table({
    caption: html`<b>Labels.</b> The first five columns before the policy: blank is looked for and not mentioned, not labelled is not looked for. Positives and ignored as the policy makes them. ${FACTOR_TEXT} ${SHARE_TEXT}`,
    headings: [
      ...["Observation", "Positive", "Negative", "Uncertain", "Blank", "Not labelled"],
      ...["Positives", "Ignored"],
      ...["Factor", "Share before up-sampling", "Share after"],
    ],
    rows: OBSERVATIONS.map((name) => {
      const { labels, positives, ignored, factor, prevalenceBefore, prevalenceAfter } = observations[name]!;
      const { positive, negative, uncertain, blank, notLabelled } = labels;
      const counts = [positive, negative, uncertain, blank, notLabelled, positives, ignored, factor];
      return { name, cells: [...counts.map(count), percent(prevalenceBefore), percent(prevalenceAfter)] };
    }),
  });

const partTable = (inspection: Inspection): Html =>
  table({
    caption: html`<b>Parts.</b> ${inspection.protocol === "published" ? SHARED_ROWS_TEXT : ""}`,
    headings: ["Part", "Rows", "Patients", "Rows after up-sampling"],
    rows: PARTS.map((part) => ({
      name: part,
      cells: [
        count(inspection.split[part].rows),
        count(inspection.split[part].patients),
        count(inspection.splitAfterUpsampling[part].rows),
      ],
    })),
  });

const leakageText = ({ leakage }: Inspection): Html =>
  html`<p>${count(leakage.testFilmsInTraining)} of ${counted(leakage.testFilms, "test film")} and
${count(leakage.testPatientsInTraining)} of ${counted(leakage.testPatients, "test patient")} are also in the training part.</p>`;
