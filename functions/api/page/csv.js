import { thresholdOf } from "./state.js";

/** @typedef {import("./state.js").Film} Film */

/** A cell that no spreadsheet takes for a formula. @param {string | number | boolean} value */
const cell = (value) =>
  `"${String(value)
    .replace(/^(?=[=+\-@\t])/, "'")
    .replaceAll('"', '""')}"`;

const HEADER = ["film", "observation", "probability", "threshold", "positive", "model_threshold", "model", "version"];

/** One row a film and observation. @param {Film[]} films */
export function toCsv(films) {
  const rows = films.flatMap(({ name, prediction }) =>
    (prediction?.findings ?? []).map((finding) => {
      const threshold = thresholdOf(finding.observation, finding.threshold);
      const { model } = /** @type {NonNullable<typeof prediction>} */ (prediction);
      return [
        name,
        finding.observation,
        finding.probability,
        threshold,
        finding.probability >= threshold,
        finding.threshold,
        model.name,
        model.version,
      ];
    }),
  );
  return [HEADER, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}
