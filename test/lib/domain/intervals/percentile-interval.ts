import { bootstrapMeanAuroc, type Column, quantile } from "../../../../lib/domain/bootstrap.ts";
import type { Interval } from "../../../../lib/domain/intervals/score-interval.ts";
import type { Numbers } from "../../../../lib/domain/metrics/ranking.ts";

/** Percentile interval (Efron 1979) of an AUROC over resamples of patients: what is to be done better than. */
export function percentileInterval(column: Column, patients: Numbers, rounds: number): Interval | null {
  const [found] = bootstrapMeanAuroc([[column]], patients, rounds, 1);
  const defined = Float64Array.from(found!.filter((value) => value !== null)).sort();
  return defined.length < 0.9 * rounds ? null : [quantile(defined, 0.025), quantile(defined, 0.975)];
}
