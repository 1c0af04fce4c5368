import type { Evaluation } from "../../contracts/evaluation.ts";
import { OBSERVATIONS } from "../../domain/observations.ts";
import { COLOUR, chart } from "../chart.ts";
import { AUROC_PLACES } from "../format.ts";
import type { Html } from "../html.ts";

/** AUROC of each observation with its interval, in falling order; those not defined are left to the table. */
export function aurocFigure(evaluation: Evaluation): Promise<Html> {
  const values = OBSERVATIONS.flatMap((name) => {
    const { auroc, aurocInterval, positives } = evaluation.perObservation[name];
    if (auroc === null) return [];
    const [low, high] = aurocInterval ?? [auroc, auroc];
    return [{ name, auroc, low, high, text: `${auroc.toFixed(AUROC_PLACES)}  (${positives} positive)` }];
  }).sort((a, b) => b.auroc - a.auroc);
  const lowest = Math.min(0.5, ...values.map((v) => Math.floor(v.low * 10) / 10));
  const y = {
    field: "name",
    type: "nominal",
    sort: null,
    title: null,
    axis: { labelColor: COLOUR.ink, ticks: false, domain: false, labelLimit: 220 },
  };
  const scale = { domain: [lowest, 1] };
  return chart(
    {
      width: 430,
      height: { step: 19 },
      data: { values },
      layer: [
        {
          data: { values: [{ chance: 0.5 }] },
          mark: { type: "rule", color: COLOUR.quiet, strokeDash: [3, 3] },
          encoding: { x: { field: "chance", type: "quantitative", scale } },
        },
        {
          mark: { type: "rule", color: COLOUR.accent, strokeWidth: 1.6 },
          encoding: { y, x: { field: "low", type: "quantitative", scale, title: "AUROC" }, x2: { field: "high" } },
        },
        {
          mark: { type: "point", filled: true, size: 46, color: COLOUR.accent, opacity: 1 },
          encoding: { y, x: { field: "auroc", type: "quantitative", scale } },
        },
        {
          mark: { type: "text", align: "left", dx: 10, color: COLOUR.quiet },
          encoding: { y, x: { datum: 1 }, text: { field: "text" } },
        },
      ],
    } as Parameters<typeof chart>[0],
    `AUROC with 95 % intervals of ${values.length} observations`,
  );
}
