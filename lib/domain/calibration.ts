import { fitIsotonic, type Isotonic, interpolate } from "./isotonic.ts";
import { fitLogistic, sigmoid } from "./logistic.ts";
import type { Numbers } from "./metrics/ranking.ts";

/** p = sigmoid(slope x logit + intercept), which keeps the order of the scores (slope > 0). */
export interface Platt {
  readonly kind: "platt";
  readonly slope: number;
  readonly intercept: number;
}
/** The probabilities stay as the network gives them. */
export interface Identity {
  readonly kind: "identity";
  /** Why, where calibration was asked for. */
  readonly reason?: string | undefined;
}
export type { Isotonic } from "./isotonic.ts";
export type CalibrationMap = Identity | Platt | Isotonic;

/** Fewer positives or negatives than this say too little about a slope: the probabilities stay as they are. */
export const LEAST_OF_EACH_CLASS = 10;

/** Fewer than this, and steps follow chance (Niculescu-Mizil and Caruana 2005): Platt's two numbers are fitted instead. */
export const LEAST_FOR_ISOTONIC = 500;

export type CalibrationMethod = "platt" | "isotonic" | "none";

/** The calibrated probability of a network's logit, which unlike its float32 probability never comes to rest at 0 or 1. */
export function calibrate(map: CalibrationMap, logit: number): number {
  switch (map.kind) {
    case "identity":
      return sigmoid(logit);
    case "platt":
      return sigmoid(map.slope * logit + map.intercept);
    case "isotonic":
      return interpolate(map, sigmoid(logit));
  }
}

/** What a network said of the calibration patients' films. */
export interface Uncalibrated {
  readonly logits: Numbers;
  /** 1, 0, NaN masked. */
  readonly labels: Numbers;
  /** Number of each row's patient, from 0. */
  readonly patients: Numbers;
}

/**
 * Fits on the calibration patients: neither copied by up-sampling, which would shift every prevalence, nor used to stop
 * early. Identity, with its reason, where they say too little, or where a map fitted on some of them makes the log loss of
 * the others no smaller: what chance made of few labels would be served as knowledge.
 */
export function fitCalibration(method: CalibrationMethod, { logits, labels, patients }: Uncalibrated): CalibrationMap {
  if (method === "none") return { kind: "identity" };
  const known: Known[] = [];
  for (let row = 0; row < labels.length; row += 1) {
    const positive = labels[row]! > 0.5;
    if (!Number.isNaN(labels[row]!)) known.push({ logit: logits[row]!, positive, patient: patients[row]! });
  }
  const positives = known.filter(({ positive }) => positive).length;
  const rarer = Math.min(positives, known.length - positives);
  if (rarer < LEAST_OF_EACH_CLASS) {
    const reason = `${positives} positive and ${known.length - positives} negative films, expected ${LEAST_OF_EACH_CLASS} of each`;
    return { kind: "identity", reason };
  }
  const fitMap = method === "isotonic" && rarer >= LEAST_FOR_ISOTONIC ? fitIsotonic : fitPlatt;
  const fitted = fitMap(known);
  if (fitted === null) return { kind: "identity", reason: "it would turn the order of the films round" };
  const { before, after } = crossValidated(known, fitMap);
  if (after < before) return fitted;
  const reason = `log loss of patients it was not fitted on ${after.toFixed(4)}, as they were ${before.toFixed(4)}`;
  return { kind: "identity", reason };
}

interface Known {
  readonly logit: number;
  readonly positive: boolean;
  readonly patient: number;
}

type Fit = (known: readonly Known[]) => Platt | Isotonic | null;

const FOLDS = 10;

/**
 * Mean log loss of each fold's rows without a map, and with the one that the other folds' patients give. Against Platt's
 * targets, which are no certainties: otherwise a network that is too sure looks right until its first mistake.
 */
function crossValidated(known: readonly Known[], fitMap: Fit): { readonly before: number; readonly after: number } {
  const target = targets(known);
  const foldOf = folds(known);
  let [before, after] = [0, 0];
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const map = fitMap(known.filter(({ patient }) => foldOf.get(patient) !== fold)) ?? IDENTITY;
    for (const row of known) {
      if (foldOf.get(row.patient) !== fold) continue;
      before += logLoss(IDENTITY, row.logit, target(row));
      after += logLoss(map, row.logit, target(row));
    }
  }
  return { before: before / known.length, after: after / known.length };
}

const IDENTITY: CalibrationMap = { kind: "identity" };

/** Deals patients to the folds, those with a positive film first, so that each fold has its part of them. */
function folds(known: readonly Known[]): Map<number, number> {
  const patients = [...new Set(known.map(({ patient }) => patient))].sort((a, b) => a - b);
  const withPositive = new Set(known.filter(({ positive }) => positive).map(({ patient }) => patient));
  const dealt = [
    ...patients.filter((one) => withPositive.has(one)),
    ...patients.filter((one) => !withPositive.has(one)),
  ];
  return new Map(dealt.map((patient, place) => [patient, place % FOLDS]));
}

/** Of a target in (0, 1), from the logit where there is one: finite however sure the network is. */
function logLoss(map: CalibrationMap, logit: number, target: number): number {
  if (map.kind === "isotonic") {
    const p = calibrate(map, logit);
    return -target * Math.log(p) - (1 - target) * Math.log(1 - p);
  }
  const z = map.kind === "platt" ? map.slope * logit + map.intercept : logit;
  return Math.max(z, 0) - target * z + Math.log1p(Math.exp(-Math.abs(z)));
}

/** (n+ + 1)/(n+ + 2) of a positive and 1/(n- + 2) of a negative (Platt 1999). */
function targets(known: readonly Known[]): (row: Known) => number {
  const positives = known.filter(({ positive }) => positive).length;
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (known.length - positives + 2);
  return ({ positive }) => (positive ? high : low);
}

/** Smoothed targets keep the slope finite where the scores part the classes; null where it would not be above 0. */
function fitPlatt(known: readonly Known[]): Platt | null {
  const line = fitLogistic(
    known.map(({ logit }) => logit),
    known.map(targets(known)),
  );
  return line && line.slope > 0 ? { kind: "platt", ...line } : null;
}
