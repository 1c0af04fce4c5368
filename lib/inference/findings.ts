import type { Finding as ToldFinding } from "../contracts/api.ts";
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

/** @throws InputError `not-learned` where a heat map is asked for by the name of what was not learned */
export function requireLearned(statuses: readonly ObservationStatus[], observations: readonly Observation[]): void {
  const not = observations.filter((name) => statuses[observationIndex(name)] === "not-learned");
  if (not.length === 0) return;
  const message = `${not.join(", ")}: not learned by this model, whose training films were all alike in it; there is no heat map`;
  throw new InputError("not-learned", message);
}
