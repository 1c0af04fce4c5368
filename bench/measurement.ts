/** One figure of a bench, as `--json` prints it. */
export interface Measurement {
  readonly bench: string;
  /** What was measured: we, or a peer. */
  readonly subject: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  /** Settings that decide the figure. */
  readonly flags: string;
}

/** The middle one; the lower of two. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;

/** The value below which that share of all lies, by rank; NaN of none. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN;

/** A Markdown table: a row a metric and its flags, a column a subject. */
export function markdownTable(measurements: readonly Measurement[]): string {
  const subjects = [...new Set(measurements.map(({ subject }) => subject))];
  const rows = [...new Set(measurements.map(({ metric, unit, flags }) => JSON.stringify([metric, unit, flags])))];
  const lines = rows.map((row) => {
    const [metric, unit, flags] = JSON.parse(row) as [string, string, string];
    const cells = subjects.map((subject) => {
      const found = measurements.find((m) => m.subject === subject && m.metric === metric && m.flags === flags);
      return found === undefined ? "" : String(found.value);
    });
    return `| ${[`${metric}, ${unit}`, flags, ...cells].join(" | ")} |`;
  });
  return [`| ${["", "", ...subjects].join(" | ")} |`, `|${"---|".repeat(subjects.length + 2)}`, ...lines].join("\n");
}
