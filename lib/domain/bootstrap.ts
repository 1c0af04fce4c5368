import { meanDefined } from "./metrics/mean.ts";
import type { Numbers } from "./metrics/ranking.ts";
import { random } from "./random.ts";
import { type Presorted, presort, type ResampledFigures, resampled } from "./resampled-figures.ts";

/** Scores and labels (1, 0, NaN masked) of one observation. */
export interface Column {
  readonly scores: Numbers;
  readonly labels: Numbers;
  /** Operating point of its decisions. */
  readonly threshold?: number;
}

/** How often each patient was drawn, round after round: as many draws with replacement as there are patients. */
function* draws(patients: Numbers, rounds: number, seed: number): Generator<Uint32Array> {
  const count = highest(patients) + 1;
  const next = random(seed, "bootstrap");
  const times = new Uint32Array(count);
  for (let round = 0; round < rounds; round += 1) {
    times.fill(0);
    for (let draw = 0; draw < count; draw += 1) times[Math.floor(next() * count)]! += 1;
    yield times;
  }
}

/** Figures of each observation in each round; null where a round does not define one. */
export type FigureRounds = { readonly [figure in keyof ResampledFigures]: (number | null)[] };

/**
 * Figures of every observation under resampling of patients with replacement: a patient's films come and go together
 * (cluster bootstrap). Scores are sorted once; a round only counts them again, so its cost is linear in rows.
 * @param patients number of each row's patient, from 0
 */
export function bootstrap(
  columns: readonly Column[],
  patients: Numbers,
  rounds: number,
  seed: number,
): readonly FigureRounds[] {
  const presorted = columns.map((column) => presort(column, patients));
  const found = columns.map(
    (): FigureRounds => ({ auroc: [], averagePrecision: [], f1: [], precision: [], recall: [], specificity: [] }),
  );
  for (const times of draws(patients, rounds, seed)) {
    presorted.forEach((column, i) => {
      const figures = resampled(column, times);
      for (const figure of FIGURES) found[i]![figure].push(figures[figure]);
    });
  }
  return found;
}

const FIGURES = [
  "auroc",
  "averagePrecision",
  "f1",
  "precision",
  "recall",
  "specificity",
] as const satisfies readonly (keyof ResampledFigures)[];

/** Mean AUROC over the observations in each round, of several models on the same films and the same draws. */
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
      found[model]!.push(meanDefined(columns.map((column) => resampled(column, times).auroc)));
    });
  }
  return found;
}

/** Share of rounds in which a figure must be defined for its interval to be given. */
const LEAST_DEFINED = 0.9;

/** Percentile interval (Efron 1979) over the rounds that are defined; null where too few are. */
export function percentileInterval(rounds: readonly (number | null)[], confidence = 0.95): [number, number] | null {
  const defined = Float64Array.from(rounds.filter((value) => value !== null)).sort();
  if (defined.length === 0 || defined.length < LEAST_DEFINED * rounds.length) return null;
  const tail = (1 - confidence) / 2;
  return [quantile(defined, tail), quantile(defined, 1 - tail)];
}

/** Quantile of sorted values, interpolated linearly between the two nearest. */
export function quantile(sorted: Numbers, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

function highest(values: Numbers): number {
  let most = -1;
  for (let i = 0; i < values.length; i += 1) most = Math.max(most, values[i]!);
  return most;
}
