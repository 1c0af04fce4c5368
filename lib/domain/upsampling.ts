import { prevalenceOf } from "./label-policy.ts";
import { forEachObservation, OBSERVATION_COUNT, type Observation } from "./observations.ts";
import { random, shuffle } from "./random.ts";
import type { TrainRows } from "./split.ts";

/** Which rows an epoch repeats; see Upsampling in lib/contracts/run-config.ts. */
export type UpsamplingRule =
  | { readonly kind: "none" }
  | { readonly kind: "published" }
  | { readonly kind: "table"; readonly factors: { readonly [name in Observation]?: number | undefined } }
  | { readonly kind: "auto"; readonly targetPrevalence: number; readonly maxFactor: number };

/**
 * The study's factors (hborhan/DL-CNN-CheXpert-data, run R3). Its rule: for each observation in turn, `factor` copies
 * of each positive row are appended to an empty list. So a row positive for several observations stands there for each
 * of them, and one without a positive does not stand there at all.
 */
export const PUBLISHED_FACTORS: readonly number[] = forEachObservation(
  (name) =>
    ({
      "No Finding": 4,
      "Lung Lesion": 9,
      "Pleural Other": 10,
      Fracture: 8,
      "Lung Opacity": 0,
      "Pleural Effusion": 0,
      "Support Devices": 0,
    })[name as string] ?? 1,
);

export interface EpochPlan {
  /** Rows of one epoch, shuffled; the same row may stand there many times. */
  readonly positions: Uint32Array;
  /** Copies by observation: all there are under `published`, those beyond the row itself otherwise. */
  readonly factors: readonly number[];
  readonly rowsBefore: number;
  readonly naturalPrevalence: readonly (number | null)[];
  readonly plannedPrevalence: readonly (number | null)[];
}

/**
 * Index arithmetic only; pixels are never copied.
 *
 * Under `table` and `auto` each row stands once, and is repeated as often as the largest factor among its positive
 * observations says, not their sum: a film with three rare findings is no three times as rare.
 * @param targets rows of all parts x 14; NaN counts neither as positive nor as negative
 */
export function upsample(rows: TrainRows, targets: Float32Array, rule: UpsamplingRule, seed: number): EpochPlan {
  const factors = factorsOf(rows, targets, rule);
  const combine = rule.kind === "published" ? sumOfFactors : largestFactor;
  const copies = new Uint32Array(rows.length);
  let total = 0;
  rows.forEach((row, i) => {
    copies[i] = combine(positiveMask(targets, row), factors);
    total += copies[i]!;
  });
  const positions = new Uint32Array(total);
  let end = 0;
  rows.forEach((row, i) => {
    positions.fill(row, end, end + copies[i]!);
    end += copies[i]!;
  });
  return {
    positions: shuffle(positions, random(seed, "upsampling")),
    factors,
    rowsBefore: rows.length,
    naturalPrevalence: prevalenceOf(targets, rows),
    plannedPrevalence: prevalenceOf(targets, rows, copies),
  };
}

function factorsOf(rows: TrainRows, targets: Float32Array, rule: UpsamplingRule): readonly number[] {
  switch (rule.kind) {
    case "none":
      return forEachObservation(() => 0);
    case "published":
      return PUBLISHED_FACTORS;
    case "table":
      return forEachObservation((name) => rule.factors[name] ?? 0);
    case "auto":
      return factorsToward(rows, targets, rule);
  }
}

/** Bit k is set where observation k is positive. */
function positiveMask(targets: Float32Array, row: number): number {
  let mask = 0;
  for (let k = 0; k < OBSERVATION_COUNT; k += 1) if (targets[row * OBSERVATION_COUNT + k]! > 0.5) mask |= 1 << k;
  return mask;
}

function sumOfFactors(mask: number, factors: readonly number[]): number {
  let sum = 0;
  for (let k = 0; k < OBSERVATION_COUNT; k += 1) if (mask & (1 << k)) sum += factors[k]!;
  return sum;
}

