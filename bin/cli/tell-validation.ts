import { warningText } from "../../lib/contracts/codes.ts";
import type { ExternalValidation, ValidatedObservation } from "../../lib/contracts/external-validation.ts";
import { isEnoughForClaim, LEAST_FOR_CLAIM } from "../../lib/domain/observation-status.ts";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import { decisionsText } from "../../lib/report/external-validation.ts";
import { count, counted, list, percent } from "../../lib/report/format.ts";
import { withoutFigure } from "../../lib/report/sections/studies.ts";
import { aligned } from "./tell-metrics.ts";

const figure = (value: number | null | undefined, places = 3): string => (value == null ? "-" : value.toFixed(places));
const between = (range: readonly [number, number] | null): string =>
  range === null ? "" : `${figure(range[0])}..${figure(range[1])}`;

interface Column {
  readonly title: string;
  readonly text: (of: ValidatedObservation) => string;
}

const DISCRIMINATION: readonly Column[] = [
  { title: "positive", text: ({ external }) => `${external.positives}/${external.rows}` },
  { title: "AUROC", text: ({ external }) => figure(external.auroc) },
  { title: "95 %", text: ({ external }) => between(external.aurocInterval) },
  { title: "own", text: ({ internal }) => figure(internal?.auroc) },
];

const TRANSFERRED: readonly Column[] = [
  { title: "at", text: ({ external }) => figure(external.threshold) },
  { title: "recall", text: ({ external }) => figure(external.recall) },
  { title: "spec.", text: ({ external }) => figure(external.specificity) },
];

const DECIDED: readonly Column[] = [
  { title: "decided", text: ({ decided }) => String(decided?.rows ?? 0) },
  { title: "recall", text: ({ decided }) => figure(decided?.recall) },
  { title: "spec.", text: ({ decided }) => figure(decided?.specificity) },
];

const REFITTED: readonly Column[] = [
  { title: "refit", text: ({ refitted }) => figure(refitted?.threshold) },
  { title: "recall", text: ({ refitted }) => figure(refitted?.recall) },
  { title: "spec.", text: ({ refitted }) => figure(refitted?.specificity) },
];

const CALIBRATION: readonly Column[] = [
  { title: "O/E", text: ({ external }) => figure(external.observedToExpected, 2) },
  { title: "interc.", text: ({ external }) => figure(external.calibrationIntercept, 2) },
  { title: "slope", text: ({ external }) => figure(external.calibrationSlope, 2) },
  { title: "ECE", text: ({ external }) => figure(external.expectedCalibrationError) },
  { title: "Brier", text: ({ external }) => figure(external.brier) },
];

/** An external validation as tables for people. @param report where its page stands */
export function tellValidation(validation: ExternalValidation, report: string): string {
  const { model, data, films, subjects, overlap, outOfDistribution, meanAuroc, notJudged } = validation;
  const { common } = meanAuroc;
  const decisions = outOfDistribution === null ? [] : DECIDED;
  return `${[
    ...(validation.caution ? [validation.caution] : []),
    `Model ${model.name} (${model.version}) on ${data.name}: ${counted(films.judged, "film")} of ${counted(subjects.patients, "patient")}`,
    ...leftOut(validation),
    ...Object.entries(validation.warnings ?? {}).map(
      ([code, n]) => `Judged with a warning: ${counted(n, "film")}: ${warningText(code)}.`,
    ),
    ...(overlap.unchecked === null ? [] : [`Overlap could not be checked: ${overlap.unchecked}.`]),
    ...(overlap.ownTestFilms
      ? [`Of the model's own test patients: ${counted(overlap.ownTestFilms, "film")}; that is no other hospital.`]
      : []),
    ...(outOfDistribution ? [`Unlike the films that it learned from: ${percent(outOfDistribution.share)}.`] : []),
    `Given a decision as served: ${decisionsText(outOfDistribution, films.judged)}.`,
    "",
    ...observationTable(validation, DISCRIMINATION),
    "",
    `Decisions at its own threshold over all films${decisions.length > 0 ? ", then over those decided on as served" : ""}, and at thresholds chosen here:`,
    ...observationTable(validation, [...TRANSFERRED, ...decisions, ...REFITTED]),
    "",
    "Calibration:",
    ...observationTable(validation, CALIBRATION),
    "",
    ...footnotes(validation, [...DISCRIMINATION, ...TRANSFERRED, ...decisions, ...REFITTED, ...CALIBRATION]),
    ...Object.entries(notJudged).map(([name, why]) => `${name}: ${why}`),
    "",
    `Mean AUROC ${figure(meanAuroc.external)} ${between(meanAuroc.externalInterval)}; over the ${counted(common.observations.length, "observation")} in common ${figure(common.external)}, on its own test films ${figure(common.internal)}`,
    leaderboard(validation),
    `Report: ${report}`,
  ].join("\n")}\n`;
}

function leftOut({ films }: ExternalValidation): string[] {
  const reasons = Object.entries(films.leftOut).map(([why, n]) => `  ${why.replaceAll("-", " ")}: ${count(n)}`);
  return reasons.length === 0 ? [] : [`Left out of ${counted(films.read, "row")}:`, ...reasons];
}

const observationTable = ({ perObservation }: ExternalValidation, columns: readonly Column[]): string[] =>
  aligned([
    ["", ...columns.map(({ title }) => title)],
    ...OBSERVATIONS.flatMap((name) => {
      const found = perObservation[name];
      if (found === undefined) return [];
      return [[isFew(found) ? `${name} †` : name, ...columns.map(({ text }) => text(found))]];
    }),
  ]);

const isFew = ({ external: { positives, rows } }: ValidatedObservation): boolean =>
  !isEnoughForClaim({ positives, negatives: rows - positives });

function footnotes({ perObservation }: ExternalValidation, columns: readonly Column[]): string[] {
  const all = Object.values(perObservation);
  return [
    ...(all.some(isFew) ? [`† fewer than ${LEAST_FOR_CLAIM} positives or negatives: no accuracy is claimed`] : []),
    ...(all.some((found) => columns.some(({ text }) => text(found) === "-"))
      ? [
          "- not defined: no film of one class among those that the figure is of, or in a part that a threshold is chosen on",
        ]
      : []),
  ];
}

function leaderboard({ studyLevel }: ExternalValidation): string {
  const { auroc, aurocInterval } = studyLevel.leaderboard.max;
  const what = "Mean AUROC of CheXpert's five observations, by the highest probability of a study";
  if (auroc === null) return `${what}: not defined, as there is no figure of ${list(withoutFigure(studyLevel))}`;
  return `${what}: ${figure(auroc)} ${between(aurocInterval)}`;
}
