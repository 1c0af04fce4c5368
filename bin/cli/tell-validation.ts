import type { ExternalValidation, ValidatedObservation } from "../../lib/contracts/external-validation.ts";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import { count, counted, percent } from "../../lib/report/format.ts";
import { aligned } from "./tell-metrics.ts";

const figure = (value: number | null | undefined, places = 3): string => (value == null ? "-" : value.toFixed(places));
const between = (range: readonly [number, number] | null): string =>
  range === null ? "" : `${figure(range[0])}..${figure(range[1])}`;

const COLUMNS: readonly { readonly title: string; readonly text: (of: ValidatedObservation) => string }[] = [
  { title: "positive", text: ({ external }) => `${external.positives}/${external.rows}` },
  { title: "AUROC", text: ({ external }) => figure(external.auroc) },
  { title: "95 %", text: ({ external }) => between(external.aurocInterval) },
  { title: "own", text: ({ internal }) => figure(internal?.auroc) },
  { title: "at", text: ({ external }) => figure(external.threshold) },
  { title: "recall", text: ({ external }) => figure(external.recall) },
  { title: "spec.", text: ({ external }) => figure(external.specificity) },
  { title: "refit", text: ({ refitted }) => figure(refitted?.threshold) },
  { title: "recall", text: ({ refitted }) => figure(refitted?.recall) },
  { title: "spec.", text: ({ refitted }) => figure(refitted?.specificity) },
  { title: "O/E", text: ({ external }) => figure(external.observedToExpected, 2) },
  { title: "interc.", text: ({ external }) => figure(external.calibrationIntercept, 2) },
  { title: "slope", text: ({ external }) => figure(external.calibrationSlope, 2) },
  { title: "ECE", text: ({ external }) => figure(external.expectedCalibrationError) },
  { title: "Brier", text: ({ external }) => figure(external.brier) },
];

/** An external validation as tables for people; a dash: not defined. @param report where its page stands */
export function tellValidation(validation: ExternalValidation, report: string): string {
  const { films, subjects, overlap, outOfDistribution, meanAuroc, perObservation, notJudged, studyLevel } = validation;
  const left = Object.entries(films.leftOut).map(([why, n]) => `  ${count(n)} ${why.replaceAll("-", " ")}`);
  const { common } = meanAuroc;
  const { max } = studyLevel.leaderboard;
  const rows = OBSERVATIONS.flatMap((name) => {
    const found = perObservation[name];
    return found === undefined ? [] : [[name, ...COLUMNS.map(({ text }) => text(found))]];
  });
  return `${[
    `${validation.data.name}: ${counted(films.judged, "film")} of ${counted(subjects.patients, "patient")} judge ${validation.model.version}`,
    ...(left.length > 0 ? [`left out of ${count(films.read)} rows:`, ...left] : []),
    ...(overlap.unchecked === null ? [] : [`overlap could not be checked: ${overlap.unchecked}`]),
    ...(overlap.ownTestFilms ? [`${count(overlap.ownTestFilms)} of them are of the model's own test patients`] : []),
    ...(outOfDistribution ? [`${percent(outOfDistribution.share)} are unlike the films that it learned from`] : []),
    "",
    ...aligned([["", ...COLUMNS.map(({ title }) => title)], ...rows]),
    ...Object.entries(notJudged).map(([name, why]) => `${name}: ${why}`),
    "",
    `mean AUROC ${figure(meanAuroc.external)} ${between(meanAuroc.externalInterval)}; over ${common.observations.length} in common ${figure(common.external)}, on its own test films ${figure(common.internal)}`,
    `CheXpert's five, highest of a study: ${figure(max.auroc)} ${between(max.aurocInterval)}`,
    `report: ${report}`,
  ].join("\n")}\n`;
}
