import type { Finding as ToldFinding, Warning } from "../contracts/api.ts";
import { filmWarning } from "../contracts/codes.ts";
import type { ModelVersion } from "../contracts/model-version.ts";
import { InputError } from "../domain/errors.ts";
import type { ObservationStatus } from "../domain/observation-status.ts";
import { forEachObservation, type Observation, observationIndex } from "../domain/observations.ts";
import type { FilmAnswer } from "./film-service.ts";

/** What the model says of one observation. */
export type Finding = Omit<ToldFinding, "map">;

/** What decides besides the film: a version's operating points, and what it may say of each observation. */
export interface FindingRules extends Pick<ModelVersion, "thresholds"> {
  readonly statuses: readonly ObservationStatus[];
}

/** All 14, in the order of CheXpert's columns. */
export const findings = (
  { prediction, outOfDistribution }: Pick<FilmAnswer, "prediction" | "outOfDistribution">,
  { thresholds, statuses }: FindingRules,
): Finding[] =>
  forEachObservation((observation, index) => {
    const status = statuses[index]!;
    const by = { observation, status };
    if (status === "not-learned") {
      return { ...by, probability: null, threshold: null, decision: null, withheld: "not-learned" };
    }
    const probability = prediction.probabilities[index]!;
    const threshold = thresholds[index]!;
    const answer = { ...by, probability, threshold };
    if (outOfDistribution) return { ...answer, decision: null, withheld: "out-of-distribution" };
    return { ...answer, decision: probability >= threshold ? "above-threshold" : "below-threshold", withheld: null };
  });

/** What has no place on a film. */
const NO_FINDING: Observation = "No Finding";

/**
 * The observation with the highest probability, whatever its operating point; "No Finding", which is nowhere on the film, and
 * what was not learned are passed over. Undefined where nothing is left.
 */
export const likeliest = (found: readonly Finding[]): Observation | undefined =>
  found
    .filter(({ observation, probability }) => observation !== NO_FINDING && probability !== null)
    .toSorted((a, b) => b.probability! - a.probability!)[0]?.observation;

/** Those above their operating points, "No Finding" aside; the likeliest where there is none, or no decision. */
export function worthExplaining(found: readonly Finding[]): Observation[] {
  const positive = found.filter(
    ({ observation, decision }) => observation !== NO_FINDING && decision === "above-threshold",
  );
  if (positive.length > 0) return positive.map(({ observation }) => observation);
  const one = likeliest(found);
  return one === undefined ? [] : [one];
}

/** CheXpert's labeller says "No Finding" of films with devices too. */
const BESIDE_NO_FINDING: readonly Observation[] = [NO_FINDING, "Support Devices"];

/** "No Finding" and a finding, both above their operating points. */
export function contradictions(found: readonly Finding[]): Warning[] {
  const above = found.filter(({ decision }) => decision === "above-threshold").map(({ observation }) => observation);
  const names = above.filter((name) => !BESIDE_NO_FINDING.includes(name));
  if (!above.includes(NO_FINDING) || names.length === 0) return [];
  const message = `contradictory: ${NO_FINDING} is above its operating point, and so ${names.length === 1 ? "is" : "are"} ${names.join(", ")}`;
  return [filmWarning("contradictory-findings", message)];
}

/** @throws InputError `not-learned` where a heat map is asked for by the name of what was not learned */
export function requireLearned(statuses: readonly ObservationStatus[], observations: readonly Observation[]): void {
  const not = observations.filter((name) => statuses[observationIndex(name)] === "not-learned");
  if (not.length === 0) return;
  const message = `${not.join(", ")}: not learned by this model, whose training films held no positive or no negative of it; there is no heat map`;
  throw new InputError("not-learned", message);
}
