/**
 * Error rates and power of the promotion gate: `npm run bench -- gate [--simulations N]`, 400 where nothing is said.
 * docs/promotion.md has the table.
 */
import { creep, promotionRate, SCENARIOS } from "./gate/scenarios.ts";
import type { Size } from "./gate/world.ts";
import type { Measurement } from "./measurement.ts";

const SIZES: Readonly<Record<string, Size>> = {
  "80 patients, a film each": { patients: 80, mostFilms: 1 },
  "100 patients, 1 to 10 films": { patients: 100, mostFilms: 10 },
  "400 patients, 1 to 10 films": { patients: 400, mostFilms: 10 },
  "2500 patients, 1 or 2 films": { patients: 2500, mostFilms: 2 },
};

const percent = (share: number): number => Number((100 * share).toFixed(1));

export async function run(args: readonly string[]): Promise<Measurement[]> {
  const simulations = Number(args[args.indexOf("--simulations") + 1] ?? 400) || 400;
  const flags = `${simulations} simulations`;
  return Object.entries(SIZES).flatMap(([subject, size]) => {
    const rates = Object.entries(SCENARIOS).map(([metric, scenario]) => ({
      metric: `promoted: ${metric}`,
      value: percent(promotionRate(scenario, size, simulations)),
      unit: "%",
    }));
    const chains = Math.ceil(simulations / 20);
    const crept = [true, false].flatMap((anchored) => {
      const { promoted, lost } = creep(size, chains, anchored);
      const metric = `25 retrainings, each worse by 0.003, ${anchored ? "with" : "without"} the anchor`;
      return [
        { metric: `${metric}: promoted`, value: Number(promoted.toFixed(1)), unit: "of 25" },
        { metric: `${metric}: mean AUROC lost`, value: Number(lost.toFixed(4)), unit: "AUROC" },
      ];
    });
    return [...rates, ...crept].map((one) => ({ bench: "gate", subject, flags, ...one }));
  });
}
