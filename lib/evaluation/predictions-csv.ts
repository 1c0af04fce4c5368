import { OBSERVATION_COUNT, OBSERVATIONS } from "../domain/observations.ts";
import { escapeLines } from "../domain/shown.ts";
import type { PredictionTable } from "./prediction-table.ts";

/** Cells that a spreadsheet would run as a formula (OWASP, CSV injection) begin so; the last four are wide signs. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

export const isFormula = (text: string): boolean => FORMULA.test(text);

/** A cell of text: escaped (lib/domain/shown.ts), defused where it could be a formula, quoted where it has to be (RFC 4180). */
export function csvText(value: string): string {
  const shown = escapeLines(value);
  const safe = isFormula(value) ? `'${shown}` : shown;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const numberText = (value: number): string => (Number.isNaN(value) ? "" : String(value));

const HEADER = [
  "part",
  "source",
  "path",
  "patient",
  ...OBSERVATIONS.map((name) => `label ${name}`),
  ...OBSERVATIONS.map((name) => `probability ${name}`),
];

/**
 * Every film of the tables, one a line: part; source, path and patient as the data set names them (a path and a patient are
 * of their source: two sources may use the same); 14 labels under the run's policy (empty where masked) and 14 calibrated
 * probabilities, every digit of them (empty where not learned).
 */
export function predictionsCsv(tables: readonly PredictionTable[]): string {
  const lines = [HEADER.map(csvText).join(",")];
  for (const table of tables) {
    for (let row = 0; row < table.count; row += 1) {
      const from = row * OBSERVATION_COUNT;
      const labels = table.labels.subarray(from, from + OBSERVATION_COUNT);
      const probabilities = table.probabilities.subarray(from, from + OBSERVATION_COUNT);
      lines.push(
        [
          table.part,
          csvText(table.subjects[row]!.source),
          csvText(table.paths[row]!),
          csvText(table.patientIds[row]!),
          ...Array.from(labels, numberText),
          ...Array.from(probabilities, numberText),
        ].join(","),
      );
    }
  }
  return `${lines.join("\n")}\n`;
}
