import type { JudgedObservation } from "../contracts/model-version.ts";
import {
  type ClassCounts,
  hasBothClasses,
  type ObservationStatus,
  observationStatus,
} from "../domain/observation-status.ts";
import { forEachObservation, OBSERVATION_COUNT } from "../domain/observations.ts";
import type { PredictionTable } from "./prediction-table.ts";

/** Films with and without each observation. @param labels rows x 14, NaN masked @param rows all where left out */
export function classCounts(
  labels: Float32Array,
  rows: Iterable<number> = new Uint32Array(labels.length / OBSERVATION_COUNT).keys(),
): ClassCounts[] {
  const counts = forEachObservation(() => ({ positives: 0, negatives: 0 }));
  for (const row of rows) {
    counts.forEach((count, observation) => {
      const label = labels[row * OBSERVATION_COUNT + observation]!;
      if (label > 0.5) count.positives += 1;
      else if (!Number.isNaN(label)) count.negatives += 1;
    });
  }
  return counts;
}

/** The status of each observation, with the training and test films that decide it. */
export const judgeObservations = (
  trained: readonly ClassCounts[],
  tested: readonly ClassCounts[],
): JudgedObservation[] =>
  forEachObservation((_, i) => ({
    status: observationStatus(hasBothClasses(trained[i]!), tested[i]!),
    trained: trained[i]!,
    tested: tested[i]!,
  }));

/** Values rows x 14 with NaN for what was not learned. */
const withoutUnlearned = <T extends Float32Array | Float64Array>(
  values: T,
  statuses: readonly ObservationStatus[],
): T => values.map((value, at) => (statuses[at % OBSERVATION_COUNT] === "not-learned" ? Number.NaN : value)) as T;

/** The table with the labels of what was not learned masked, so that no figure is of it. */
export const maskUnlearned = <T extends Pick<PredictionTable, "labels">>(
  table: T,
  statuses: readonly ObservationStatus[],
): T => ({ ...table, labels: withoutUnlearned(table.labels, statuses) });

/** The table with labels as they are, and NaN for probabilities of what was not learned. */
export const blankUnlearned = <T extends Pick<PredictionTable, "probabilities">>(
  table: T,
  statuses: readonly ObservationStatus[],
): T => ({ ...table, probabilities: withoutUnlearned(table.probabilities, statuses) });
