import { OBSERVATION_COUNT } from "./observations.ts";
import { PARTS, type Part } from "./parts.ts";
import { random } from "./random.ts";
import { recordOf } from "./record-of.ts";

/** Shares of the patients; they add up to 1. */
export type Shares = Readonly<Record<Part, number>>;

declare const part: unique symbol;

/**
 * Rows of one part of a split, ascending. Only `rowsOfParts` makes them, so that a function which takes `TrainRows`
 * (up-sampling, above all) cannot be given rows that were not split before.
 */
export type PartRows<P extends Part> = Uint32Array & { readonly [part]: P };
export type TrainRows = PartRows<"train">;
export type TuningRows = PartRows<"tuning">;
export type CalibrationRows = PartRows<"calibration">;
export type TestRows = PartRows<"test">;

export type Split = { readonly [P in Part]: PartRows<P> };

/** What the hash sees of a patient: number 17 of one source is not number 17 of another. */
export const patientKey = (source: string, patient: string): string => `${source}\n${patient}`;

/**
 * The same wherever the source lies: alone in a data folder or, beside others, in a folder there, whose name its own then
 * begins with. Two hospitals' sources of one name look alike by it: use it where taking one patient for two is the worse
 * mistake.
 */
export const patientAnywhere = (key: string): string => {
  const end = key.indexOf("\n");
  return key.slice(key.lastIndexOf("/", end) + 1);
};

/** The part of a patient. Depends on nothing but its arguments: adding patients or films moves nobody. */
export function partOf(patient: string, salt: string, shares: Shares): Part {
  const draw = random(0, "split", salt, patient)();
  let limit = 0;
  for (const name of PARTS) {
    limit += shares[name];
    if (draw < limit) return name;
  }
  // The shares add up to 1 but for rounding.
  return PARTS.findLast((name) => shares[name] > 0)!;
}

/** Patients whose part is not left to the hash alone. */
export interface Reserved {
  /** The test patients, where they were chosen before: nobody else is tested on. */
  readonly pinned?: ReadonlySet<string> | undefined;
  /** Who is never tested on, pinned or not. */
  readonly untested?: ReadonlySet<string> | undefined;
}

/**
 * The part of each row.
 * @param patients patientKey of each row
 */
export function splitByPatient(
  patients: readonly string[],
  salt: string,
  shares: Shares,
  reserved: Reserved = {},
): Part[] {
  const parts = new Map<string, Part>();
  return patients.map((patient) => {
    const known = parts.get(patient) ?? partBeside(patient, salt, shares, reserved);
    parts.set(patient, known);
    return known;
  });
}

function partBeside(patient: string, salt: string, shares: Shares, { pinned, untested }: Reserved): Part {
  const drawn = partOf(patient, salt, shares);
  const isUntested = untested?.has(patient) ?? false;
  if (!isUntested && pinned === undefined) return drawn;
  if (!isUntested && pinned?.has(patient)) return "test";
  const rest = 1 - shares.test;
  if (drawn !== "test" || rest === 0) return drawn;
  const { train, tuning, calibration } = shares;
  const others = { train: train / rest, tuning: tuning / rest, calibration: calibration / rest, test: 0 };
  return partOf(patient, `${salt}/beside the test set`, others);
}

/** The rows of each part. @param parts the part of each row, null for rows that are left out */
export function rowsOfParts(parts: readonly (Part | null)[]): Split {
  const rows: Record<Part, number[]> = { train: [], tuning: [], calibration: [], test: [] };
  parts.forEach((name, row) => {
    if (name) rows[name].push(row);
  });
  return recordOf(PARTS, (name) => Uint32Array.from(rows[name])) as unknown as Split;
}

/** Draws that are scored: many for few patients, who may split badly; few for many, whose splits are all alike. */
const candidates = (patients: number): number =>
  Math.max(8, Math.min(400, Math.floor(400_000 / Math.max(1, patients))));

/**
 * The salt, of those that the seed names, whose split is the best balanced one: no part empty, then positives and
 * negatives of each observation in each part wherever there are enough patients, then shares and prevalences near to
 * those of the whole.
 * @param patients patientKey of each row
 * @param targets rows x 14, NaN where a label does not count
 */
export function chooseSalt(patients: readonly string[], targets: Float32Array, shares: Shares, seed: number): string {
  const profiles = patientProfiles(patients, targets);
  let best = { salt: `${seed}`, cost: Number.POSITIVE_INFINITY };
  for (let draw = 0; draw < candidates(profiles.names.length); draw += 1) {
    const salt = draw === 0 ? `${seed}` : `${seed}.${draw}`;
    const cost = imbalance(profiles, salt, shares);
    if (cost < best.cost) best = { salt, cost };
  }
  return best.salt;
}

/** Rows, positives and negatives of each observation, summed by patient: 1 + 2 x 14 numbers each. */
const PROFILE = 1 + 2 * OBSERVATION_COUNT;

interface Profiles {
  readonly names: readonly string[];
  /** patients x PROFILE */
  readonly counts: Float64Array;
  readonly total: Float64Array;
}

function patientProfiles(patients: readonly string[], targets: Float32Array): Profiles {
  const indices = new Map<string, number>();
  for (const patient of patients) if (!indices.has(patient)) indices.set(patient, indices.size);
  const counts = new Float64Array(indices.size * PROFILE);
  const total = new Float64Array(PROFILE);
  patients.forEach((patient, row) => {
    const base = indices.get(patient)! * PROFILE;
    const add = (entry: number) => {
      counts[base + entry]! += 1;
      total[entry]! += 1;
    };
    add(0);
    for (let k = 0; k < OBSERVATION_COUNT; k += 1) {
      const target = targets[row * OBSERVATION_COUNT + k]!;
      if (!Number.isNaN(target)) add(target > 0.5 ? 1 + k : 1 + OBSERVATION_COUNT + k);
    }
  });
  return { names: [...indices.keys()], counts, total };
}

/** Cost of what is missing, in units of a part that is off by all it should have. */
const EMPTY_PART = 1e6;
const MISSING_CLASS = 1e2;

function imbalance({ names, counts, total }: Profiles, salt: string, shares: Shares): number {
  const sums: Record<Part, Float64Array> = {
    train: new Float64Array(PROFILE),
    tuning: new Float64Array(PROFILE),
    calibration: new Float64Array(PROFILE),
    test: new Float64Array(PROFILE),
  };
  names.forEach((name, patient) => {
    const sum = sums[partOf(name, salt, shares)];
    for (let e = 0; e < PROFILE; e += 1) sum[e]! += counts[patient * PROFILE + e]!;
  });
  let cost = 0;
  for (const name of PARTS) {
    if (shares[name] === 0) continue;
    if (sums[name][0] === 0) cost += EMPTY_PART;
    for (let e = 0; e < PROFILE; e += 1) {
      const expected = total[e]! * shares[name];
      if (expected === 0) continue;
      if (sums[name][e] === 0) cost += MISSING_CLASS;
      // Chi-square, so that a rare class weighs as much as a common one.
      cost += (sums[name][e]! - expected) ** 2 / expected / PROFILE;
    }
  }
  return cost;
}
