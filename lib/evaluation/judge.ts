import type { JudgedObservation } from "../contracts/model-version.ts";
import { studyKey } from "../data/sources/source-format.ts";
import type { TrainingData } from "../data/training-data.ts";
import { compositionOf } from "../domain/composition.ts";
import { leakageOf } from "../domain/leakage.ts";
import type { Part } from "../domain/parts.ts";
import { patientKey } from "../domain/split.ts";
import type { Subject } from "../domain/subgroups.ts";
import { machine } from "../engine/machine.ts";
import type { ReportMaterial } from "../report/material.ts";
import type { StepContext } from "../steps/run-step.ts";
import { calibrated, type DecisionRules, decisionRules } from "./decision-rules.ts";
import { evaluationFigures } from "./figures.ts";
import { judgeHeatMaps } from "./heat-maps.ts";
import { blankUnlearned, classCounts, judgeObservations, maskUnlearned } from "./learned.ts";
import { type Predicting, predict } from "./predict.ts";
import { numberNames, type PredictionTable } from "./prediction-table.ts";
import type { RunInputs } from "./run-inputs.ts";

export interface Judged {
  readonly material: Omit<ReportMaterial, "files" | "outOfDistribution">;
  readonly rules: DecisionRules;
  readonly observations: readonly JudgedObservation[];
  /** Calibrated, in the order of the parts; probabilities of what was not learned are NaN. */
  readonly tables: readonly PredictionTable[];
}

/** Predicts the parts that judge, sets the decision rules on two of them, and reports on the third. */
export async function judge(
  { request, run }: StepContext,
  data: TrainingData,
  inputs: RunInputs,
  using: Predicting,
): Promise<Judged> {
  const { config } = request;
  const { plan, split } = data;
  const tableOf = async (part: Part): Promise<PredictionTable> => ({
    part,
    count: split[part].length,
    paths: Array.from(split[part], (position) => inputs.paths[position]!),
    patientIds: Array.from(split[part], (position) => data.rows.patient[position]!),
    subjects: Array.from(split[part], (position) => subjectOf(data, position)),
    patients: numberNames(Array.from(split[part], (position) => patientOf(data, position))),
    studies: numberNames(
      Array.from(split[part], (position) => studyKey(patientOf(data, position), data.rows.study[position]!)),
    ),
    ...(await predict(split[part], using)),
  });
  const predicted = {
    tuning: await tableOf("tuning"),
    calibration: await tableOf("calibration"),
    test: await tableOf("test"),
  };
  const trained = classCounts(data.targets, split.train);
  const observations = judgeObservations(trained, classCounts(predicted.test.labels));
  const statuses = observations.map(({ status }) => status);
  const raw = {
    tuning: maskUnlearned(predicted.tuning, statuses),
    calibration: maskUnlearned(predicted.calibration, statuses),
    test: maskUnlearned(predicted.test, statuses),
  };
  const rules = decisionRules(config.evaluation, raw);
  const test = calibrated(raw.test, rules.calibration);
  const { localisation, examples } = await judgeHeatMaps({
    rows: data.rows,
    boxes: inputs.boxes,
    config,
    test,
    positions: split.test,
    thresholds: rules.thresholds,
    predicting: { ...using, onFilms: () => {} },
  });
  const evaluation = evaluationFigures({
    run,
    protocol: plan.protocol,
    test,
    raw: raw.test,
    thresholds: rules.thresholds,
    leakage: leakageOf(
      split.train,
      split.test,
      (position) => data.rows.filmSha256[position]!,
      (position) => patientOf(data, position),
    ),
    seed: config.seed,
    localisation,
  });
  const { dataset, upsampling, histories } = inputs;
  const trainedPatients = new Set(Array.from(split.train, (position) => patientOf(data, position))).size;
  return {
    material: {
      request,
      plan,
      dataset,
      upsampling,
      histories,
      evaluation,
      examples,
      statuses,
      trainedPatients,
      calibration: rules.calibration,
      composition: compositionOf(split, (position) => ({
        subject: subjectOf(data, position),
        patient: patientOf(data, position),
      })),
      trainingLabels: trained,
      machine: machine(),
    },
    rules,
    observations,
    tables: Object.values(predicted).map((table) => blankUnlearned(calibrated(table, rules.calibration), statuses)),
  };
}

function subjectOf({ rows }: TrainingData, position: number): Subject {
  const age = rows.age[position]!;
  return {
    sex: rows.sex[position]!,
    age: age < 0 ? null : age,
    projection: rows.projection[position]!,
    source: rows.source[position]!,
  };
}

const patientOf = ({ rows }: TrainingData, position: number): string =>
  patientKey(rows.source[position]!, rows.patient[position]!);
