import type { GateDecision } from "../contracts/decision.ts";
import { type Html, html, raw } from "./html.ts";
import { cell, table } from "./table.ts";

const [BEGIN, END] = ["<!--decision-->", "<!--/decision-->"] as const;

/** Stands in a report until the gate has decided. */
export const undecided: Html = html`${raw(BEGIN)}<p>Whether this model replaces the one in use is decided after this report, by
the promotion gate: see the run's decision (<code>decision.json</code>).</p>${raw(END)}`;

/** The report with the gate's decision and its numbers; unchanged where it has no place for one. */
export function withDecision(report: string, decision: GateDecision): string {
  const [start, end] = [report.indexOf(BEGIN), report.indexOf(END)];
  if (start < 0 || end < start) return report;
  return `${report.slice(0, start)}${BEGIN}${section(decision).markup}${report.slice(end)}`;
}

const section = ({ decision, champion, anchor, candidate, checks }: GateDecision): Html => html`
<p><strong>${decision === "promote" ? "Promoted." : "Not promoted."}</strong> The gate decided on version <code>${candidate}</code>.
${champion === null ? "No model was in production." : html`In production then: <code>${champion}</code>.`}${
  anchor !== null &&
  anchor !== champion &&
  html` Later models are measured from <code>${anchor}</code> as well, the anchor.`
}</p>
${table({
  caption: html`<b>The gate's checks.</b> All have to pass. Two models are compared on the same films, of patients that
neither was fitted on.`,
  headings: ["Rule", "Passed", "Value", "Limit", { title: "In words", text: true }],
  rows: checks.map(({ rule, passed, value, limit, detail }) => ({
    name: rule,
    cells: [passed ? "yes" : html`<b>no</b>`, numberCell(value), numberCell(limit), detail],
  })),
})}`;

const numberCell = (value: number | null) => (value === null ? html`<span class="quiet">–</span>` : cell(value, 4));
