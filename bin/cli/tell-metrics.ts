import type { MetricsReport, ObservationMetrics } from "../../lib/contracts/evaluation.ts";
import type { LineFailure } from "../../lib/domain/logistic.ts";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";

type Interval = readonly [number, number] | null;

const figure = (value: number | null, places = 3): string => (value === null ? "-" : value.toFixed(places));
const between = (range: Interval, places = 3): string =>
  range === null ? "" : `${figure(range[0], places)}..${figure(range[1], places)}`;

interface Column {
  readonly title: string;
  readonly text: (m: ObservationMetrics) => string;
}

/** A figure and its interval. */
const pair = (
  title: string,
  value: (m: ObservationMetrics) => number | null,
  range: (m: ObservationMetrics) => Interval,
  places = 3,
): Column[] => [
  { title, text: (m) => figure(value(m), places) },
  { title: "95 %", text: (m) => between(range(m), places) },
];

/** Columns of the tables by observation: of the order of the scores, of decisions, of probabilities. */
const TABLES: readonly (readonly Column[])[] = [
  [
    { title: "positive", text: (m) => `${m.positives}/${m.rows}` },
    ...pair(
      "AUROC",
      (m) => m.auroc,
      (m) => m.aurocInterval,
    ),
    ...pair(
      "AP",
      (m) => m.averagePrecision,
      (m) => m.averagePrecisionInterval,
    ),
    ...pair(
      "Brier",
      (m) => m.brier,
      (m) => m.brierInterval,
    ),
    { title: "log loss", text: (m) => figure(m.logLoss) },
    { title: "acc@0.5", text: (m) => figure(m.binaryAccuracy) },
  ],
  [
    { title: "at", text: (m) => figure(m.threshold) },
    ...pair(
      "F1",
      (m) => m.f1,
      (m) => m.f1Interval,
    ),
    ...pair(
      "prec.",
      (m) => m.precision,
      (m) => m.precisionInterval,
    ),
    ...pair(
      "recall",
      (m) => m.recall,
      (m) => m.recallInterval,
    ),
    ...pair(
      "spec.",
      (m) => m.specificity,
      (m) => m.specificityInterval,
    ),
    ...pair(
      "acc.",
      (m) => m.accuracy,
      (m) => m.accuracyInterval,
    ),
  ],
  [
    ...pair(
      "slope",
      (m) => m.calibrationSlope,
      (m) => m.calibrationSlopeInterval,
      2,
    ),
    { title: "no slope", text: (m) => (m.calibrationSlopeFailure === null ? "" : NO_SLOPE[m.calibrationSlopeFailure]) },
    ...pair(
      "interc.",
      (m) => m.calibrationIntercept,
      (m) => m.calibrationInterceptInterval,
      2,
    ),
    { title: "ECE", text: (m) => figure(m.expectedCalibrationError) },
  ],
];

const NO_SLOPE = {
  "one-class": "one class",
  constant: "one probability",
  parted: "classes apart",
  "not-converged": "no fit",
} as const satisfies Record<LineFailure, string>;

const JOINED_BY = {
  path: "path",
  "path-ending": "path (below another folder in each file)",
  order: "the order of rows",
} as const satisfies Record<MetricsReport["joinedBy"], string>;

const AVERAGES = ["micro", "macro", "weighted", "samples"] as const;

/** The figures as tables for people; a dash: not defined. */
export function tellMetrics({ films, patients, perObservation, averages, joinedBy, ...rest }: MetricsReport): string {
  const answered = OBSERVATIONS.filter((name) => !rest.notAnswered.includes(name));
  const tables = TABLES.map((columns) => [
    ["", ...columns.map(({ title }) => title)],
    ...answered.map((name) => [name, ...columns.map(({ text }) => text(perObservation[name]))]),
  ]);
  const means = AVERAGES.map((kind) => {
    const { auroc, averagePrecision, f1, precision, recall, binaryAccuracy } = averages[kind];
    const cells = [auroc, averagePrecision, f1, precision, recall, binaryAccuracy].map((value) => figure(value));
    return [
      `${kind} average`,
      cells[0]!,
      kind === "macro" ? between(averages.macro.aurocInterval) : "",
      ...cells.slice(1),
    ];
  });
  const whom = patients === null ? "patients not known" : `${patients} patients`;
  const besides = [
    { count: rest.labelsWithoutPredictions, what: "labelled films without a prediction, left out" },
    { count: rest.predictionsWithoutLabels, what: "predictions without labels" },
    { count: rest.notLabelled, what: "labels that nobody looked for" },
    { count: rest.failedPredictions, what: "films left out that were not answered for" },
  ].flatMap(({ count, what }) => (count > 0 ? [`; ${count} ${what}`] : []));
  return [
    `${films} films, ${whom}; joined by ${JOINED_BY[joinedBy]}${besides.join("")}`,
    ...(rest.notAnswered.length > 0 ? [`not answered for, and left out: ${rest.notAnswered.join(", ")}`] : []),
    "",
    ...tables.flatMap((table) => [...aligned(table), ""]),
    ...aligned([["", "AUROC", "95 %", "AP", "F1", "prec.", "recall", "acc@0.5"], ...means]),
    "",
  ].join("\n");
}

/** Cells in columns, the first set left and the others right; empty columns left out. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const used = rows[0]!.map((_, i) => rows.slice(1).some((row) => row[i] !== ""));
  const kept = rows.map((row) => row.filter((_, i) => used[i]));
  const widths = kept[0]!.map((_, i) => Math.max(...kept.map((row) => row[i]!.length)));
  return kept.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join("  ")
      .trimEnd(),
  );
}