function largestFactor(mask: number, factors: readonly number[]): number {
  let largest = 0;
  for (let k = 0; k < OBSERVATION_COUNT; k += 1) if (mask & (1 << k)) largest = Math.max(largest, factors[k]!);
  return 1 + largest;
}

/**
 * The smallest factors found that bring each observation to the target: the rarest one gets one copy more, until none
 * is below the target or may have more. Rows with the same positives are counted together and each step changes what it
 * changes only, so that the cost of the steps does not grow with the data set.
 */
function factorsToward(
  rows: TrainRows,
  targets: Float32Array,
  { targetPrevalence, maxFactor }: { readonly targetPrevalence: number; readonly maxFactor: number },
): number[] {
  const groups = groupByPositives(rows, targets);
  const factors = forEachObservation(() => 0);
  const positive = new Float64Array(OBSERVATION_COUNT);
  const known = new Float64Array(OBSERVATION_COUNT);
  const add = (group: Group, copies: number) => {
    for (let k = 0; k < OBSERVATION_COUNT; k += 1) {
      if (group.mask & (1 << k)) positive[k]! += copies * group.rows;
      known[k]! += copies * group.known[k]!;
    }
  };
  for (const group of groups) add(group, 1);
  for (;;) {
    let rarest = -1;
    let lowest = targetPrevalence;
    for (let k = 0; k < OBSERVATION_COUNT; k += 1) {
      const prevalence = positive[k]! / known[k]!;
      if (positive[k]! > 0 && factors[k]! < maxFactor && prevalence < lowest) {
        rarest = k;
        lowest = prevalence;
      }
    }
    if (rarest < 0) return factors;
    factors[rarest]! += 1;
    for (const group of groups) {
      const more = factors[rarest]! - group.copies;
      if (more <= 0 || !(group.mask & (1 << rarest))) continue;
      group.copies += more;
      add(group, more);
    }
  }
}

/** Rows whose positive observations are the same. */
interface Group {
  readonly mask: number;
  rows: number;
  /** Of these the rows whose label counts, by observation. */
  readonly known: Float64Array;
  /** The largest factor among its observations. */
  copies: number;
}

function groupByPositives(rows: TrainRows, targets: Float32Array): Group[] {
  const groups = new Map<number, Group>();
  for (const row of rows) {
    const mask = positiveMask(targets, row);
    let group = groups.get(mask);
    if (group === undefined) {
      group = { mask, rows: 0, known: new Float64Array(OBSERVATION_COUNT), copies: 0 };
      groups.set(mask, group);
    }
    group.rows += 1;
    for (let k = 0; k < OBSERVATION_COUNT; k += 1) {
      if (!Number.isNaN(targets[row * OBSERVATION_COUNT + k]!)) group.known[k]! += 1;
    }
  }
  return [...groups.values()];
}

/**
 * What a row that is added for one observation does to the others: of the rows positive for it, the share positive for
 * each among those where it counts, 14 x 14; null where it counts in none.
 * @param rows which rows; all by default
 */
export function alsoPositive(targets: Float32Array, rows?: ArrayLike<number>): (number | null)[][] {
  const counts = new Float64Array(OBSERVATION_COUNT ** 2);
  const known = new Float64Array(OBSERVATION_COUNT ** 2);
  const length = rows?.length ?? targets.length / OBSERVATION_COUNT;
  for (let i = 0; i < length; i += 1) {
    const row = rows?.[i] ?? i;
    const mask = positiveMask(targets, row);
    for (let k = 0; k < OBSERVATION_COUNT; k += 1) {
      if (!(mask & (1 << k))) continue;
      for (let other = 0; other < OBSERVATION_COUNT; other += 1) {
        if (Number.isNaN(targets[row * OBSERVATION_COUNT + other]!)) continue;
        known[k * OBSERVATION_COUNT + other]! += 1;
        if (mask & (1 << other)) counts[k * OBSERVATION_COUNT + other]! += 1;
      }
    }
  }
  return forEachObservation((_, k) =>
    forEachObservation((__, other) => {
      const pair = k * OBSERVATION_COUNT + other;
      return known[pair] === 0 ? null : counts[pair]! / known[pair]!;
    }),
  );
}
