import type { RawLabel, Target } from "./labels.ts";
import { OBSERVATIONS, type Observation } from "./observations.ts";

/** What an uncertain label (-1) and a blank one become; NaN is left out of the loss and the metrics. */
export const POLICIES = {
  uncertain: { ones: 1, zeros: 0, ignore: Number.NaN },
  blank: { zero: 0, ignore: Number.NaN },
} as const;

interface Choice {
  readonly uncertain: keyof typeof POLICIES.uncertain;
  readonly blank: keyof typeof POLICIES.blank;
}

/** A choice for all observations and exceptions by name. */
export interface Policy extends Choice {
  readonly perObservation: {
    readonly [name in Observation]?: { readonly [key in keyof Choice]?: Choice[key] | undefined } | undefined;
  };
}

/** Stands for a blank label where labels are kept in an Int8Array. */
export const BLANK = -2;

/** 4 targets an observation, for the labels -2 (blank), -1, 0 and 1 in this order: `table[4 * k + label + 2]`. */
export function targetTable(policy: Policy): Float32Array {
  return Float32Array.from(
    OBSERVATIONS.flatMap((name) => {
      const exception = policy.perObservation[name];
      return [
        POLICIES.blank[exception?.blank ?? policy.blank],
        POLICIES.uncertain[exception?.uncertain ?? policy.uncertain],
        0,
        1,
      ];
    }),
  );
}

/** The target of one label of the observation in column `column`. */
export const targetOf = (policy: Policy, column: number, label: RawLabel): Target =>
  targetTable(policy)[4 * column + (label ?? BLANK) - BLANK]!;

/** @param labels rows x 14, each 1, 0, -1 or BLANK. @returns rows x 14 */
export function targetsOf(policy: Policy, labels: Int8Array): Float32Array {
  const table = targetTable(policy);
  const targets = new Float32Array(labels.length);
  for (let i = 0; i < labels.length; i += 1) {
    targets[i] = table[4 * (i % OBSERVATIONS.length) + labels[i]! - BLANK]!;
  }
  return targets;
}

/**
 * Share of positive targets among those that count, by observation; null where none counts.
 * @param targets rows x 14
 * @param rows which of them, again and again where they are repeated; all by default
 */
export function prevalenceOf(targets: Float32Array, rows?: ArrayLike<number>): (number | null)[] {
  const count = OBSERVATIONS.length;
  const positive = new Float64Array(count);
  const known = new Float64Array(count);
  const length = rows?.length ?? targets.length / count;
  for (let i = 0; i < length; i += 1) {
    const start = (rows?.[i] ?? i) * count;
    for (let k = 0; k < count; k += 1) {
      const target = targets[start + k]!;
      if (Number.isNaN(target)) continue;
      known[k]! += 1;
      if (target > 0.5) positive[k]! += 1;
    }
  }
  return OBSERVATIONS.map((_, k) => (known[k]! > 0 ? positive[k]! / known[k]! : null));
}
