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
    plannedPrevalence: prevalenceOf(targets, positions),
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

function knownMask(targets: Float32Array, row: number): number {
  let mask = 0;
  for (let k = 0; k < OBSERVATION_COUNT; k += 1) {
    if (!Number.isNaN(targets[row * OBSERVATION_COUNT + k]!)) mask |= 1 << k;
  }
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
 * is below the target or may have more. Rows with the same labels are counted together, so that the cost does not
 * grow with the data set.
 */
function factorsToward(
  rows: TrainRows,
  targets: Float32Array,
  { targetPrevalence, maxFactor }: { readonly targetPrevalence: number; readonly maxFactor: number },
): number[] {
  const groups = new Map<number, { positive: number; known: number; rows: number }>();
  for (const row of rows) {
    const positive = positiveMask(targets, row);
    const known = knownMask(targets, row);
    const key = positive * (1 << OBSERVATION_COUNT) + known;
    const group = groups.get(key);
    if (group) group.rows += 1;
    else groups.set(key, { positive, known, rows: 1 });
  }
  const factors = forEachObservation(() => 0);
  for (;;) {
    const positive = new Float64Array(OBSERVATION_COUNT);
    const known = new Float64Array(OBSERVATION_COUNT);
    for (const group of groups.values()) {
      const weight = group.rows * largestFactor(group.positive, factors);
      for (let k = 0; k < OBSERVATION_COUNT; k += 1) {
        if (group.positive & (1 << k)) positive[k]! += weight;
        if (group.known & (1 << k)) known[k]! += weight;
      }
    }
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
  }
}
