import { normalQuantile } from "../../lib/domain/intervals/quantiles.ts";
import { sigmoid } from "../../lib/domain/logistic.ts";
import { auroc } from "../../lib/domain/metrics/auroc.ts";
import { meanDefined } from "../../lib/domain/metrics/mean.ts";
import { forEachObservation, OBSERVATIONS } from "../../lib/domain/observations.ts";
import type { Candidate, Exam, Reference } from "../../lib/domain/promotion.ts";
import { normal, type Random, random } from "../../lib/domain/random.ts";
import { recordOf } from "../../lib/domain/record-of.ts";

/** How many patients an exam has and how many films each, from 1, few more often than many. */
export interface Size {
  readonly patients: number;
  readonly mostFilms: number;
}

/** Films of patients with their labels, and what all models see alike in them. */
export interface World {
  readonly patients: Uint32Array;
  readonly labels: readonly Float64Array[];
  readonly shared: readonly Float64Array[];
  readonly seed: number;
}

/** What is true of a model, by observation: its AUROC, its sensitivity where it is served, and its probabilities. */
export interface Truth {
  readonly auroc: readonly number[];
  readonly sensitivity: readonly number[];
  /** From a calibrated probability to what it answers. */
  readonly answers?: (probability: number) => number;
}

/** About CheXpert's, with uncertain labels masked. */
const PREVALENCE = [0.1, 0.05, 0.12, 0.5, 0.04, 0.25, 0.07, 0.03, 0.15, 0.09, 0.4, 0.02, 0.04, 0.5] as const;
const AUROC = [0.85, 0.72, 0.85, 0.75, 0.75, 0.85, 0.74, 0.75, 0.72, 0.9, 0.9, 0.8, 0.76, 0.9] as const;

export const REFERENCE: Truth = { auroc: AUROC, sensitivity: AUROC.map(() => 0.8) };

/** The reference with other AUROCs. */
export const changed = (by: (index: number) => number, from: Truth = REFERENCE): Truth => ({
  ...from,
  auroc: from.auroc.map((value, i) => value + by(i)),
});

/** Parts of the variance. Labels of one film, and of one patient, are alike; so are errors. */
const LABEL = { film: 0.2, patient: 0.5 } as const;
const ERROR = { patient: 0.5 } as const;
/** Part of the errors that two models have in common: trained apart, or one network on nearly the same films again. */
const APART = 0.8;
export const RETRAINED = 0.99;
const MASKED = 0.05;
/** Labels that readers corrected after the models were trained; both models go by what is on the film. */
const CORRECTED = 0.02;

/** Unit variance: one part common, the rest its own. */
const mixed = (part: number, common: number, own: number): number =>
  Math.sqrt(part) * common + Math.sqrt(1 - part) * own;

export function world({ patients, mostFilms }: Size, seed: number): World {
  const next = random(seed, "world", patients, mostFilms);
  const films = Array.from({ length: patients }, () => 1 + Math.floor(next() ** 2 * mostFilms));
  const numbers = Uint32Array.from(films.flatMap((count, patient) => new Array<number>(count).fill(patient)));
  const common = Float64Array.from(numbers, () => normal(next));
  return {
    patients: numbers,
    labels: forEachObservation((_, i) => {
      const cut = normalQuantile(1 - PREVALENCE[i]!);
      const ofPatient = draws(patients, next);
      return Float64Array.from(numbers, (patient, film) => {
        const own = mixed(LABEL.patient, ofPatient[patient]!, normal(next));
        return Number(mixed(LABEL.film, common[film]!, own) > cut);
      });
    }),
    shared: forEachObservation(() => errors(numbers, patients, next)),
    seed,
  };
}

const draws = (count: number, next: Random): Float64Array => Float64Array.from({ length: count }, () => normal(next));

function errors(numbers: Uint32Array, patients: number, next: Random): Float64Array {
  const ofPatient = draws(patients, next);
  return Float64Array.from(numbers, (patient) => mixed(ERROR.patient, ofPatient[patient]!, normal(next)));
}

/** A model's calibrated probabilities of a world's films and its operating points. */
export interface Answers {
  readonly scores: readonly Float64Array[];
  readonly thresholds: readonly number[];
}

/** Binormal scores: AUROC = Phi(d / sqrt 2), and d x score - d^2 / 2 is the logarithm of the likelihood ratio. */
export function answers(
  { patients, labels, shared, seed }: World,
  truth: Truth,
  model: string,
  alike = APART,
): Answers {
  const next = random(seed, "model", model);
  const count = patients.at(-1)! + 1;
  const models = forEachObservation((_, i) => {
    const distance = Math.SQRT2 * normalQuantile(truth.auroc[i]!);
    const own = errors(patients, count, next);
    const odds = Math.log(PREVALENCE[i]! / (1 - PREVALENCE[i]!));
    const probability = (score: number): number => {
      const p = sigmoid(distance * score - distance ** 2 / 2 + odds);
      return truth.answers?.(p) ?? p;
    };
    return {
      scores: labels[i]!.map((label, film) =>
        probability(distance * label + mixed(alike, shared[i]![film]!, own[film]!)),
      ),
      threshold: probability(distance + normalQuantile(1 - truth.sensitivity[i]!)),
    };
  });
  return { scores: models.map(({ scores }) => scores), thresholds: models.map(({ threshold }) => threshold) };
}

/** Labels as the exam has them: some masked, some corrected. What is on the film stays what both models saw. */
export function examLabels({ labels, seed }: World): Float64Array[] {
  const next = random(seed, "labels");
  return labels.map((column) =>
    column.map((label) => {
      const draw = next();
      return draw < MASKED ? Number.NaN : draw < MASKED + CORRECTED ? 1 - label : label;
    }),
  );
}

/** Part of the films that were the reference's test films too: those of the first patients. */
const OLD_SHARE = 2 / 3;

/** Two versions and what the evaluator would hand to the gate. */
export function contest(
  of: World,
  labels: readonly Float64Array[],
  ours: Answers,
  theirs: Answers,
): { candidate: Candidate; reference: Reference } {
  const claimed = OBSERVATIONS.filter((_, i) => Math.min(count(labels[i]!, 1), count(labels[i]!, 0)) >= 30);
  const values = labels.map((column, i) => auroc(ours.scores[i]!, column));
  const shared = { learned: OBSERVATIONS, kind: "films", leaks: false, claimed } as const;
  const full: Exam = {
    of: "candidate",
    patients: of.patients,
    labels,
    candidate: ours.scores,
    reference: theirs.scores,
  };
  const films = of.patients.findIndex((patient) => patient >= OLD_SHARE * (of.patients.at(-1)! + 1));
  const old = (columns: readonly Float64Array[]): Float64Array[] => columns.map((column) => column.slice(0, films));
  const pinned: Exam = {
    of: "reference",
    patients: of.patients.slice(0, films),
    labels: old(labels),
    candidate: old(ours.scores),
    reference: old(theirs.scores),
  };
  return {
    candidate: {
      ...shared,
      version: "candidate",
      thresholds: ours.thresholds,
      meanAuroc: meanDefined(values),
      auroc: recordOf(OBSERVATIONS, (_, i) => values[i]!),
      ownTest: { patients: of.patients, labels, scores: ours.scores },
      readersOnly: false,
      subgroupGap: null,
    },
    reference: {
      ...shared,
      version: "reference",
      thresholds: theirs.thresholds,
      roles: ["champion", "anchor"],
      exams: [full, pinned],
    },
  };
}

const count = (column: Float64Array, label: number): number => column.filter((one) => one === label).length;
