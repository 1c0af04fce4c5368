import type { ObservationMetrics } from "../../contracts/evaluation.ts";
import type { LineFailure } from "../../domain/logistic.ts";
import { OBSERVATIONS } from "../../domain/observations.ts";
import { reliabilityPanels } from "../charts/reliability-panels.ts";
import { list } from "../format.ts";
import { type Fragment, type Html, html } from "../html.ts";
import type { ReportMaterial } from "../material.ts";
import { cell, table } from "../table.ts";

const KINDS = { platt: "Platt's", isotonic: "isotonic", identity: "left as they are" } as const;

/** How far a probability is what it says. */
export async function calibration({ evaluation, calibration: maps, statuses }: ReportMaterial): Promise<Html> {
  if (evaluation.definedObservations === 0) return html``;
  const kinds = (Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((kind) => {
    const count = maps.filter((found, i) => found.kind === kind && statuses[i] !== "not-learned").length;
    return count === 0 ? [] : [`${KINDS[kind]} for ${count}`];
  });
  return html`
<h2 id="calibration">Are the probabilities true?</h2>
<p>Of films given a probability near 0.3, three in ten should show the observation. The map from the network's output to the
probability was fitted on calibration patients, whose films were neither up-sampled nor used to choose the epoch: ${list(kinds)}.</p>
${calibrationTable(evaluation)}
${leftAlone({ calibration: maps, statuses })}
<figure>${await reliabilityPanels(evaluation)}
<figcaption><b>Figure #. Reliability</b> on the test patients: share of positives over the mean probability in each tenth of the scale
that holds films. Hollow: as the network gives them. Filled: as they are served. Dashed: what they should be. A tenth with few
films says little.</figcaption></figure>`;
}

/** Why the probabilities of some observations stay as the network gives them. */
function leftAlone({ calibration: maps, statuses }: Pick<ReportMaterial, "calibration" | "statuses">): Html {
  const reasons = OBSERVATIONS.flatMap((name, i) => {
    const map = maps[i]!;
    return map.kind === "identity" && map.reason !== undefined && statuses[i] !== "not-learned"
      ? [`${name}: ${map.reason}`]
      : [];
  });
  return reasons.length === 0 ? html`` : html`<p class="quiet">Left as they are: ${reasons.join("; ")}.</p>`;
}

type Range = [number, number] | null;

const change = (before: number | null, after: Fragment, places: number): Fragment =>
  html`<span class="quiet">${before === null ? "–" : before.toFixed(places)} →</span> ${after}`;

/** A figure and its interval; a slope may lie below 0, and a dash would look like its sign. */
const ranged = (value: number | null, range: Range, places: number): Fragment =>
  range === null
    ? cell(value, places)
    : html`${cell(value, places)} <span class="quiet under">${range[0].toFixed(places)} to ${range[1].toFixed(places)}</span>`;

const NO_SLOPE = {
  "one-class": "not defined: one class",
  constant: "not defined: all probabilities are the same",
  parted: "not defined: the probabilities separate the classes completely",
  "not-converged": "not defined: the fit did not converge",
} as const satisfies Record<LineFailure, string>;

const slopeOf = (m: ObservationMetrics): Fragment =>
  m.calibrationSlopeFailure === null
    ? ranged(m.calibrationSlope, m.calibrationSlopeInterval, 2)
    : html`<span class="quiet reason">${NO_SLOPE[m.calibrationSlopeFailure]}</span>`;

const calibrationTable = ({ perObservation, reliability }: ReportMaterial["evaluation"]): Html =>
  table({
    caption: html`<b>Table #. Calibration on the test patients</b>, before → after, and the 95 % interval of what it is after. Slope: 1 is
right, less means too sure. Intercept: 0 is right, less means too high. Expected calibration error (ECE) and Brier score: 0 is
best.`,
    headings: ["Observation", "Slope", "Intercept", "ECE", "Brier score", "Log loss"],
    rows: OBSERVATIONS.flatMap((name, i) => {
      const m = perObservation[name];
      const r = reliability[i]!;
      if (m.auroc === null) return [];
      return [
        {
          name,
          cells: [
            change(r.slopeBefore, slopeOf(m), 2),
            change(r.interceptBefore, ranged(m.calibrationIntercept, m.calibrationInterceptInterval, 2), 2),
            change(r.calibrationErrorBefore, cell(m.expectedCalibrationError, 3), 3),
            change(r.brierBefore, ranged(m.brier, m.brierInterval, 3), 3),
            cell(m.logLoss, 3),
          ],
        },
      ];
    }),
  });
