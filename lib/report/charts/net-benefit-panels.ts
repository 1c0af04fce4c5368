import type { Evaluation } from "../../contracts/evaluation.ts";
import { netBenefit } from "../../domain/metrics/net-benefit.ts";
import { OBSERVATIONS } from "../../domain/observations.ts";
import { COLOUR, chart } from "../chart.ts";
import { type Html, html } from "../html.ts";

const AXIS = { domain: false, labelFontSize: 9, titleFontSize: 9, titlePadding: 2 };

/** Depth of the scale below 0, in prevalences: calling all positive falls without end. */
const DEPTH = 0.5;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Net benefit over the threshold, of the model and of calling every film positive, for each observation with an AUROC. */
export async function netBenefitPanels({ perObservation, operatingCurve }: Evaluation): Promise<Html> {
  const panels: Html[] = [];
  for (const [i, name] of OBSERVATIONS.entries()) {
    const { auroc, prevalence, threshold, confusion } = perObservation[name];
    if (auroc === null || prevalence === null) continue;
    // Shares of all films serve as counts: net benefit is a mean.
    const curve = (sensitivity: (step: number) => number, specificity: (step: number) => number): Point[] =>
      operatingCurve.thresholds.flatMap((x, step) => {
        const truePositive = prevalence * sensitivity(step);
        const trueNegative = (1 - prevalence) * specificity(step);
        const falsePositive = 1 - prevalence - trueNegative;
        const falseNegative = prevalence - truePositive;
        const y = netBenefit({ truePositive, falsePositive, trueNegative, falseNegative }, x);
        return y === null ? [] : [{ x, y }];
      });
    const [sensitivity, specificity] = [operatingCurve.sensitivity[i]!, operatingCurve.specificity[i]!];
    const model = curve(
      (step) => sensitivity[step] ?? 0,
      (step) => specificity[step] ?? 0,
    );
    const all = curve(
      () => 1,
      () => 0,
    );
    const served = netBenefit(confusion, threshold);
    const dot = served === null ? [] : [{ x: threshold, y: served }];
    const drawing = await drawPanel({ model, all, dot }, prevalence, `${name}: net benefit over threshold`);
    panels.push(html`<li><strong>${name}</strong>${drawing}</li>`);
  }
  return html`<ul class="panels">${panels}</ul>`;
}

function drawPanel(
  { model, all, dot }: Readonly<Record<"model" | "all" | "dot", readonly Point[]>>,
  prevalence: number,
  label: string,
): Promise<Html> {
  const lowest = -DEPTH * prevalence;
  const within = (points: readonly Point[]) => ({ values: points.filter(({ y }) => y >= lowest) });
  return chart(
    {
      width: 112,
      height: 112,
      encoding: {
        x: {
          field: "x",
          type: "quantitative",
          title: "threshold",
          scale: { domain: [0, 1] },
          axis: { ...AXIS, values: [0, 0.5, 1], format: ".1~f" },
        },
        y: {
          field: "y",
          type: "quantitative",
          title: "net benefit",
          scale: { domain: [lowest, prevalence], nice: false },
          axis: { ...AXIS, tickCount: 3, format: ".2~f" },
        },
      },
      layer: [
        {
          data: { values: [0, 1].map((x) => ({ x, y: 0 })) },
          mark: { type: "line", color: COLOUR.quiet, strokeWidth: 1 },
        },
        { data: within(all), mark: { type: "line", color: COLOUR.second, strokeWidth: 1.2, strokeDash: [4, 3] } },
        { data: within(model), mark: { type: "line", color: COLOUR.accent, strokeWidth: 1.6 } },
        { data: within(dot), mark: { type: "point", filled: true, opacity: 1, color: COLOUR.ink, size: 34 } },
      ],
    } as Parameters<typeof chart>[0],
    label,
  );
}
