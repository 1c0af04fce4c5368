import { OBSERVATIONS } from "../../domain/observations.ts";
import { reliabilityPanels } from "../charts/reliability-panels.ts";
import { list } from "../format.ts";
import { type Fragment, type Html, html } from "../html.ts";
import type { ReportMaterial } from "../material.ts";
import { cell, table } from "../table.ts";

const KINDS = { platt: "Platt's", isotonic: "isotonic", identity: "left as they are" } as const;

/** How far a probability is what it says. */
export async function calibration({ evaluation, calibration: maps }: ReportMaterial): Promise<Html> {
  if (evaluation.definedObservations === 0) return html``;
  const kinds = (Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((kind) => {
    const count = maps.filter((found) => found.kind === kind).length;
    return count === 0 ? [] : [`${KINDS[kind]} for ${count}`];
  });
  return html`
<h2>Are the probabilities true?</h2>
<p>Of films given a probability near 0.3, three in ten should show the observation. The map from the network's output to the
probability was fitted on calibration patients, whose films were neither up-sampled nor used to choose the epoch: ${list(kinds)}.</p>
${calibrationTable(evaluation)}
${leftAlone(maps)}
<figure>${await reliabilityPanels(evaluation)}
<figcaption><b>Figure 4. Reliability</b> on the test patients: share of positives over the mean probability in each tenth of the scale
that holds films. Hollow: as the network gives them. Filled: as they are served. Dashed: what they should be. A tenth with few
films says little.</figcaption></figure>`;
}

/** Why the probabilities of some observations stay as the network gives them. */
function leftAlone(maps: ReportMaterial["calibration"]): Html {
  const reasons = OBSERVATIONS.flatMap((name, i) => {
    const map = maps[i]!;
    return map.kind === "identity" && map.reason !== undefined ? [`${name}: ${map.reason}`] : [];
  });
  return reasons.length === 0 ? html`` : html`<p class="quiet">Left as they are: ${reasons.join("; ")}.</p>`;
}

const change = (before: number | null, after: number | null, places: number): Fragment =>
  html`<span class="quiet">${before === null ? "–" : before.toFixed(places)} →</span> ${cell(after, places)}`;

const calibrationTable = ({ perObservation, reliability }: ReportMaterial["evaluation"]): Html =>
  table({
    caption: html`<b>Table 3. Calibration on the test patients</b>, before → after. Slope: 1 is right, less means too sure. Intercept: 0 is right,
less means too high. Expected calibration error (ECE) and Brier score: 0 is best.`,
    headings: ["Observation", "Slope", "Intercept", "ECE", "Brier score", "Log loss"],
    rows: OBSERVATIONS.flatMap((name, i) => {
      const m = perObservation[name];
      const r = reliability[i]!;
      if (m.auroc === null) return [];
      return [
        {
          name,
          cells: [
            change(r.slopeBefore, m.calibrationSlope, 2),
            change(r.interceptBefore, m.calibrationIntercept, 2),
            change(r.calibrationErrorBefore, m.expectedCalibrationError, 3),
            change(r.brierBefore, m.brier, 3),
            cell(m.logLoss, 3),
          ],
        },
      ];
    }),
  });
