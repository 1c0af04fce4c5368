import { COLOUR, chart } from "../chart.ts";
import type { Html } from "../html.ts";

/** Rows by value, as bars. */
export function countsFigure(counts: Readonly<Record<string, number>>, title: string): Promise<Html> {
  const values = Object.entries(counts).map(([value, rows]) => ({ value, rows }));
  return chart(
    {
      data: { values },
      width: 230,
      height: { step: 17 },
      mark: { type: "bar", color: COLOUR.accent },
      encoding: {
        y: {
          field: "value",
          type: "nominal",
          sort: null,
          title: null,
          axis: { labelColor: COLOUR.ink, ticks: false, domain: false },
        },
        x: { field: "rows", type: "quantitative", title: `rows by ${title}`, axis: { format: "~s", tickCount: 4 } },
      },
    } as Parameters<typeof chart>[0],
    `Rows by ${title}`,
  );
}
