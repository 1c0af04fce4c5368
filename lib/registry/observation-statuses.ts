import type { Evaluation } from "../contracts/evaluation.ts";
import type { ModelVersion } from "../contracts/model-version.ts";
import { type ObservationStatus, observationStatus } from "../domain/observation-status.ts";
import { forEachObservation } from "../domain/observations.ts";

/** What a version's status is decided by. */
export type Judged = Pick<ModelVersion, "observations"> & {
  readonly trainedOn: Pick<ModelVersion["trainedOn"], "prevalence">;
};

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
    const share = trainedOn.prevalence[index] ?? 0;
    const tested = evaluation?.perObservation[name];
    return observationStatus(
      share > 0 && share < 1,
      tested === undefined ? null : { positives: tested.positives, negatives: tested.rows - tested.positives },
    );
  });
}
