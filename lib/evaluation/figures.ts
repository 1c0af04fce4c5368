import type { Evaluation, Localisation, SubgroupGap as NamedGap } from "../contracts/evaluation.ts";
import type { Decided } from "../domain/metrics/averages.ts";
import { brier } from "../domain/metrics/brier.ts";
import { calibrationLine } from "../domain/metrics/calibration-line.ts";
import { confusion, recall, specificity } from "../domain/metrics/confusion.ts";
import { precisionRecallCurve, rocCurve } from "../domain/metrics/curves.ts";
import { rank } from "../domain/metrics/ranking.ts";
import { expectedCalibrationError, reliability } from "../domain/metrics/reliability.ts";
import { LEAST_FOR_CLAIM } from "../domain/observation-status.ts";
import { OBSERVATIONS, type Observation } from "../domain/observations.ts";
import { recordOf } from "../domain/record-of.ts";
import { type SubgroupGap, subgroups } from "../domain/subgroups.ts";
import { columnsOf, metricsOf } from "./metrics.ts";
import { countPatients, type PredictionTable } from "./prediction-table.ts";
import { studyLevel } from "./study-level.ts";

/** Steps of the operating curve, from 0 to 1. */
const OPERATING_STEPS = 50;

export interface FiguresInput {
  readonly run: string;
  readonly protocol: string;
  /** Calibrated probabilities of the test patients. */
  readonly test: PredictionTable;
  /** The same before calibration. */
  readonly raw: PredictionTable;
  readonly thresholds: readonly number[];
  readonly leakage: Evaluation["leakage"];
  /** Of the draws by which gaps between subgroups are judged. */
  readonly seed: number;
  readonly localisation: LocalisationFigures;
}

export interface LocalisationFigures {
  readonly perObservation: Localisation[];
  readonly hitRate: number | null;
  readonly centreHitRate: number | null;
  readonly iou: number | null;
  readonly untrainedIou: number | null;
  readonly untrainedHitRate: number | null;
}

/** Every figure of the evaluation, from predictions alone. */
export function evaluationFigures(input: FiguresInput): Evaluation {
  const { test, raw, thresholds, seed, localisation } = input;
  const columns = columnsOf(test, thresholds);
  const rankings = columns.map(({ scores, labels }) => rank(scores, labels));
  const { perObservation, averages } = metricsOf(columns, test.patients);
  const steps = Array.from({ length: OPERATING_STEPS + 1 }, (_, i) => i / OPERATING_STEPS);
  const atSteps = columns.map(({ scores, labels }) => steps.map((step) => confusion(scores, labels, step)));

  return {
    schema: "hilum.evaluation/1",
    run: input.run,
    protocol: input.protocol,
    evaluatedOn: { part: "test", rows: test.count, patients: countPatients(test) },
    leakage: input.leakage,
    meanAuroc: averages.macro.auroc,
    meanAurocInterval: averages.macro.aurocInterval,
    definedObservations: OBSERVATIONS.filter((name) => perObservation[name].auroc !== null).length,
    perObservation,
    averages,
    studyLevel: studyLevel(
      columns.map((of, i) => ({ name: OBSERVATIONS[i]!, ...of })),
      test.studies,
      test.patients,
    ),
    curves: rankings.map((r) => ({ roc: rocCurve(r), precisionRecall: precisionRecallCurve(r) })),
    reliability: columnsOf(raw, thresholds).map((before, i) => reliabilityOf(before, columns[i]!)),
    ...subgroupFigures(test, columns, seed),
    operatingCurve: {
      thresholds: steps,
      sensitivity: atSteps.map((counts) => counts.map(recall)),
      specificity: atSteps.map((counts) => counts.map(specificity)),
    },
    localisation: localisation.perObservation,
    localisationHitRate: localisation.hitRate,
    localisationCentreHitRate: localisation.centreHitRate,
    localisationIou: localisation.iou,
    localisationUntrainedIou: localisation.untrainedIou,
    localisationUntrainedHitRate: localisation.untrainedHitRate,
  };
}

function subgroupFigures(
  { patients, subjects }: PredictionTable,
  columns: readonly Decided[],
  seed: number,
): Pick<Evaluation, "subgroups" | "subgroupGaps"> {
  const { groups, gaps } = subgroups({ columns, patients, subjects, seed, least: LEAST_FOR_CLAIM });
  return {
    subgroups: groups.map(({ figures, ...group }) => ({ ...group, perObservation: byName(figures) })),
    subgroupGaps: { ...gaps, gaps: gaps.gaps.map(gapByName) },
  };
}

const byName = <T>(values: readonly T[]): Record<Observation, T> => recordOf(OBSERVATIONS, (_, i) => values[i]!);

const gapByName = ({ column, values: [higher, lower], ...gap }: SubgroupGap): NamedGap => ({
  ...gap,
  observation: OBSERVATIONS[column]!,
  values: [higher, lower],
});

function reliabilityOf(raw: Decided, served: Decided): Evaluation["reliability"][number] {
  const before = reliability(raw.scores, raw.labels);
  const line = calibrationLine(raw.scores, raw.labels);
  return {
    before,
    after: reliability(served.scores, served.labels),
    brierBefore: brier(raw.scores, raw.labels),
    slopeBefore: line.slope,
    interceptBefore: line.intercept,
    calibrationErrorBefore: expectedCalibrationError(before),
  };
}
