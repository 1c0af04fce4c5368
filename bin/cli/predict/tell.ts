import type { Finding } from "../../../lib/inference/findings.ts";
import type { PredictionResult } from "./answer.ts";

const BAR_WIDTH = 20;

/** A film's answer as a table for people, sorted by probability; what was not learned stands last. */
export function tellPrediction(result: PredictionResult): string {
  if ("error" in result) return `${result.file}\n  refused: ${result.error.message}\n\n`;
  const rows = [...result.findings].sort((a, b) => (b.probability ?? -1) - (a.probability ?? -1)).map(row);
  const unchecked = result.outOfDistribution === null ? [`  ${UNCHECKED}`] : [];
  const warnings = result.warnings.map(({ message }) => `  warning: ${message}`);
  const pictures = (result.explanations ?? []).map(({ observation, file }) => `  heat map of ${observation}: ${file}`);
  const caution = result.caution === null ? [] : [`  ${result.caution}`];
  const model = `  model ${result.model.name} ${result.model.version}; ${result.notice}`;
  return `${[result.file, ...rows, ...unchecked, ...warnings, ...pictures, ...caution, model].join("\n")}\n\n`;
}

const UNCHECKED = "this model has no check for films unlike those it learned from";

function row({ observation, status, probability, threshold, decision }: Finding): string {
  const name = `  ${observation.padEnd(27)}`;
  if (probability === null || threshold === null) return `${name} not learned by this model`;
  const answer = `${name} ${probability.toFixed(2)}  ${bar(probability, decision === null ? null : threshold)}`;
  if (decision === null) return `${answer}  no decision`;
  const verdict = `${decision === "above-threshold" ? "above" : "below"} its operating point ${threshold.toFixed(2)}`;
  return `${answer}  ${verdict}${status === "not-claimed" ? "; too few test films to say how well" : ""}`;
}

/** The probability as a bar, the operating point as a tick in it where it decides. */
function bar(probability: number, threshold: number | null): string {
  const full = Math.round(probability * BAR_WIDTH);
  const tick = threshold === null ? -1 : Math.min(BAR_WIDTH - 1, Math.round(threshold * BAR_WIDTH));
  return Array.from({ length: BAR_WIDTH }, (_, i) => (i === tick ? "|" : i < full ? "#" : ".")).join("");
}
