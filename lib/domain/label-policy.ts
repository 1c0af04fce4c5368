import type { RawLabel, Target } from "./labels.ts";
import { OBSERVATIONS, type Observation } from "./observations.ts";
import { random } from "./random.ts";

/**
 * What a blank label and an uncertain one (-1) become; NaN is left out of the loss and the metrics, `smooth` is drawn.
 * What nobody labelled is NaN under each of them.
 */
export const POLICIES = {
  uncertain: { ones: 1, zeros: 0, ignore: Number.NaN, smooth: null },
  blank: { zero: 0, ignore: Number.NaN },
} as const;

/** Where `smooth` draws from, uniformly; on one side of 0.5, so that metrics count all draws alike. */
export interface Smoothing {
  readonly from: number;
  readonly to: number;
  /** Another seed gives other draws. */
  readonly seed: number;
}

/** Soft positives, as in Pham et al. 2021 ("Interpreting chest X-rays via CNNs...", U-Ones with label smoothing). */
export const USUAL_SMOOTHING: Smoothing = { from: 0.55, to: 0.85, seed: 1 };

interface Choice {
  readonly uncertain: keyof typeof POLICIES.uncertain;
  readonly blank: keyof typeof POLICIES.blank;
  readonly smoothing?: Smoothing | undefined;
}

/** A choice for all observations and exceptions by name. */
export interface Policy extends Choice {
  /** Of the preset that it is, if any. */
  readonly name?: string | undefined;
  readonly perObservation: {
    readonly [name in Observation]?: { readonly [key in keyof Choice]?: Choice[key] | undefined } | undefined;
  };
}

/** Policies with a name. */
export const POLICY_PRESETS = {
  /** The study's (hborhan/DL-CNN-CheXpert-data). */
  "u-ones": { uncertain: "ones", blank: "zero", perObservation: {} },
  "u-zeros": { uncertain: "zeros", blank: "zero", perObservation: {} },
  "u-ignore": { uncertain: "ignore", blank: "zero", perObservation: {} },
  "u-smooth": { uncertain: "smooth", blank: "zero", smoothing: USUAL_SMOOTHING, perObservation: {} },
  /**
   * For the five observations that the CheXpert paper compares (Irvin et al. 2019, table 3) the one of ones, zeros and
   * ignore whose AUROC was highest; uncertain labels of the other nine, of which it says nothing, are left out. In that
   * table others are best for three of the five, and neither is a choice of targets: U-MultiClass (Cardiomegaly, Pleural
   * Effusion) needs three outputs an observation and a softmax over them, U-SelfTrained (Consolidation) a second
   * training towards what a first model says of the uncertain films.
   */
  "u-best-binary": {
    uncertain: "ignore",
    blank: "zero",
    perObservation: {
      Atelectasis: { uncertain: "ones" },
      Cardiomegaly: { uncertain: "zeros" },
      Consolidation: { uncertain: "ignore" },
      Edema: { uncertain: "ones" },
      "Pleural Effusion": { uncertain: "ones" },
    },
  },
} as const satisfies Readonly<Record<string, Policy>>;

export type PolicyPreset = keyof typeof POLICY_PRESETS;
export const POLICY_NAMES = Object.keys(POLICY_PRESETS) as PolicyPreset[];

/** Names that policies had before, and what they are called now. */
export const RENAMED_POLICIES: ReadonlyMap<string, PolicyPreset> = new Map([["chexpert-best", "u-best-binary"]]);

/** Stands for a blank label, which was looked for and not mentioned, where labels are kept in an Int8Array. */
export const BLANK = -2;

/** Stands there for a label that nobody looked for: its target is NaN under every policy. */
export const NOT_LABELLED = -3;

/** Whether a label says anything of the film. */
export const isLabel = (label: number): boolean => label > BLANK;

/** What holds for one observation, exceptions included. */
export function choiceFor(policy: Policy, name: Observation): Required<Choice> {
  const exception = policy.perObservation[name];
  return {
    uncertain: exception?.uncertain ?? policy.uncertain,
    blank: exception?.blank ?? policy.blank,
    smoothing: exception?.smoothing ?? policy.smoothing ?? USUAL_SMOOTHING,
  };
}

/** Labels that there are, NOT_LABELLED to 1. */
const LABELS = 5;

/** Targets of an observation's labels from NOT_LABELLED over BLANK, -1 and 0 to 1; NaN stands for what is drawn, too. */
const targetTable = (policy: Policy): Float32Array =>
  Float32Array.from(
    OBSERVATIONS.flatMap((name) => {
      const { uncertain, blank } = choiceFor(policy, name);
      return [Number.NaN, POLICIES.blank[blank], POLICIES.uncertain[uncertain] ?? Number.NaN, 0, 1];
    }),
  );

/** What `smooth` draws for a row's label of the observation in column `k`: the same whatever else is drawn. */
const drawn = ({ from, to, seed }: Smoothing, row: number, k: number): number =>
  from + (to - from) * random(seed, "smooth", row, k)();

/** The target of one label of the observation in column `column`; `row` of the manifest. */
export function targetOf(policy: Policy, column: number, label: RawLabel, row = 0): Target {
  const labels = new Int8Array(OBSERVATIONS.length).fill(0);
  labels[column] = label === "NA" ? NOT_LABELLED : (label ?? BLANK);
  return targetsOf(policy, labels, [row])[column]!;
}

/**
 * @param labels rows x 14, each 1, 0, -1, BLANK or NOT_LABELLED
 * @param rows number of each row in the manifest, by which `smooth` draws; 0, 1, ... by default
 * @returns rows x 14
 */
export function targetsOf(policy: Policy, labels: Int8Array, rows?: ArrayLike<number>): Float32Array {
  const count = OBSERVATIONS.length;
  const table = targetTable(policy);
  const targets = new Float32Array(labels.length);
  for (let i = 0; i < labels.length; i += 1) targets[i] = table[LABELS * (i % count) + labels[i]! - NOT_LABELLED]!;
  OBSERVATIONS.forEach((name, k) => {
    const { uncertain, smoothing } = choiceFor(policy, name);
    if (uncertain !== "smooth" || smoothing === undefined) return;
    for (let i = k; i < labels.length; i += count) {
      const place = (i - k) / count;
      if (labels[i] === -1) targets[i] = drawn(smoothing, rows?.[place] ?? place, k);
    }
  });
  return targets;
}

/**
 * Share of positive targets among those that count, by observation; null where none counts.
 * @param targets rows x 14
 * @param rows which of them, again and again where they are repeated; all by default
 * @param times how often each of `rows` counts; once by default
 */
export function prevalenceOf(
  targets: Float32Array,
  rows?: ArrayLike<number>,
  times?: ArrayLike<number>,
): (number | null)[] {
  const count = OBSERVATIONS.length;
  const positive = new Float64Array(count);
  const known = new Float64Array(count);
  const length = rows?.length ?? targets.length / count;
  for (let i = 0; i < length; i += 1) {
    const start = (rows?.[i] ?? i) * count;
    const weight = times?.[i] ?? 1;
    for (let k = 0; k < count; k += 1) {
      const target = targets[start + k]!;
      if (Number.isNaN(target)) continue;
      known[k]! += weight;
      if (target > 0.5) positive[k]! += weight;
    }
  }
  return OBSERVATIONS.map((_, k) => (known[k]! > 0 ? positive[k]! / known[k]! : null));
}
