import type { Observation } from "../observations.ts";
import type { DataKind } from "../provenance.ts";

/** Films that neither model was trained on, answered by both, under one set of labels. */
export interface Exam {
  /** Whose test films. */
  readonly of: "candidate" | "reference";
  /** Number of each film's patient, from 0. */
  readonly patients: Uint32Array;
  /** 14 columns, a value a film; 1, 0, NaN masked. */
  readonly labels: readonly Float64Array[];
  /** Calibrated probabilities, 14 columns. */
  readonly candidate: readonly Float64Array[];
  readonly reference: readonly Float64Array[];
}

/** Films of its own test patients with its calibrated probabilities, 14 columns a value a film. */
export interface OwnTest {
  readonly patients: Uint32Array;
  readonly labels: readonly Float64Array[];
  readonly scores: readonly Float64Array[];
}

interface Contender {
  readonly version: string;
  readonly kind: DataKind;
  /** Trained on patients of its own test set. */
  readonly leaks: boolean;
  /** Observations of which its training films held positives and negatives. */
  readonly learned: readonly Observation[];
  /** Observations with test films enough to claim something. */
  readonly claimed: readonly Observation[];
  /** Served operating points, 14. */
  readonly thresholds: readonly number[];
}

export interface Candidate extends Contender {
  readonly meanAuroc: number | null;
  /** AUROC by observation on its own test films, where it is known and defined. */
  readonly auroc: Readonly<Partial<Record<Observation, number | null>>>;
  /** Null where its own predictions are not there. */
  readonly ownTest: OwnTest | null;
  /** Readers sent every one of its test films. */
  readonly readersOnly: boolean;
  /**
   * Largest difference in AUROC of one observation between two groups of test patients, and what it is at least, corrected
   * for all that were looked at; 0 where none is shown.
   */
  readonly subgroupGap: { readonly gap: number; readonly lower: number } | null;
}

export const ROLES = ["champion", "anchor"] as const;

/** `champion`: in production. `anchor`: the best that was ever promoted, from which many small losses are measured. */
export type Role = (typeof ROLES)[number];

/** A version that the candidate must hold against. */
export interface Reference extends Contender {
  readonly roles: readonly Role[];
  /** Or in one line why none can be held. */
  readonly exams: readonly Exam[] | string;
}
