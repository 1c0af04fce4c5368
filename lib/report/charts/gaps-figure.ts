import type { SubgroupGap } from "../../contracts/evaluation.ts";
import { isShown } from "../../domain/subgroups.ts";
import { COLOUR, chart } from "../chart.ts";
import type { Html } from "../html.ts";
import { AXIS_NAMES, FIGURE_NAMES } from "../subgroup-text.ts";

/** Gaps with their corrected intervals in the order given, those that are shown in colour. */
export function gapsFigure(gaps: readonly SubgroupGap[]): Promise<Html> {
  const values = gaps.map(({ figure, axis, observation, gap, interval: [low, high] }, place) => ({
    place,
    name: `${FIGURE_NAMES[figure]}, ${AXIS_NAMES[axis].toLowerCase()}: ${observation}`,
    ...{ gap, low, high },
    colour: low > 0 ? COLOUR.accent : COLOUR.quiet,
  }));
  const names = values.map(({ name }) => name);
  const y = {
    field: "place",
    type: "ordinal",
    sort: null,
    title: null,
    axis: {
      labelExpr: `${JSON.stringify(names)}[datum.value]`,
      labelColor: COLOUR.ink,
      ticks: false,
      domain: false,
      labelLimit: 500,
    },
  };
  const color = { field: "colour", type: "nominal", scale: null };
  return chart(
    {
      width: 320,
      height: { step: 16 },
      data: { values },
      layer: [
        {
          data: { values: [{ none: 0 }] },
          mark: { type: "rule", color: COLOUR.quiet, strokeDash: [3, 3] },
          encoding: { x: { field: "none", type: "quantitative" } },
        },
        {
          mark: { type: "rule", strokeWidth: 1.6 },
          encoding: { y, color, x: { field: "low", type: "quantitative", title: "gap" }, x2: { field: "high" } },
        },
        {
          mark: { type: "point", filled: true, size: 40, opacity: 1 },
          encoding: { y, color, x: { field: "gap", type: "quantitative" } },
        },
      ],
    } as Parameters<typeof chart>[0],
    `${values.length} gaps between subgroups with corrected intervals, ${gaps.filter(isShown).length} of them shown`,
  );
}
