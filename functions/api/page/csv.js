import { verdictOf } from "./decisions.js";
import { thresholdOf } from "./state.js";

/** @typedef {import("./state.js").Film} Film */

/** What a terminal would obey, or what turns text around, as lib/domain/shown.ts has it. */
const NOT_SHOWN = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** @param {string} character */
const escaped = (character) =>
  character === "\r" ? "\\r" : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/**
 * A cell that no spreadsheet takes for a formula, and in which nothing is hidden; blank for null.
 * @param {string | number | boolean | null} value
 */
const cell = (value) =>
  `"${String(value ?? "")
    .replace(/^(?=[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])/, "'")
    .replace(NOT_SHOWN, escaped)
    .replaceAll('"', '""')}"`;

const HEADER = [
  ...["film", "observation", "status", "probability", "threshold", "decision", "withheld", "model_threshold"],
  ...["out_of_distribution", "model", "version", "model_sha256", "warnings", "problem"],
];

/** @param {Film} film @returns {(string | number | boolean | null)[][]} a row an observation; one that says why where there is no answer */
function rowsOf({ name, prediction, problem }) {
  if (prediction === null) return problem === null ? [] : [[name, ...HEADER.slice(2).map(() => ""), problem.code]];
  const { model, warnings, outOfDistribution } = prediction;
  const doubts = warnings.map(({ code }) => code).join("; ");
  const by = [outOfDistribution ?? "not checked", model.name, model.version, model.sha256];
  return prediction.findings.map((finding) => {
    const { observation, status, probability, threshold: own, withheld } = finding;
    const decision = withheld === null ? verdictOf(finding) : null;
    const threshold = own === null ? null : thresholdOf(observation, own);
    return [name, observation, status, probability, threshold, decision, withheld, own, ...by, doubts, ""];
  });
}

/** @param {Film[]} films */
export const toCsv = (films) =>
  [HEADER, ...films.flatMap(rowsOf)].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
