import { parseArgs } from "node:util";
import { isShown } from "../lib/domain/subgroups.ts";
import { type Measurement, median } from "./measurement.ts";
import { audit, type Population } from "./subgroups/population.ts";

/** How much worse the two classes are told apart for women in one observation, and better in another: AUROC by 0.16. */
const PLANTED = 0.8;
const [WORSE, BETTER] = [3, 5];

/** How often a gap is shown where there is none, how often two opposite ones are both found and named, and the time. */
export async function run(args: readonly string[]): Promise<Measurement[]> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      patients: { type: "string", default: "1000" },
      observations: { type: "string", default: "14" },
      within: { type: "string", default: "0.5" },
      simulations: { type: "string", default: "200" },
      planted: { type: "boolean", default: false },
    },
  });
  const population: Population = {
    patients: Number(values.patients),
    observations: Number(values.observations),
    withinPatient: Number(values.within),
    unfairness: values.planted
      ? Array.from({ length: BETTER + 1 }, (_, i) => (i === WORSE ? PLANTED : i === BETTER ? -PLANTED : 0))
      : [],
  };
  const seconds: number[] = [];
  const found = Array.from({ length: Number(values.simulations) }, (_, seed) => {
    const started = performance.now();
    const { gaps } = audit(population, seed).gaps;
    seconds.push((performance.now() - started) / 1000);
    return gaps.filter(isShown);
  });
  const share = (of: (shown: (typeof found)[number]) => boolean): number => found.filter(of).length / found.length;
  const flags = `patients=${values.patients} observations=${values.observations} within=${values.within} planted=${values.planted} simulations=${found.length}`;
  const named = (shown: (typeof found)[number], column: number, higher: string): boolean =>
    shown.some((gap) => gap.figure === "auroc" && gap.axis === "sex" && gap.column === column && gap.higher === higher);
  const both = share((shown) => named(shown, WORSE, "Male") && named(shown, BETTER, "Female"));
  return [
    {
      bench: "subgroups",
      subject: "audit",
      metric: "a gap is shown",
      unit: "share",
      value: share((shown) => shown.length > 0),
      flags,
    },
    ...(values.planted
      ? [
          {
            bench: "subgroups",
            subject: "audit",
            metric: "both planted gaps are named",
            unit: "share",
            value: both,
            flags,
          },
        ]
      : []),
    {
      bench: "subgroups",
      subject: "audit",
      metric: "time",
      unit: "s",
      value: Number(median(seconds).toPrecision(3)),
      flags,
    },
  ];
}
