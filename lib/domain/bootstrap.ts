import { patientCount } from "./intervals/clusters.ts";
import { meanDefined } from "./metrics/mean.ts";
import type { Numbers } from "./metrics/ranking.ts";
import { random } from "./random.ts";
import { type Presorted, presort, resampledAuroc } from "./resampled-auroc.ts";

/** Scores and labels (1, 0, NaN masked) of one observation. */
export interface Column {
  readonly scores: Numbers;
  readonly labels: Numbers;
}

/** How often each patient was drawn, round after round: as many draws with replacement as there are patients. */
function* draws(patients: Numbers, rounds: number, seed: number): Generator<Uint32Array> {
  const count = patientCount(patients);
  const next = random(seed, "bootstrap");
  const times = new Uint32Array(count);
  for (let round = 0; round < rounds; round += 1) {
    times.fill(0);
    for (let draw = 0; draw < count; draw += 1) times[Math.floor(next() * count)]! += 1;
    yield times;
  }
}

/**
 * Mean AUROC over the observations in each round, of several models on the same films and the same draws, under resampling
 * of patients with replacement: a patient's films come and go together (cluster bootstrap). Null where a round defines no
 * observation. Scores are sorted once; a round only counts them again, so its cost is linear in rows.
 * @param patients number of each row's patient, from 0
 */
export function bootstrapMeanAuroc(
  models: readonly (readonly Column[])[],
  patients: Numbers,
  rounds: number,
  seed: number,
): (number | null)[][] {
  const presorted: Presorted[][] = models.map((columns) => columns.map((column) => presort(column, patients)));
  const found = models.map((): (number | null)[] => []);
  for (const times of draws(patients, rounds, seed)) {
    presorted.forEach((columns, model) => {
      found[model]!.push(meanDefined(columns.map((column) => resampledAuroc(column, times))));
    });
  }
  return found;
}

/** Quantile of sorted values, interpolated linearly between the two nearest. */
export function quantile(sorted: Numbers, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}
