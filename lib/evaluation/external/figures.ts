import type { Evaluation, ObservationMetrics } from "../../contracts/evaluation.ts";
import type { ExternalValidation, ValidatedObservation } from "../../contracts/external-validation.ts";
import type { ModelVersion } from "../../contracts/model-version.ts";
import { crossFit, foldsOf } from "../../domain/cross-fit.ts";
import type { Decided } from "../../domain/metrics/averages.ts";
import { meanDefined } from "../../domain/metrics/mean.ts";
import type { Numbers } from "../../domain/metrics/ranking.ts";
import { forEachObservation, OBSERVATIONS, type Observation } from "../../domain/observations.ts";
import { columnsOf, metricsOf } from "../metrics.ts";
import { numberNames, type PredictionTable } from "../prediction-table.ts";
import { studyLevel } from "../study-level.ts";

/** The films that judge a model. */
export interface JudgedFilms extends Pick<PredictionTable, "labels" | "probabilities"> {
  /** As patientKey in lib/domain/split.ts spells them. */
  readonly patients: readonly string[];
  readonly studies: readonly string[];
  /** Of each film whether the service would give it a decision; null where the model has no check. */
  readonly decided: readonly boolean[] | null;
}

export interface FiguresInput {
  readonly table: JudgedFilms;
  readonly judged: readonly Observation[];
  readonly model: Pick<ModelVersion, "thresholds" | "operatingPoint">;
  /** The model's own evaluation, where it is there. */
  readonly internal: Evaluation | undefined;
  /** Another one deals the patients otherwise, to choose thresholds anew. */
  readonly seed: number;
}

/** Every figure of an external validation, from calibrated predictions alone. */
export function externalFigures(
  input: FiguresInput,
): Pick<ExternalValidation, "meanAuroc" | "perObservation" | "studyLevel"> {
  const { table, judged, model, internal, seed } = input;
  const patients = numberNames(table.patients);
  const columns = columnsOf(table, model.thresholds);
  const { perObservation: external, averages } = metricsOf(columns, patients);
  const folds = foldsOf(table.patients, seed);
  const refitted = refit(columns, folds, model.operatingPoint, patients);
  const served = table.decided && metricsOf(among(columns, table.decided), patients).perObservation;
  const perObservation = Object.fromEntries(
    judged.map((name): [Observation, ValidatedObservation] => {
      const k = OBSERVATIONS.indexOf(name);
      const figures = { ...external[name], observedToExpected: observedToExpected(columns[k]!) };
      const decided = served && decisions(served[name]);
      return [name, { external: figures, decided, internal: ownFigures(internal, name), refitted: refitted[k]! }];
    }),
  ) as Partial<Record<Observation, ValidatedObservation>>;
  return {
    meanAuroc: {
      external: averages.macro.auroc,
      externalInterval: averages.macro.aurocInterval,
      common: common(perObservation),
    },
    perObservation,
    studyLevel: studyLevel(
      judged.map((name) => ({ name, ...columns[OBSERVATIONS.indexOf(name)]! })),
      numberNames(table.studies),
      patients,
    ),
  };
}

/** The columns with the labels of all other films masked. */
const among = (columns: readonly Decided[], chosen: readonly boolean[]): Decided[] =>
  columns.map((column) => ({
    ...column,
    labels: Array.from(column.labels, (label, row) => (chosen[row] ? label : Number.NaN)),
  }));

const decisions = ({ rows, positives, precision, confusion, ...of }: ObservationMetrics) => ({
  ...{ rows, positives, recall: of.recall, recallInterval: of.recallInterval },
  ...{ specificity: of.specificity, specificityInterval: of.specificityInterval, precision, confusion },
});

function common(perObservation: Partial<Record<Observation, ValidatedObservation>>) {
  const both = OBSERVATIONS.flatMap((name) => {
    const { external, internal } = perObservation[name] ?? {};
    return external?.auroc == null || internal?.auroc == null
      ? []
      : [{ name, external: external.auroc, internal: internal.auroc }];
  });
  return {
    observations: both.map(({ name }) => name),
    external: meanDefined(both.map((one) => one.external)),
    internal: meanDefined(both.map((one) => one.internal)),
  };
}

/** Decisions of cross-fitted thresholds; a decision of 1 or 0 is a score whose threshold is 0.5. */
function refit(
  columns: readonly Decided[],
  folds: Numbers,
  rule: ModelVersion["operatingPoint"],
  patients: Numbers,
): ValidatedObservation["refitted"][] {
  const fitted = columns.map((column) => crossFit(rule, column, folds));
  const decided = columns.map(({ scores, labels }, k): Decided => {
    const decisions = fitted[k]?.decisions;
    return decisions
      ? { scores: decisions, labels, threshold: 0.5 }
      : { scores, labels: Array.from(labels, () => Number.NaN), threshold: 0.5 };
  });
  const { perObservation } = metricsOf(decided, patients);
  return forEachObservation((name, k) => {
    const found = fitted[k];
    if (!found) return null;
    const { recall, recallInterval, specificity, specificityInterval, precision, f1, confusion } = perObservation[name];
    const figures = { recall, recallInterval, specificity, specificityInterval, precision, f1, confusion };
    return { threshold: found.threshold, foldThresholds: found.foldThresholds, ...figures };
  });
}

function observedToExpected({ scores, labels }: Decided): number | null {
  let [observed, expected] = [0, 0];
  for (let row = 0; row < labels.length; row += 1) {
    if (Number.isNaN(labels[row]!)) continue;
    observed += labels[row]! > 0.5 ? 1 : 0;
    expected += scores[row]!;
  }
  return expected > 0 ? observed / expected : null;
}

function ownFigures(internal: Evaluation | undefined, name: Observation): ValidatedObservation["internal"] {
  if (internal === undefined) return null;
  const own = internal.perObservation[name];
  const bins = internal.reliability[OBSERVATIONS.indexOf(name)]!.after;
  const expected = bins.reduce((sum, { rows, meanProbability }) => sum + rows * meanProbability, 0);
  return { ...comparable(own), observedToExpected: expected > 0 ? own.positives / expected : null };
}

const comparable = ({ rows, positives, auroc, aurocInterval, recall, specificity, ...of }: ObservationMetrics) => ({
  ...{ rows, positives, auroc, aurocInterval, recall, specificity, brier: of.brier },
  calibrationSlope: of.calibrationSlope,
  calibrationIntercept: of.calibrationIntercept,
  expectedCalibrationError: of.expectedCalibrationError,
});
