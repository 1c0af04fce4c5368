import type { PredictionResult } from "./answer.ts";

const BAR_WIDTH = 20;

/** A film's answer as a table for people, sorted by probability. */
export function tellPrediction(result: PredictionResult): string {
  if ("error" in result) return `${result.file}\n  refused: ${result.error.message}\n\n`;
  const rows = [...result.findings]
    .sort((a, b) => b.probability - a.probability)
    .map(({ observation, probability, threshold, positive }) => {
      const verdict = positive ? "above" : "below";
      return `  ${observation.padEnd(27)} ${probability.toFixed(2)}  ${bar(probability, threshold)}  ${verdict} its operating point ${threshold.toFixed(2)}`;
    });
  const warnings = result.warnings.map(({ message }) => `  warning: ${message}`);
  const pictures = (result.explanations ?? []).map(({ observation, file }) => `  heat map of ${observation}: ${file}`);
  const model = `  model ${result.model.name} ${result.model.version}; ${result.notice}`;
  return `${[result.file, ...rows, ...warnings, ...pictures, model].join("\n")}\n\n`;
}

/** The probability as a bar, the operating point as a tick in it. */
function bar(probability: number, threshold: number): string {
  const full = Math.round(probability * BAR_WIDTH);
  const tick = Math.min(BAR_WIDTH - 1, Math.round(threshold * BAR_WIDTH));
  return Array.from({ length: BAR_WIDTH }, (_, i) => (i === tick ? "|" : i < full ? "#" : ".")).join("");
}
