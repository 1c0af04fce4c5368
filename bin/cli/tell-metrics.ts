import type { MetricsReport, ObservationMetrics } from "../../lib/contracts/evaluation.ts";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";

type Interval = readonly [number, number] | null;

const figure = (value: number | null, places = 3): string => (value === null ? "-" : value.toFixed(places));
const between = (range: Interval): string => (range === null ? "" : `${figure(range[0])}..${figure(range[1])}`);

const COLUMNS: readonly { readonly title: string; readonly text: (m: ObservationMetrics) => string }[] = [
  { title: "positive", text: (m) => `${m.positives}/${m.rows}` },
  { title: "AUROC", text: (m) => figure(m.auroc) },
  { title: "95 %", text: (m) => between(m.aurocInterval) },
  { title: "AP", text: (m) => figure(m.averagePrecision) },
  { title: "at", text: (m) => figure(m.threshold) },
  { title: "F1", text: (m) => figure(m.f1) },
  { title: "prec.", text: (m) => figure(m.precision) },
  { title: "recall", text: (m) => figure(m.recall) },
  { title: "spec.", text: (m) => figure(m.specificity) },
  { title: "acc@0.5", text: (m) => figure(m.binaryAccuracy) },
  { title: "Brier", text: (m) => figure(m.brier) },
  { title: "log loss", text: (m) => figure(m.logLoss) },
  { title: "slope", text: (m) => figure(m.calibrationSlope, 2) },
  { title: "interc.", text: (m) => figure(m.calibrationIntercept, 2) },
  { title: "ECE", text: (m) => figure(m.expectedCalibrationError) },
];

const AVERAGES = ["micro", "macro", "weighted", "samples"] as const;

/** The figures as two tables for people; a dash: not defined. */
export function tellMetrics({ films, patients, perObservation, averages, joinedBy, ...rest }: MetricsReport): string {
  const figures = OBSERVATIONS.map((name) => [name, ...COLUMNS.map(({ text }) => text(perObservation[name]))]);
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
    { count: rest.predictionsWithoutLabels, what: "predictions without labels" },
    { count: rest.failedPredictions, what: "films left out that were not answered for" },
  ].flatMap(({ count, what }) => (count > 0 ? [`; ${count} ${what}`] : []));
  return [
    `${films} films, ${whom}; joined by ${joinedBy}${besides.join("")}`,
    "",
    ...aligned([["", ...COLUMNS.map(({ title }) => title)], ...figures]),
    "",
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
