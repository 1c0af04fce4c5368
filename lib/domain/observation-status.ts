import { OBSERVATIONS, type Observation } from "./observations.ts";

/**
 * What a model may say of an observation. `not-learned`: its training films held no positive or no negative of it, so that
 * its output is that of its first, random weights. `not-claimed`: learned, but tested on too few films to say how well.
 */
export const OBSERVATION_STATUSES = ["learned", "not-claimed", "not-learned"] as const;
export type ObservationStatus = (typeof OBSERVATION_STATUSES)[number];

/** Films with and without an observation; those whose label is masked count for neither. */
export interface ClassCounts {
  readonly positives: number;
  readonly negatives: number;
}

/** Fewer positives or negatives than this among the test films, and a figure is shown but nothing is claimed. */
export const LEAST_FOR_CLAIM = 30;

const smaller = ({ positives, negatives }: ClassCounts): number => Math.min(positives, negatives);

/** Whether a model can learn from such films. */
export const hasBothClasses = (counts: ClassCounts): boolean => smaller(counts) > 0;

/** Why an observation was not learned. */
export function whyNotLearned({ positives, negatives }: ClassCounts): string {
  if (positives + negatives === 0) return "no training film had a label of it";
  return `every training film with a label of it was ${positives === 0 ? "negative" : "positive"}`;
}

/** Whether figures measured on such films may be claimed. */
export const isEnoughForClaim = (counts: ClassCounts): boolean => smaller(counts) >= LEAST_FOR_CLAIM;

/** Of the observations that a mean AUROC is over, how many may be claimed. */
export interface Claims {
  readonly claimed: number;
  /** Observations whose AUROC is defined. */
  readonly measured: number;
}

/** What was tested of an observation. */
export interface Tested {
  readonly rows: number;
  readonly positives: number;
  readonly auroc: number | null;
}

export const mayClaim = ({ rows, positives, auroc }: Tested): boolean =>
  auroc !== null && isEnoughForClaim({ positives, negatives: rows - positives });

/** @param tested each observation */
export const claimsOf = (tested: Readonly<Record<string, Tested>>): Claims => ({
  claimed: Object.values(tested).filter(mayClaim).length,
  measured: Object.values(tested).filter(({ auroc }) => auroc !== null).length,
});

/** "2 of 9 claimed" */
export const claimsText = ({ claimed, measured }: Claims): string => `${claimed} of ${measured} claimed`;

/** @param tested null where it was never evaluated */
export const observationStatus = (isLearned: boolean, tested: ClassCounts | null): ObservationStatus => {
  if (!isLearned) return "not-learned";
  return tested !== null && isEnoughForClaim(tested) ? "learned" : "not-claimed";
};

/** The observations of one status. @param statuses of each observation, in their order */
export const observationsWith = (statuses: readonly ObservationStatus[], status: ObservationStatus): Observation[] =>
  OBSERVATIONS.filter((_, index) => statuses[index] === status);
