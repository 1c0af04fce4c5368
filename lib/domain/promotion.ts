import { bootstrapMeanAuroc, quantile } from "./bootstrap.ts";
import { type HeldOutRows, type Pair, pairRows } from "./held-out-rows.ts";
import { auroc } from "./metrics/auroc.ts";
import { meanDefined } from "./metrics/mean.ts";
import type { Observation } from "./observations.ts";

/** Limits that a candidate must keep; lib/contracts/run-config.ts describes each. */
export interface GateRules {
  readonly margin: number;
  readonly confidence: number;
  readonly minMeanAuroc: number;
  readonly minAuroc: Readonly<Partial<Record<Observation, number>>>;
  readonly maxCalibrationError: number;
  readonly maxSubgroupGap: number;
  readonly bootstrap: number;
}

export interface Contender {
  readonly version: string;
  readonly meanAuroc: number | null;
  /** AUROC by observation, where it is known and defined. */
  readonly auroc: Readonly<Partial<Record<Observation, number | null>>>;
  /** Mean expected calibration error over the observations with films enough to tell; null where there is none. */
  readonly calibrationError: number | null;
  /** Largest difference in AUROC between two groups of test patients that are large enough to be compared. */
  readonly subgroupGap: number | null;
  readonly heldOut: HeldOutRows | null;
  /** Of its run: the films on which models of its data are compared. */
  readonly testSet: { readonly version: string; readonly films: ReadonlySet<string> } | null;
}

export interface Check {
  readonly rule: string;
  readonly passed: boolean;
  readonly value: number | null;
  readonly limit: number | null;
  readonly detail: string;
}

export interface Verdict {
  readonly decision: "promote" | "keep";
  readonly checks: readonly Check[];
}

/**
 * Whether a candidate may replace the champion. Floors hold for every candidate, and are all that a first model needs.
 * Against a champion calibration and subgroups must stay inside their limits, and the lower bound of the paired difference in mean AUROC on the same test films must lie above -margin (non-inferiority). Where the two
 * were tested on other films, only their figures can be compared, and the check says so.
 */
export function judge(candidate: Contender, champion: Contender | null, rules: GateRules, seed: number): Verdict {
  const checks = [
    atLeast("mean-auroc", "mean AUROC", candidate.meanAuroc, rules.minMeanAuroc),
    ...Object.entries(rules.minAuroc).map(([name, floor]) =>
      atLeast(`auroc/${name}`, `AUROC of ${name}`, candidate.auroc[name as Observation] ?? null, floor),
    ),
    ...(champion === null ? [] : limits(candidate, rules)),
    against(candidate, champion, rules, seed),
  ];
  return { decision: checks.every(({ passed }) => passed) ? "promote" : "keep", checks };
}

function atLeast(rule: string, figure: string, value: number | null, limit: number): Check {
  const detail =
    value === null
      ? `${figure} on the test patients is not defined: one class is missing`
      : `${figure} on the test patients ${value.toFixed(3)}, expected at least ${limit.toFixed(3)}`;
  return { rule, passed: value !== null && value >= limit, value, limit, detail };
}

const limits = (candidate: Contender, { maxCalibrationError, maxSubgroupGap }: GateRules): Check[] => [
  atMost("calibration", "mean expected calibration error", candidate.calibrationError, maxCalibrationError),
  atMost("subgroup-gap", "largest gap in AUROC between subgroups", candidate.subgroupGap, maxSubgroupGap),
];

/** What cannot be judged for want of films is no fault of the model. */
function atMost(rule: string, figure: string, value: number | null, limit: number): Check {
  const detail =
    value === null
      ? `${figure} of the test patients is not defined: too few films of both classes`
      : `${figure} of the test patients ${value.toFixed(3)}, expected at most ${limit.toFixed(3)}`;
  return { rule, passed: value === null || value <= limit, value, limit, detail };
}

function against(candidate: Contender, champion: Contender | null, rules: GateRules, seed: number): Check {
  if (champion === null) {
    const detail = "there is no champion to compare with: the floors alone decide";
    return { rule: "champion", passed: true, value: null, limit: null, detail };
  }
  const pair = pairRows(candidate.heldOut, champion.heldOut, candidate.testSet?.films ?? null);
  return typeof pair === "string"
    ? figuresDiffer(candidate, champion, rules, pair)
    : pairedDifference(pair, candidate, champion, rules, seed);
}

function figuresDiffer(candidate: Contender, champion: Contender, rules: GateRules, why: string): Check {
  const value = difference(candidate, champion);
  const limit = -rules.margin;
  const figure = `difference of the two mean AUROCs ${signed(value)}`;
  const detail = `against ${champion.version}: ${figure}; not a paired comparison, because ${why}`;
  return { rule: "champion-figures", passed: value !== null && value > limit, value, limit, detail };
}

/** Share of resampled rounds in which the difference must be defined for its bound to be trusted. */
const LEAST_DEFINED = 0.9;

/** With fewer patients, resampling them draws nearly the same set again and again, and its bounds mean nothing. */
const LEAST_PATIENTS = 10;

function pairedDifference(
  pair: Pair,
  candidate: Contender,
  champion: Contender,
  rules: GateRules,
  seed: number,
): Check {
  const rule = "champion-paired";
  const limit = -rules.margin;
  const columnsOf = (scores: readonly Float64Array[]) =>
    pair.labels.map((labels, i) => ({ labels, scores: scores[i]! }));
  const [ours, theirs] = bootstrapMeanAuroc(
    [columnsOf(pair.candidate), columnsOf(pair.champion)],
    pair.patients,
    rules.bootstrap,
    seed,
  );
  const differences = ours!.flatMap((mean, round) => {
    const other = theirs![round] ?? null;
    return mean === null || other === null ? [] : [mean - other];
  });
  const set = candidate.testSet === null ? "" : ` (test set ${candidate.testSet.version})`;
  const tested = `against ${champion.version} on the same ${pair.patients.length} films of ${pair.patientCount} patients${set}`;
  if (pair.patientCount < LEAST_PATIENTS || differences.length < LEAST_DEFINED * rules.bootstrap) {
    const detail = `${tested}: too few patients of both classes to resample`;
    return { rule, passed: false, value: null, limit, detail };
  }
  const sorted = Float64Array.from(differences).sort();
  const value = quantile(sorted, 1 - rules.confidence);
  const level = `${Math.round(rules.confidence * 100)} %`;
  const detail = `${tested}: difference in mean AUROC ${signed(meanAuroc(pair.labels, pair.candidate) - meanAuroc(pair.labels, pair.champion))}, lower ${level} bound ${signed(value)} over ${rules.bootstrap} resamplings of patients, expected above ${signed(limit)}`;
  return { rule, passed: value > limit, value, limit, detail };
}

/** Where the bootstrap is defined, so is this. */
const meanAuroc = (labels: readonly Float64Array[], scores: readonly Float64Array[]): number =>
  meanDefined(labels.map((of, i) => auroc(scores[i]!, of))) ?? Number.NaN;

const difference = (a: Contender, b: Contender): number | null =>
  a.meanAuroc === null || b.meanAuroc === null ? null : a.meanAuroc - b.meanAuroc;

const signed = (value: number | null): string =>
  value === null ? "not defined" : `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(4)}`;
