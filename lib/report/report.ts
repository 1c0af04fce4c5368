import { html, raw } from "./html.ts";
import type { ReportMaterial } from "./material.ts";
import { data } from "./sections/data.ts";
import { localisation } from "./sections/localisation.ts";
import { performance } from "./sections/performance.ts";
import { caveats, provenance } from "./sections/provenance.ts";
import { summary } from "./sections/summary.ts";
import { training } from "./sections/training.ts";
import { STYLE } from "./style.ts";

/**
 * The evaluation as one HTML file: no script, nothing loaded from elsewhere, prints on A4. Reads like the results of a
 * paper: summary, performance, heat maps, training, data, what it can't say, how to make it again.
 */
export async function renderReport(material: ReportMaterial): Promise<string> {
  const { request } = material;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>Evaluation of ${request.run}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
<p class="kicker">Hilum evaluation report, ${request.createdAt.slice(0, 10)}</p>
<h1>Evaluation of ${request.run}</h1>
${request.config.description && html`<p>${request.config.description}</p>`}
</header>
<main>
${summary(material)}
${await performance(material)}
${await localisation(material)}
${await training(material)}
${await data(material)}
${caveats(material)}
${provenance(material)}
</main>
<footer>Made by Hilum from the run's own files. Not for clinical use.</footer>
</body>
</html>
`;
  return page.markup;
}
