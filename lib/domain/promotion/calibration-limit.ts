import { calibrationExcess } from "../calibration-excess.ts";
import { observationIndex } from "../observations.ts";
import { type Check, percent, plain } from "./check.ts";
import type { Candidate } from "./contenders.ts";
import type { GateRules } from "./rules.ts";

/**
 * Mean expected calibration error over the observations that the candidate claims, or where it claims none over those
 * that it learned, with both classes among its test films. It fails where chance would hardly give so much to a model at the limit.
 */
export function calibrationLimit(candidate: Candidate, rules: GateRules, seed: number): Check {
  const rule = "calibration";
  const { ownTest } = candidate;
  if (ownTest === null) return plain(rule, false, "its predictions of its test films are not there");
  const bothClasses = candidate.learned.filter((name) => {
    const labels = ownTest.labels[observationIndex(name)]!;
    return labels.some((label) => label > 0.5) && labels.some((label) => label <= 0.5);
  });
  const names = candidate.claimed.length > 0 ? candidate.claimed : bothClasses;
  if (names.length === 0) return plain(rule, true, "no observation has test films of both classes");
  const columns = names.map((name) => {
    const i = observationIndex(name);
    return { probabilities: ownTest.scores[i]!, labels: ownTest.labels[i]! };
  });
  const most = rules.maxCalibrationError;
  const { error, critical } = calibrationExcess(columns, ownTest.patients, {
    most,
    confidence: rules.confidence,
    rounds: rules.bootstrap,
    seed,
  });
  if (error === null) return plain(rule, true, "no observation has a labelled test film");
  const films = `${ownTest.patients.length} test films of ${new Set(ownTest.patients).size} patients`;
  const chance =
    critical > most
      ? `; chance takes a model at that limit to ${critical.toFixed(3)} (${percent(rules.confidence)})`
      : "";
  const detail = `mean expected calibration error of ${names.length} observations ${error.toFixed(3)} on ${films}, expected at most ${most.toFixed(3)}${chance}`;
  return { rule, passed: error <= critical, value: error, limit: critical, detail };
}
