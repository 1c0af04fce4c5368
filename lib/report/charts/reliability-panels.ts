import type { Evaluation } from "../../contracts/evaluation.ts";
import { OBSERVATIONS } from "../../domain/observations.ts";
import { COLOUR, chart } from "../chart.ts";
import { type Html, html } from "../html.ts";

type Bins = Evaluation["reliability"][number]["before"];

const AXIS = {
  values: [0, 0.5, 1],
  format: ".1~f",
  domain: false,
  labelFontSize: 9,
  titleFontSize: 9,
  titlePadding: 2,
};

/** Share of positives over the probability in tenths, before and after calibration, for each observation with an AUROC. */
export async function reliabilityPanels({ perObservation, reliability }: Evaluation): Promise<Html> {
  const panels: Html[] = [];
  for (const [i, name] of OBSERVATIONS.entries()) {
    const { auroc, expectedCalibrationError } = perObservation[name];
    if (auroc === null) continue;
    const { before, after } = reliability[i]!;
    const drawing = await drawPanel(before, after, `${name}: share of positives over probability`);
    panels.push(
      html`<li><strong>${name}</strong><span>ECE ${expectedCalibrationError?.toFixed(3)}</span>${drawing}</li>`,
    );
  }
  return html`<ul class="panels">${panels}</ul>`;
}

function drawPanel(before: Bins, after: Bins, label: string): Promise<Html> {
  const points = (bins: Bins) => ({
    values: bins.map(({ meanProbability, observed }) => ({ x: meanProbability, y: observed })),
  });
  const axis = (field: "x" | "y", title: string) => ({
    field,
    type: "quantitative",
    title,
    scale: { domain: [0, 1] },
    axis: AXIS,
  });
  return chart(
    {
      width: 112,
      height: 112,
      encoding: { x: axis("x", "probability"), y: axis("y", "positive") },
      layer: [
        {
          data: { values: [0, 1].map((end) => ({ x: end, y: end })) },
          mark: { type: "line", color: COLOUR.quiet, strokeWidth: 1, strokeDash: [3, 3] },
        },
        { data: points(before), mark: { type: "line", color: COLOUR.second, strokeWidth: 1.2, point: HOLLOW } },
        { data: points(after), mark: { type: "line", color: COLOUR.accent, strokeWidth: 1.6, point: FILLED } },
      ],
    } as Parameters<typeof chart>[0],
    label,
  );
}

/** Told apart by shape too, for print without colour. */
const HOLLOW = { filled: false, fill: "var(--paper)", stroke: COLOUR.second, size: 22, strokeWidth: 1.2 };
const FILLED = { filled: true, color: COLOUR.accent, size: 22 };
