import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { escapeHtml, type Html, raw } from "./html.ts";

/** Colours by meaning; lib/report/style.ts gives them their values for light, dark and print. */
export const COLOUR = {
  accent: "var(--accent)",
  second: "var(--second)",
  ink: "var(--ink)",
  quiet: "var(--quiet)",
  line: "var(--line)",
} as const;

const FONT = "system-ui, sans-serif";

const CONFIG = {
  background: "transparent",
  font: FONT,
  padding: 2,
  view: { stroke: null },
  axis: {
    domainColor: COLOUR.quiet,
    gridColor: COLOUR.line,
    gridWidth: 0.7,
    labelColor: COLOUR.quiet,
    labelFontSize: 10,
    tickColor: COLOUR.quiet,
    tickSize: 3,
    titleColor: COLOUR.quiet,
    titleFontSize: 10,
    titleFontWeight: "normal",
  },
  legend: { labelColor: COLOUR.ink, labelFontSize: 10, title: null },
  text: { fill: COLOUR.ink, fontSize: 10 },
} as const;

/**
 * A Vega-Lite chart as inline SVG without script.
 * @param label what the chart shows, for those who can't see it
 */
export async function chart(spec: TopLevelSpec, label: string): Promise<Html> {
  const { spec: compiled } = compile({ ...spec, config: CONFIG } as TopLevelSpec);
  const view = new View(parse(compiled), { renderer: "none" });
  try {
    const svg = await view.toSVG();
    return raw(svg.replace(/<svg /, `<svg role="img" aria-label="${escapeHtml(label)}" `));
  } finally {
    view.finalize();
  }
}
