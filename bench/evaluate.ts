import { parseArgs } from "node:util";
import { OBSERVATION_COUNT } from "../lib/domain/observations.ts";
import { random } from "../lib/domain/random.ts";
import { metricsOf } from "../lib/evaluation/metrics.ts";
import { type Measurement, median } from "./measurement.ts";

/** Figures of an evaluation with all their intervals, one film to five of each patient. */
export async function run(args: readonly string[]): Promise<Measurement[]> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      films: { type: "string", default: "20000" },
      rounds: { type: "string", default: "5" },
    },
  });
  const table = drawTable(Number(values.films));
  const tables = Array.from({ length: OBSERVATION_COUNT }, () => ({ ...table, threshold: 0.6 }));
  const seconds = Array.from({ length: Number(values.rounds) }, () => {
    const started = performance.now();
    metricsOf(tables, table.patient);
    return (performance.now() - started) / 1000;
  });
  return [
    {
      ...{ bench: "evaluate", subject: "figures and intervals", metric: "time", unit: "s" },
      value: Number(median(seconds).toPrecision(3)),
      flags: `films=${values.films} observations=${OBSERVATION_COUNT} rounds=${values.rounds}`,
    },
  ];
}

/** Scores on a grid, so that ties occur; a tenth of the labels are blank. */
function drawTable(films: number) {
  const next = random(9, "films");
  const patient: number[] = [];
  for (let one = 0; patient.length < films; one += 1) {
    const own = Math.min(1 + Math.floor(next() * 5), films - patient.length);
    patient.push(...new Array<number>(own).fill(one));
  }
  const labels = patient.map(() => (next() < 0.1 ? Number.NaN : Number(next() < 0.3)));
  const scores = labels.map((label) => Math.round((Number(label === 1) * 0.3 + next()) * 50) / 50);
  return { patient, labels, scores };
}
