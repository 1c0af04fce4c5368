import type { TrainingData } from "../data/training-data.ts";
import { leakageOf } from "../domain/leakage.ts";
import type { Part } from "../domain/parts.ts";
import { patientKey } from "../domain/split.ts";
import type { Subject } from "../domain/subgroups.ts";
import { device } from "../engine/tensorflow.ts";
import type { ReportMaterial } from "../report/material.ts";
import type { StepContext } from "../steps/run-step.ts";
import { calibrated, type DecisionRules, decisionRules } from "./decision-rules.ts";
import { evaluationFigures } from "./figures.ts";
import { judgeHeatMaps } from "./heat-maps.ts";
import { type Predicting, predict } from "./predict.ts";
import { numberNames, type PredictionTable } from "./prediction-table.ts";
import type { RunInputs } from "./run-inputs.ts";

export interface Judged {
  readonly material: Omit<ReportMaterial, "files">;
  readonly rules: DecisionRules;
  /** Calibrated, in the order of the parts. */
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
    ...(await predict(split[part], using)),
  });
  const raw = {
    tuning: await tableOf("tuning"),
    calibration: await tableOf("calibration"),
    test: await tableOf("test"),
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
    bootstrap: { rounds: config.evaluation.bootstrap, seed: config.seed },
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
      trainedPatients,
      calibration: rules.calibration,
      tensorflow: device().tensorflow,
    },
    rules,
    tables: [calibrated(raw.tuning, rules.calibration), calibrated(raw.calibration, rules.calibration), test],
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
