import type { Evaluation, Localisation, ObservationMetrics } from "../contracts/evaluation.ts";
import { bootstrapAuroc, percentileInterval } from "../domain/bootstrap.ts";
import { aurocOf } from "../domain/metrics/auroc.ts";
import { averagePrecisionOf } from "../domain/metrics/average-precision.ts";
import { brier } from "../domain/metrics/brier.ts";
import { accuracy, confusion, f1, precision, recall, specificity } from "../domain/metrics/confusion.ts";
import { precisionRecallCurve, rocCurve } from "../domain/metrics/curves.ts";
import { meanDefined } from "../domain/metrics/mean.ts";
import { rank } from "../domain/metrics/ranking.ts";
import { forEachObservation, OBSERVATIONS, type Observation } from "../domain/observations.ts";
import { column, countPatients, type PredictionTable } from "./prediction-table.ts";

/** Steps of the operating curve, from 0 to 1. */
const OPERATING_STEPS = 50;

export interface FiguresInput {
  readonly run: string;
  readonly protocol: string;
  /** Calibrated probabilities of the test patients. */
  readonly test: PredictionTable;
  readonly thresholds: readonly number[];
  readonly leakage: Evaluation["leakage"];
  readonly bootstrap: { readonly rounds: number; readonly seed: number };
  readonly localisation: LocalisationFigures;
}

export interface LocalisationFigures {
  readonly perObservation: Localisation[];
  readonly hitRate: number | null;
  readonly centreHitRate: number | null;
  readonly untrainedHitRate: number | null;
}

/** Every figure of the evaluation, from predictions alone; the model's version is known only once it is published. */
export function evaluationFigures(input: FiguresInput): Omit<Evaluation, "model"> {
  const { test, thresholds, bootstrap, localisation } = input;
  const columns = forEachObservation((_, i) => ({
    scores: column(test.probabilities, i),
    labels: column(test.labels, i),
  }));
  const rankings = columns.map(({ scores, labels }) => rank(scores, labels));
  const aurocs = rankings.map(aurocOf);
  const rounds = bootstrapAuroc(columns, test.patients, bootstrap.rounds, bootstrap.seed);
  const steps = Array.from({ length: OPERATING_STEPS + 1 }, (_, i) => i / OPERATING_STEPS);
  const atSteps = columns.map(({ scores, labels }) => steps.map((step) => confusion(scores, labels, step)));

  const perObservation = forEachObservation((_, i): ObservationMetrics => {
    const { scores, labels } = columns[i]!;
    const { positives, negatives } = rankings[i]!;
    const rows = positives + negatives;
    const counts = confusion(scores, labels, thresholds[i]!);
    return {
      rows,
      positives,
      prevalence: rows === 0 ? null : positives / rows,
      auroc: aurocs[i]!,
      aurocInterval: aurocs[i] === null ? null : percentileInterval(rounds.perObservation[i]!),
      averagePrecision: averagePrecisionOf(rankings[i]!),
      threshold: thresholds[i]!,
      accuracy: accuracy(counts),
      f1: f1(counts),
      precision: precision(counts),
      recall: recall(counts),
      specificity: specificity(counts),
      brier: brier(scores, labels),
      confusion: counts,
    };
  });

  return {
    schema: "hilum.evaluation/1",
    run: input.run,
    protocol: input.protocol,
    evaluatedOn: { part: "test", rows: test.count, patients: countPatients(test) },
    leakage: input.leakage,
    meanAuroc: meanDefined(aurocs),
    meanAurocInterval: percentileInterval(rounds.mean),
    definedObservations: aurocs.filter((value) => value !== null).length,
    perObservation: Object.fromEntries(OBSERVATIONS.map((name, i) => [name, perObservation[i]!])) as Record<
      Observation,
      ObservationMetrics
    >,
    curves: rankings.map((r) => ({ roc: rocCurve(r), precisionRecall: precisionRecallCurve(r) })),
    operatingCurve: {
      thresholds: steps,
      sensitivity: atSteps.map((counts) => counts.map(recall)),
      specificity: atSteps.map((counts) => counts.map(specificity)),
    },
    localisation: localisation.perObservation,
    localisationHitRate: localisation.hitRate,
    localisationCentreHitRate: localisation.centreHitRate,
    localisationUntrainedHitRate: localisation.untrainedHitRate,
  };
}
