import { warningText } from "../../lib/contracts/codes.ts";
import { count, counted } from "../../lib/report/format.ts";
import { asShownPath, DEFAULT_STORE } from "./places.ts";
import type { RunReport } from "./run-report.ts";

/** "left out: 30 (lateral view)"; of several reasons the sum too. */
function byReason(what: string, counts: Readonly<Record<string, number>>): string {
  const reasons = Object.entries(counts);
  const [first] = reasons;
  if (first === undefined) return "";
  if (reasons.length === 1) return `${count(first[1])} ${what} (${first[0]})`;
  const sum = reasons.reduce((total, [, n]) => total + n, 0);
  return `${count(sum)} ${what} (${reasons.map(([reason, n]) => `${count(n)} ${reason}`).join(", ")})`;
}

const OUTCOMES = {
  promoted: "is in production",
  "not-promoted": "was not promoted",
  failed: "was made before the run failed",
  stopped: "was made before the run was stopped",
} as const;

/** Why it was not promoted, in a line: the first check that did not pass. */
function because({ status, failedChecks: [first, ...others] }: RunReport): string {
  if (status !== "not-promoted" || first === undefined) return "";
  const more = others.length === 0 ? "" : ` (and ${others.length} more: see the report)`;
  return `\n  Because  ${first.detail}${more}`;
}

/** What to type next: with this run's own version, where it is not what the store or the stage would answer with. */
function next({ store = DEFAULT_STORE, stage, model, status }: RunReport): string[] {
  const version = model.split("/").at(-1)!;
  const isLive = status === "promoted";
  if (stage !== undefined) {
    return [
      `bin/hilum predict FILM --model ${model} --explain heat-maps`,
      isLive ? `bin/hilum models --stage ${stage}` : `bin/hilum models promote ${version} --stage ${stage}`,
    ];
  }
  const shown = asShownPath(store);
  const place = shown === DEFAULT_STORE ? "" : ` --store ${shown}`;
  if (isLive) return [`bin/hilum serve${place}`, `bin/hilum predict FILM${place} --explain heat-maps`];
  return [
    `bin/hilum predict FILM --model ${shown}#${version} --explain heat-maps`,
    `bin/hilum models promote ${version}${place}   # puts it in production although the gate did not`,
  ];
}

export interface TellOptions {
  /** Whether the command goes on and serves the page. */
  readonly serving?: boolean;
}

/** Films that were learned from and tested on with a doubt, a line for each. */
function warned({ rows: { warnings } }: RunReport): string {
  const lines = Object.entries(warnings).map(([code, films]) => `${counted(films, "film")}: ${warningText(code)}`);
  return lines.length === 0 ? "" : `\n  Warnings ${lines.join("\n           ")}`;
}

/** What a person reads at the end of a run: what was made, and what to type next. */
export function tellRun(report: RunReport, { serving = false }: TellOptions = {}): string {
  const { evaluation, rows, status } = report;
  // Whoever goes on serving says it beside the page.
  const caution = serving ? null : report.caution;
  const commands = next(report).filter((command) => !serving || !command.startsWith("bin/hilum serve"));
  const { meanAuroc, meanAurocInterval } = evaluation;
  const { claimed, measured } = evaluation.claims;
  const interval = meanAurocInterval
    ? ` (95 % interval ${meanAurocInterval.map((v) => v.toFixed(3)).join(" to ")})`
    : "";
  const auroc =
    meanAuroc === null
      ? "not defined on these test patients"
      : `${meanAuroc.toFixed(3)}${interval}, mean over ${counted(measured, "observation")}, ${claimed} of them claimed`;
  const left = [byReason("left out", rows.leftOut), byReason("set aside", rows.setAside)].filter((text) => text !== "");
  return `
  Model    ${report.model.split("/").at(-1)} ${OUTCOMES[status]}${because(report)}
  AUROC    ${auroc}
  Rows     ${[`${count(rows.read)} read`, `${count(rows.used)} used`, ...left].join(", ")}${warned(report)}
  Report   ${asShownPath(report.report)}

  Next:    ${commands.join("\n           ")}

  ${caution === null ? "" : `${caution} `}Not for clinical use.
`;
}

/** The result of a run on stdout: one line of JSON for programs, otherwise a few for people. */
export function printRun(report: RunReport, json: boolean | undefined, options?: TellOptions): void {
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : tellRun(report, options));
}
