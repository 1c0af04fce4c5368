/**
 * Error rates and power of the promotion gate: `npm run bench -- gate [--simulations N] [--patients N] [--creep]`, 200 of
 * each size where nothing is said; with `--creep` the retrainings alone. docs/promotion.md has the table.
 */
import { parseArgs } from "node:util";
import { creep, promotionRate, SCENARIOS } from "./gate/scenarios.ts";
import type { Size } from "./gate/world.ts";
import type { Measurement } from "./measurement.ts";

const SIZES: readonly Size[] = [
  { patients: 80, mostFilms: 1 },
  { patients: 100, mostFilms: 10 },
  { patients: 400, mostFilms: 10 },
];

/** Simulations for one of 25 retrainings. */
const TO_A_CHAIN = 20;

const percent = (share: number): number => Number((100 * share).toFixed(1));

export async function run(args: readonly string[]): Promise<Measurement[]> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      simulations: { type: "string", default: "200" },
      patients: { type: "string" },
      creep: { type: "boolean" },
    },
  });
  const simulations = Number(values.simulations);
  return SIZES.filter(({ patients }) => values.patients === undefined || patients === Number(values.patients)).flatMap(
    (size) => {
      const rates = Object.entries(values.creep ? {} : SCENARIOS).map(([metric, scenario]) => ({
        metric: `promoted: ${metric}`,
        value: percent(promotionRate(scenario, size, simulations)),
        unit: "%",
      }));
      const crept = [true, false].flatMap((anchored) => {
        const { promoted, lost } = creep(size, Math.ceil(simulations / TO_A_CHAIN), anchored);
        const metric = `25 retrainings, each worse by 0.003, ${anchored ? "with" : "without"} the anchor`;
        return [
          { metric: `${metric}: promoted`, value: Number(promoted.toFixed(1)), unit: "of 25" },
          { metric: `${metric}: mean AUROC lost`, value: Number(lost.toFixed(4)), unit: "AUROC" },
        ];
      });
      const films = size.mostFilms === 1 ? "a film each" : `1 to ${size.mostFilms} films`;
      const subject = `${size.patients} patients, ${films}`;
      return [...rates, ...crept].map((one) => ({
        bench: "gate",
        subject,
        flags: `${simulations} simulations`,
        ...one,
      }));
    },
  );
}
