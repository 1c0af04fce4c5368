import type { UpsamplingRecord } from "../../contracts/dataset.ts";
import { OBSERVATIONS } from "../../domain/observations.ts";
import { COLOUR, chart } from "../chart.ts";
import type { Html } from "../html.ts";

/** Share of positive labels among the training films, before and after up-sampling. */
export function prevalenceFigure({
  naturalPrevalence,
  plannedPrevalence,
}: Pick<UpsamplingRecord, "naturalPrevalence" | "plannedPrevalence">): Promise<Html> {
  const values = OBSERVATIONS.flatMap((name, i) => {
    const before = naturalPrevalence[i];
    const after = plannedPrevalence[i];
    return before === null || before === undefined || after === null || after === undefined
      ? []
      : [{ name, before, after }];
  });
  const points = values.flatMap(({ name, before, after }) => [
    { name, share: before, when: "before" },
    { name, share: after, when: "after up-sampling" },
  ]);
  const y = {
    field: "name",
    type: "nominal",
    sort: null,
    title: null,
    axis: { labelColor: COLOUR.ink, ticks: false, domain: false, labelLimit: 220 },
  };
  return chart(
    {
      width: 430,
      height: { step: 17 },
      layer: [
        {
          data: { values },
          mark: { type: "rule", color: COLOUR.quiet, strokeWidth: 1 },
          encoding: { y, x: { field: "before", type: "quantitative" }, x2: { field: "after" } },
        },
        {
          data: { values: points },
          mark: { type: "point", filled: true, size: 46, opacity: 1 },
          encoding: {
            y,
            x: { field: "share", type: "quantitative", title: "share of positive labels", axis: { format: ".2~f" } },
            color: {
              field: "when",
              type: "nominal",
              scale: { domain: ["before", "after up-sampling"], range: [COLOUR.second, COLOUR.accent] },
              legend: { orient: "top" },
            },
          },
        },
      ],
    } as Parameters<typeof chart>[0],
    "Share of positive labels among the training films, before and after up-sampling",
  );
}
