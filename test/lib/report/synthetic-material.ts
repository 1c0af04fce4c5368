import type { CardStatements } from "../../../lib/contracts/card-statements.ts";
import type { Provenance } from "../../../lib/contracts/provenance.ts";
import { RunConfig } from "../../../lib/contracts/run-config.ts";
import { compositionOf } from "../../../lib/domain/composition.ts";
import { forEachObservation, type Observation } from "../../../lib/domain/observations.ts";
import { normal, random } from "../../../lib/domain/random.ts";
import { calibrated, decisionRules } from "../../../lib/evaluation/decision-rules.ts";
import { evaluationFigures } from "../../../lib/evaluation/figures.ts";
import { observationStatuses } from "../../../lib/registry/observation-statuses.ts";
import type { Example, Outcome, ReportMaterial } from "../../../lib/report/material.ts";
import { syntheticTable } from "../evaluation/synthetic.ts";

const SHA = "0123456789abcdef".repeat(4);

const MACHINE: ReportMaterial["machine"] = {
  hilum: "0.1.0",
  node: "20.20.0",
  tensorflow: "2.21.0",
  device: "cpu",
  processor: "AMD EPYC",
  cores: 2,
  memoryBytes: 24 * 2 ** 30,
  gpus: [],
};

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** A run's files as they could be, figures computed from synthetic predictions. */
export function syntheticMaterial({
  testPatients = 220,
  description = "Phantoms, small DenseNet",
  provenance = undefined as Provenance | undefined,
  statements = undefined as CardStatements | undefined,
} = {}): ReportMaterial {
  const config = RunConfig.parse({
    name: "phantoms",
    description,
    model: { network: "densenet-mini", headWidth: 64 },
    geometry: { size: 112 },
    training: { epochs: 8, learningRate: 0.001, patience: 3, seeds: [1, 2] },
    upsampling: { kind: "table", factors: { "Lung Lesion": 3, Fracture: 8 } },
  });
  const tables = {
    tuning: syntheticTable("tuning", 200, 1),
    calibration: syntheticTable("calibration", 200, 2),
    test: syntheticTable("test", testPatients, 3),
  };
  const rules = decisionRules(config.evaluation, tables);
  const leakage = { testFilms: 247, testFilmsInTraining: 0, testPatients, testPatientsInTraining: 0 };
  const evaluation = evaluationFigures({
    run: "phantoms-0123456789",
    protocol: "leak-free",
    leakage,
    test: calibrated(tables.test, rules.calibration),
    raw: tables.test,
    thresholds: rules.thresholds,
    seed: 1,
    localisation: {
      perObservation: [
        {
          observation: "Cardiomegaly",
          films: 31,
          hitRate: 0.94,
          centreHitRate: 0.71,
          untrainedHitRate: 0.1,
          iou: 0.45,
          untrainedIou: 0.12,
        },
        {
          observation: "Pleural Effusion",
          films: 24,
          hitRate: 0.83,
          centreHitRate: 0,
          untrainedHitRate: 0.08,
          iou: 0.24,
          untrainedIou: 0.03,
        },
        {
          observation: "Pneumothorax",
          films: 0,
          hitRate: null,
          centreHitRate: null,
          untrainedHitRate: null,
          iou: null,
          untrainedIou: null,
        },
      ],
      hitRate: 0.89,
      centreHitRate: 0.4,
      iou: 0.36,
      untrainedIou: 0.08,
      untrainedHitRate: 0.09,
    },
  });
  const naturalPrevalence = forEachObservation((_, i) => (i === 3 ? 0 : 0.03 + 0.02 * i));
  return {
    request: {
      schema: "hilum.request/1",
      run: "phantoms-0123456789",
      data: "file:///data/phantoms",
      csv: ["train.csv"],
      fingerprint: SHA,
      config,
      createdAt: "2026-01-31T12:00:00Z",
    },
    plan: {
      schema: "hilum.plan/1",
      run: "phantoms-0123456789",
      fingerprint: SHA,
      geometry: config.geometry,
      policy: config.policy,
      protocol: "leak-free",
      division: "drawn",
      salt: "1",
      rows: { read: 2400, used: 2212, leftOut: { "lateral view": 188 } },
      parts: { train: 1540, tuning: 210, calibration: 215, test: 247 },
      patients: { train: 800, tuning: 110, calibration: 112, test: testPatients },
      leakage,
      labels: forEachObservation((_, i) => ({
        positive: 100 + 20 * i,
        negative: 900,
        uncertain: 30,
        blank: 1000 - 20 * i,
        notLabelled: 182,
      })),
      naturalPrevalence,
      provenance,
      statements,
      prepareJobs: 1,
      trainJobs: 2,
    },
    dataset: {
      schema: "hilum.dataset/1",
      fingerprint: SHA,
      geometry: config.geometry,
      shards: [{ key: "a", rows: 2210, bytes: 1, sha256: SHA }],
      rows: 2210,
      warnings: { "lateral-view": 12, "burned-in-text": 3 },
      setAside: [
        { row: 4, file: "train.csv", line: 6, code: "image-broken", reason: "ends early" },
        { row: 9, file: "train.csv", line: 11, code: "image-missing", reason: "no such file" },
      ],
    },
    upsampling: {
      schema: "hilum.upsampling/1",
      factors: forEachObservation((name) => (name === "Fracture" ? 8 : name === "Lung Lesion" ? 3 : 0)),
      rowsBefore: 1540,
      rowsAfter: 2980,
      naturalPrevalence,
      plannedPrevalence: naturalPrevalence.map((p, i) => (i === 4 || i === 12 ? p * 1.8 : p * 0.92)),
      alsoPositive: forEachObservation((_, k) => forEachObservation((__, i) => (i === k ? 1 : 0.1))),
    },
    histories: [1, 2].map((seed, member) => ({
      schema: "hilum.history/1" as const,
      member,
      seed,
      network: "densenet-mini",
      parameters: { total: 159_000, trainable: 157_000 },
      device: "cpu",
      tensorflow: "2.21.0",
      stepLoss: [],
      epochs: Array.from({ length: 8 }, (_, e) => ({
        epoch: e + 1,
        step: 48 * (e + 1),
        trainLoss: 0.5 / (1 + 0.6 * e) + 0.01 * member,
        tuningLoss: 0.52 / (1 + 0.4 * e) + 0.015 * member,
        tuningMeanAuroc: 1 - 0.4 / (1.2 + e) - 0.01 * member,
        tuningAuroc: forEachObservation(() => null),
        imagesPerSecond: 151.2,
        seconds: 10.2,
        waitShare: 0.02,
      })),
      bestEpoch: 7,
      stoppedEarly: false,
    })),
    evaluation,
    statuses: observationStatuses({ trainedOn: { prevalence: naturalPrevalence } }, evaluation),
    outOfDistribution: {
      threshold: 12.5,
      trainingFilms: 1540,
      tuningFilms: 210,
      falseAlarms: { films: 247, beyond: 3 },
    },
    trainedPatients: 800,
    calibration: rules.calibration,
    examples: [
      example("Cardiomegaly", "true positive", 1),
      example("Cardiomegaly", "false negative", 2),
      example("Cardiomegaly", "false positive", 3),
      example("Pleural Effusion", "true positive", 4),
    ],
    files: [{ path: "saved_model/saved_model.pb", sha256: SHA }],
    composition: compositionOf(
      { train: range(0, 900), tuning: range(900, 1000), calibration: range(1000, 1110), test: range(1110, 1357) },
      (position) => ({
        subject: {
          sex: position % 2 === 0 ? "Female" : "Male",
          age: position % 50 === 0 ? null : 20 + (position % 70),
          projection: position % 3 === 0 ? "PA" : "AP",
          source: "phantoms",
        },
        patient: String(Math.floor(position / 2)),
      }),
    ),
    trainingLabels: forEachObservation((_, i) => ({ positives: 40 * i, negatives: 1540 - 40 * i })),
    machine: MACHINE,
  };
}

function example(observation: Observation, outcome: Outcome, seed: number): Example {
  const size = 112;
  const next = random(seed, "example");
  const hot = 10 + Math.floor(next() * 25);
  return {
    observation,
    outcome,
    probability: 0.8,
    threshold: 0.4,
    size,
    pixels: Uint8Array.from({ length: size * size }, (_, i) => {
      const x = (i % size) - size / 2;
      const y = Math.floor(i / size) - size / 2;
      const lung = Math.hypot((Math.abs(x) - 24) / 17, y / 38) < 1 ? -90 : 0;
      return Math.max(0, Math.min(255, 160 + lung - Math.abs(x) + 6 * normal(next)));
    }),
    map: {
      rows: 7,
      columns: 7,
      values: Float32Array.from({ length: 49 }, (_, i) =>
        Math.max(0, 3 - Math.hypot((i % 7) - (hot % 7), Math.floor(i / 7) - Math.floor(hot / 7))),
      ),
    },
    boxes:
      outcome === "true positive"
        ? [{ x: 16 * (hot % 7) - 8, y: 16 * Math.floor(hot / 7) - 8, width: 34, height: 30 }]
        : [],
  };
}
