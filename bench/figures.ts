import { availableParallelism, loadavg } from "node:os";

/** One figure of a benchmark. */
export interface Figure {
  readonly bench: string;
  readonly subject: string;
  readonly metric: string;
  /** Median over the rounds. */
  readonly value: number;
  readonly unit: string;
  /** Under which circumstances it was measured. */
  readonly flags: Readonly<Record<string, string | number | boolean>>;
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** What else the machine did and had, which every figure depends on. */
export const machine = () => ({ cores: availableParallelism(), load: Number(loadavg()[0]!.toFixed(2)) });

/** Prints a table, or all figures as one line of JSON. */
export function tell(figures: readonly Figure[], json: boolean): void {
  if (json) {
    console.log(JSON.stringify(figures));
    return;
  }
  for (const { subject, metric, value, unit } of figures) {
    console.log(`${subject.padEnd(34)} ${metric.padEnd(24)} ${value.toPrecision(4).padStart(10)} ${unit}`);
  }
}
