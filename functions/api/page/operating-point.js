/** @typedef {import("../../../lib/contracts/api.ts").ModelDetails} ModelDetails */

/**
 * @param {ModelDetails | null} card
 * @param {string} observation
 * @returns {number} its place among the card's columns; -1 where there is none
 */
export const labelPlace = (card, observation) =>
  /** @type {readonly string[]} */ (card?.labels ?? []).indexOf(observation);

/**
 * What the evaluation measured at the threshold nearest to this one; null where it measured nothing.
 * @param {ModelDetails | null} card
 * @param {string} observation
 * @param {number} threshold
 * @returns {{ status: ModelDetails["statuses"][number], sensitivity: Rate | null, specificity: Rate | null } | null}
 */
export function measuredAt(card, observation, threshold) {
  const curve = card?.evaluation?.operatingCurve;
  const column = labelPlace(card, observation);
  if (!curve || column < 0 || curve.thresholds.length === 0) return null;
  const nearest = curve.thresholds.reduce(
    (best, value, place) =>
      Math.abs(value - threshold) < Math.abs((curve.thresholds[best] ?? 0) - threshold) ? place : best,
    0,
  );
  const figures = card?.evaluation?.perObservation[column];
  if (!figures) return null;
  const sensitivity = rate(curve.sensitivity[column]?.[nearest], figures.positives);
  const specificity = rate(curve.specificity[column]?.[nearest], figures.negatives);
  return sensitivity === null && specificity === null ? null : { status: figures.status, sensitivity, specificity };
}

/**
 * A share of test films, with the films that it is of.
 * @typedef {{ share: number, films: number }} Rate
 */

/** @param {number | null | undefined} share @param {number} films @returns {Rate | null} */
export const rate = (share, films) => (share === null || share === undefined ? null : { share, films });
