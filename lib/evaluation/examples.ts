import { OBSERVATION_COUNT, OBSERVATIONS, type Observation } from "../domain/observations.ts";
import type { Outcome } from "../report/material.ts";
import type { PredictionTable } from "./prediction-table.ts";

/** A film worth showing. */
export interface ChosenExample {
  readonly row: number;
  readonly observation: Observation;
  readonly outcome: Outcome;
}

const MOST_OBSERVATIONS = 4;

/** Which films count for an outcome, and which of them is the most telling: the one with the highest rank. */
const OUTCOMES: readonly {
  readonly outcome: Outcome;
  readonly positive: boolean;
  readonly called: boolean;
  readonly rank: (probability: number) => number;
}[] = [
  { outcome: "true positive", positive: true, called: true, rank: (p) => p },
  { outcome: "false negative", positive: true, called: false, rank: (p) => -p },
  { outcome: "false positive", positive: false, called: true, rank: (p) => p },
];

/**
 * For up to four observations the surest hit, the worst miss and the surest false alarm. Observations with finding boxes
 * come first, then those with most positives; "No Finding" has nothing to point at.
 */
export function chooseExamples(
  table: PredictionTable,
  thresholds: readonly number[],
  boxed: ReadonlySet<Observation>,
): ChosenExample[] {
  const positives = OBSERVATIONS.map((_, i) => {
    let count = 0;
    for (let row = 0; row < table.count; row += 1) if (table.labels[row * OBSERVATION_COUNT + i]! > 0.5) count += 1;
    return count;
  });
  const names = OBSERVATIONS.map((name, i) => ({ name, i, positives: positives[i]!, boxed: boxed.has(name) }))
    .filter(({ name, positives: count }) => name !== "No Finding" && count > 0)
    .sort((a, b) => Number(b.boxed) - Number(a.boxed) || b.positives - a.positives)
    .slice(0, MOST_OBSERVATIONS);
  return names.flatMap(({ name, i }) =>
    OUTCOMES.flatMap(({ outcome, positive, called, rank }): ChosenExample[] => {
      let best = -1;
      let highest = Number.NEGATIVE_INFINITY;
      for (let row = 0; row < table.count; row += 1) {
        const label = table.labels[row * OBSERVATION_COUNT + i]!;
        const probability = table.probabilities[row * OBSERVATION_COUNT + i]!;
        if (Number.isNaN(label) || label > 0.5 !== positive || probability >= thresholds[i]! !== called) continue;
        if (rank(probability) <= highest) continue;
        best = row;
        highest = rank(probability);
      }
      return best < 0 ? [] : [{ row: best, observation: name, outcome }];
    }),
  );
}
