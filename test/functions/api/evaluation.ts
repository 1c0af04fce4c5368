import type { Evaluation } from "../../../lib/contracts/evaluation.ts";
import { forEachObservation, OBSERVATIONS } from "../../../lib/domain/observations.ts";

const THRESHOLDS = [0, 0.25, 0.5, 0.75, 1];

const AVERAGED = {
  precision: 0.8,
  recall: 0.75,
  f1: 0.8,
  auroc: 0.95,
  averagePrecision: 0.8,
  binaryAccuracy: 0.9,
};

/** Figures with round numbers; "Fracture" never occurred and has none. */
export const evaluation: Evaluation = {
  schema: "hilum.evaluation/1",
  run: "phantoms-1",
  protocol: "leak-free",
  evaluatedOn: { part: "test", rows: 200, patients: 80 },
  leakage: { testFilms: 200, testFilmsInTraining: 0, testPatients: 80, testPatientsInTraining: 0 },
  meanAuroc: 0.95,
  meanAurocInterval: [0.93, 0.97],
  definedObservations: 13,
  perObservation: Object.fromEntries(
    OBSERVATIONS.map((name) => [
      name,
      {
        rows: 200,
        positives: name === "Fracture" ? 0 : 40,
        prevalence: 0.2,
        auroc: name === "Fracture" ? null : 0.95,
        aurocInterval: null,
        averagePrecision: 0.8,
        averagePrecisionInterval: null,
        threshold: 0.5,
        accuracy: 0.9,
        accuracyInterval: null,
        f1: 0.8,
        f1Interval: null,
        precision: 0.8,
        precisionInterval: null,
        recall: 0.75,
        recallInterval: null,
        specificity: 0.5,
        specificityInterval: null,
        binaryAccuracy: 0.9,
        brier: 0.1,
        brierInterval: null,
        logLoss: 0.3,
        calibrationSlope: 1,
        calibrationSlopeInterval: null,
        calibrationSlopeFailure: null,
        calibrationIntercept: 0,
        calibrationInterceptInterval: null,
        expectedCalibrationError: 0.02,
        confusion: { truePositive: 30, falsePositive: 10, trueNegative: 150, falseNegative: 10 },
      },
    ]),
  ) as Evaluation["perObservation"],
  averages: {
    micro: AVERAGED,
    macro: { ...AVERAGED, aurocInterval: [0.93, 0.97] },
    weighted: AVERAGED,
    samples: AVERAGED,
  },
  curves: forEachObservation(() => ({ roc: [], precisionRecall: [] })),
  subgroups: [],
  subgroupGaps: { comparisons: 0, confidence: null, gaps: [] },
  reliability: forEachObservation(() => ({
    before: [],
    after: [],
    brierBefore: 0.12,
    slopeBefore: 0.8,
    interceptBefore: 0.1,
    calibrationErrorBefore: 0.04,
  })),
  operatingCurve: {
    thresholds: THRESHOLDS,
    sensitivity: forEachObservation((name) => THRESHOLDS.map((t) => (name === "Fracture" ? null : 1 - t * t))),
    specificity: forEachObservation((name) => THRESHOLDS.map((t) => (name === "Fracture" ? null : t))),
  },
  localisation: [],
  localisationHitRate: null,
  localisationCentreHitRate: null,
  localisationIou: null,
  localisationUntrainedIou: null,
  localisationUntrainedHitRate: null,
};
