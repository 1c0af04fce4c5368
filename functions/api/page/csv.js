import { thresholdOf } from "./state.js";

/** @typedef {import("./state.js").Film} Film */

/** A cell that no spreadsheet takes for a formula. @param {string | number | boolean} value */
const cell = (value) =>
  `"${String(value)
    .replace(/^(?=[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])/, "'")
    .replaceAll('"', '""')}"`;

const HEADER = [
  ...["film", "observation", "probability", "threshold", "positive", "model_threshold"],
  ...["model", "version", "model_sha256", "warnings", "problem"],
];

/** @param {Film} film @returns {(string | number | boolean)[][]} a row an observation; one that says why where there is no answer */
function rowsOf({ name, prediction, problem }) {
  if (prediction === null) return problem === null ? [] : [[name, ...HEADER.slice(2).map(() => ""), problem.code]];
  const { model, warnings } = prediction;
  const doubts = warnings.map(({ code }) => code).join("; ");
  return prediction.findings.map(({ observation, probability, threshold: own }) => {
    const threshold = thresholdOf(observation, own);
    const positive = probability >= threshold;
    const by = [model.name, model.version, model.sha256];
    return [name, observation, probability, threshold, positive, own, ...by, doubts, ""];
  });
}

/** @param {Film[]} films */
export const toCsv = (films) =>
  [HEADER, ...films.flatMap(rowsOf)].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
