import { OBSERVATIONS } from "../../domain/observations.ts";
import { COLOUR, chart } from "../chart.ts";
import type { Html } from "../html.ts";

/** A 14 x 14 matrix: the stronger the colour, the larger the correlation; its hue is the sign. */
export function correlationFigure(matrix: readonly (readonly (number | null)[])[]): Promise<Html> {
  const values = OBSERVATIONS.flatMap((first, a) =>
    OBSERVATIONS.flatMap((second, b) => {
      const r = matrix[a]?.[b] ?? null;
      return r === null || a === b
        ? []
        : [{ first, second, size: Math.abs(r), sign: r < 0 ? "negative" : "positive", r }];
    }),
  );
  const axis = { labelColor: COLOUR.ink, ticks: false, domain: false, labelLimit: 220 };
  const domain = [...OBSERVATIONS];
  return chart(
    {
      data: { values },
      width: { step: 24 },
      height: { step: 24 },
      encoding: {
        y: { field: "first", type: "nominal", scale: { domain }, title: null, axis },
        x: { field: "second", type: "nominal", scale: { domain }, title: null, axis: { ...axis, labelAngle: -45 } },
      },
      layer: [
        {
          mark: { type: "rect" },
          encoding: {
            opacity: { field: "size", type: "quantitative", scale: { domain: [0, 1], range: [0, 0.9] }, legend: null },
            color: {
              field: "sign",
              type: "nominal",
              scale: { domain: ["positive", "negative"], range: [COLOUR.accent, COLOUR.second] },
              legend: { orient: "top" },
            },
          },
        },
        {
          mark: { type: "text", fontSize: 7.5, fill: COLOUR.ink },
          encoding: { text: { field: "r", type: "quantitative", format: ".2f" } },
        },
      ],
    } as Parameters<typeof chart>[0],
    "Correlation of the positives of each two observations",
  );
}
