import type { Numbers } from "../metrics/ranking.ts";
import { patientCount } from "./clusters.ts";
import { proportionInterval } from "./proportion-interval.ts";
import type { Interval } from "./score-interval.ts";

export interface DecisionIntervals {
  readonly recall: Interval | null;
  readonly specificity: Interval | null;
  readonly precision: Interval | null;
  readonly accuracy: Interval | null;
  readonly f1: Interval | null;
}

/**
 * Intervals of the decisions "positive where score >= threshold" over rows of which a patient may have several; null where a
 * figure is not defined. F1 is 2 F / (1 + F) of the share F = TP / (TP + FP + FN), and has that share's interval.
 * @param labels 1, 0, NaN masked
 * @param patients number of each row's patient, from 0
 */
export function decisionIntervals(
  scores: Numbers,
  labels: Numbers,
  threshold: number,
  patients: Numbers,
  confidence = 0.95,
): DecisionIntervals {
  const count = patientCount(patients);
  const counts = () => new Float64Array(count);
  const [truePositive, falsePositive, trueNegative, falseNegative] = [counts(), counts(), counts(), counts()];
  for (let row = 0; row < labels.length; row += 1) {
    const label = labels[row]!;
    if (Number.isNaN(label)) continue;
    const decided = scores[row]! >= threshold;
    const of = label > 0.5 ? (decided ? truePositive : falseNegative) : decided ? falsePositive : trueNegative;
    of[patients[row]!]! += 1;
  }
  const share = (part: Float64Array, ...rest: readonly Float64Array[]) =>
    proportionInterval({ sums: part, rows: rest.reduce(added, part) }, confidence);
  const found = share(truePositive, falsePositive, falseNegative);
  return {
    recall: share(truePositive, falseNegative),
    specificity: share(trueNegative, falsePositive),
    precision: share(truePositive, falsePositive),
    accuracy: share(added(truePositive, trueNegative), falsePositive, falseNegative),
    f1: found && [f1Of(found[0]), f1Of(found[1])],
  };
}

const added = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value + b[i]!);

const f1Of = (share: number): number => (2 * share) / (1 + share);
