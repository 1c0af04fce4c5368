import type { Evaluation } from "../contracts/evaluation.ts";
import type { ModelVersion } from "../contracts/model-version.ts";
import {
  type ClassCounts,
  hasBothClasses,
  type ObservationStatus,
  observationStatus,
  whyNotLearned,
} from "../domain/observation-status.ts";
import { forEachObservation, OBSERVATIONS, type Observation } from "../domain/observations.ts";

/** What a version's status is decided by. */
export type Judged = Pick<ModelVersion, "observations"> & {
  readonly trainedOn: Pick<ModelVersion["trainedOn"], "prevalence">;
};

/** Of what one film would stand for where the share of positives alone was kept. */
const classesOf = (share: number | null): ClassCounts => ({
  positives: Number(share !== null && share > 0),
  negatives: Number(share !== null && share < 1),
});

/** Why each observation that a version did not learn was not. */
export const notLearned = (
  { observations, trainedOn }: Judged,
  statuses: readonly ObservationStatus[],
): Partial<Record<Observation, string>> =>
  Object.fromEntries(
    OBSERVATIONS.flatMap((name, index) => {
      if (statuses[index] !== "not-learned") return [];
      const trained = observations?.[index]?.trained ?? classesOf(trainedOn.prevalence[index] ?? null);
      return [[name, whyNotLearned(trained)]];
    }),
  );

/**
 * What a version may say of each observation, as its evaluation decided. Versions of before that was kept have it from
 * the share of positives among their training films and from the test films behind their figures.
 */
export function observationStatuses(
  { observations, trainedOn }: Judged,
  evaluation: Pick<Evaluation, "perObservation"> | null,
): readonly ObservationStatus[] {
  if (observations !== undefined) return observations.map(({ status }) => status);
  return forEachObservation((name, index) => {
    const tested = evaluation?.perObservation[name];
    return observationStatus(
      hasBothClasses(classesOf(trainedOn.prevalence[index] ?? null)),
      tested === undefined ? null : { positives: tested.positives, negatives: tested.rows - tested.positives },
    );
  });
}
