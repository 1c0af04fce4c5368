import type { Evaluation, ObservationMetrics } from "../../contracts/evaluation.ts";
import { OBSERVATIONS } from "../../domain/observations.ts";
import { COLOUR, chart } from "../chart.ts";
import { AUROC_PLACES, figure } from "../format.ts";
import { type Html, html } from "../html.ts";

type Points = readonly (readonly [number, number])[];

interface Panel {
  readonly points: (curves: Evaluation["curves"][number]) => Points;
  /** What a model without skill would show, as a line. */
  readonly chance: (metrics: ObservationMetrics) => Points;
  /** The decision at the operating point. */
  readonly operating: (metrics: ObservationMetrics) => readonly [number, number] | null;
  readonly caption: (metrics: ObservationMetrics) => string;
  readonly x: string;
  readonly y: string;
  readonly interpolate: "linear" | "step-before";
}

const both = (x: number | null, y: number | null): readonly [number, number] | null =>
  x === null || y === null ? null : [x, y];

const PANELS = {
  roc: {
    points: (curves) => curves.roc,
    chance: () => [
      [0, 0],
      [1, 1],
    ],
    operating: (m) => both(m.specificity === null ? null : 1 - m.specificity, m.recall),
    caption: (m) => `AUROC ${figure(m.auroc, AUROC_PLACES)}`,
    x: "1 - specificity",
    y: "recall",
    interpolate: "linear",
  },
  precisionRecall: {
    points: (curves) => curves.precisionRecall,
    chance: (m) => [
      [0, m.prevalence ?? 0],
      [1, m.prevalence ?? 0],
    ],
    operating: (m) => both(m.recall, m.precision),
    caption: (m) => `AP ${figure(m.averagePrecision)}`,
    x: "recall",
    y: "precision",
    interpolate: "step-before",
  },
} as const satisfies Record<string, Panel>;

const AXIS = {
  values: [0, 0.5, 1],
  format: ".1~f",
  domain: false,
  labelFontSize: 9,
  titleFontSize: 9,
  titlePadding: 2,
};

/** A small panel for each observation whose AUROC is defined. */
export async function curvePanels(evaluation: Evaluation, kind: keyof typeof PANELS): Promise<Html> {
  const panel: Panel = PANELS[kind];
  const panels: Html[] = [];
  for (const [i, name] of OBSERVATIONS.entries()) {
    const metrics = evaluation.perObservation[name];
    if (metrics.auroc === null) continue;
    const drawing = await drawPanel(
      panel,
      panel.points(evaluation.curves[i]!),
      metrics,
      `${name}: ${panel.y} over ${panel.x}`,
    );
    panels.push(
      html`<li><strong>${name}</strong><span>${panel.caption(metrics)}, ${metrics.positives} pos.</span>${drawing}</li>`,
    );
  }
  return html`<ul class="panels">${panels}</ul>`;
}

function drawPanel(panel: Panel, points: Points, metrics: ObservationMetrics, label: string): Promise<Html> {
  const values = (line: Points) => ({ values: line.map(([x, y], order) => ({ x, y, order })) });
  const axis = (field: "x" | "y", title: string) => ({
    field,
    type: "quantitative",
    title,
    scale: { domain: [0, 1] },
    axis: AXIS,
  });
  const encoding = { x: axis("x", panel.x), y: axis("y", panel.y) };
  const operating = panel.operating(metrics);
  return chart(
    {
      width: 112,
      height: 112,
      encoding,
      layer: [
        {
          data: values(panel.chance(metrics)),
          mark: { type: "line", color: COLOUR.quiet, strokeWidth: 1, strokeDash: [3, 3] },
        },
        {
          data: values(points),
          mark: { type: "line", color: COLOUR.accent, strokeWidth: 1.6, interpolate: panel.interpolate },
          encoding: { order: { field: "order", type: "quantitative" } },
        },
        {
          data: values(operating ? [operating] : []),
          mark: { type: "point", filled: true, size: 40, color: COLOUR.second, opacity: 1 },
        },
      ],
    } as Parameters<typeof chart>[0],
    label,
  );
}
