import { vi } from "vitest";

/** What CloudWatch makes of a line in its embedded metric format. */
export interface Counted {
  readonly namespace: string;
  readonly service: string;
  readonly values: Readonly<Record<string, number | readonly number[]>>;
  readonly units: Readonly<Record<string, string>>;
}

interface Line {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [name: string]: unknown;
}

/** Everything that `work` counts, in order; a metric without its value or its dimension is an error. */
export async function metrics(work: () => unknown): Promise<readonly Counted[]> {
  let written = "";
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    written += text;
    return true;
  });
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  return written
    .split("\n")
    .filter((line) => line.includes('"_aws"'))
    .map((text) => {
      const line = JSON.parse(text) as Line;
      const [{ Namespace, Dimensions, Metrics }] = line._aws.CloudWatchMetrics as [
        Line["_aws"]["CloudWatchMetrics"][0],
      ];
      if (Dimensions.flat().join() !== "service") throw new Error(`dimensions ${Dimensions.flat().join()}`);
      const values = Metrics.map(({ Name }) => [Name, line[Name]] as const);
      for (const [name, value] of values) if (value === undefined) throw new Error(`${name} has no value`);
      return {
        namespace: Namespace,
        service: String(line.service),
        values: Object.fromEntries(values) as Counted["values"],
        units: Object.fromEntries(Metrics.map(({ Name, Unit }) => [Name, Unit])),
      };
    });
}
