import { type Confusion, f1, precision, recall, specificity } from "./metrics/confusion.ts";
import { type Numbers, orderByScore } from "./metrics/ranking.ts";

/** Rows of one observation in the order of their scores, ready to be counted again and again. */
export interface Presorted {
  /** Patient of each unmasked row, by falling score. */
  readonly patient: Uint32Array;
  readonly positive: Uint8Array;
  /** 1 where the next row has another score: an entry of the ranking ends here. */
  readonly ends: Uint8Array;
  /** Rows that are called positive. */
  readonly called: number;
}

export function presort(
  { scores, labels, threshold = Number.POSITIVE_INFINITY }: { scores: Numbers; labels: Numbers; threshold?: number },
  patients: Numbers,
): Presorted {
  const order = orderByScore(scores, labels);
  const refused = order.findIndex((row) => scores[row]! < threshold);
  return {
    patient: order.map((row) => patients[row]!),
    positive: Uint8Array.from(order, (row) => (labels[row]! > 0.5 ? 1 : 0)),
    ends: Uint8Array.from(order, (row, i) => (i + 1 === order.length || scores[order[i + 1]!] !== scores[row] ? 1 : 0)),
    called: refused < 0 ? order.length : refused,
  };
}

/** Figures that follow from counts in the order of the scores. */
export interface ResampledFigures {
  readonly auroc: number | null;
  readonly averagePrecision: number | null;
  readonly f1: number | null;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly specificity: number | null;
}

/** The figures with each patient's rows counted so many times. */
export function resampled({ patient, positive, ends, called }: Presorted, times: Uint32Array): ResampledFigures {
  let [pairs, gained] = [0, 0];
  let [truePositives, falsePositives] = [0, 0];
  let [lastTrue, lastFalse] = [0, 0];
  let [calledTrue, calledFalse] = [0, 0];
  for (let i = 0; i < patient.length; i += 1) {
    const weight = times[patient[i]!]!;
    if (positive[i] === 1) truePositives += weight;
    else falsePositives += weight;
    if (ends[i] === 0) continue;
    if (truePositives > lastTrue) {
      gained += ((truePositives - lastTrue) * truePositives) / (truePositives + falsePositives);
    }
    pairs += (falsePositives - lastFalse) * (truePositives + lastTrue);
    lastTrue = truePositives;
    lastFalse = falsePositives;
    // A threshold never parts rows of one score, so that an entry ends at the last row it accepts.
    if (i < called) {
      calledTrue = truePositives;
      calledFalse = falsePositives;
    }
  }
  const counts: Confusion = {
    truePositive: calledTrue,
    falsePositive: calledFalse,
    trueNegative: falsePositives - calledFalse,
    falseNegative: truePositives - calledTrue,
  };
  const bothClasses = truePositives > 0 && falsePositives > 0;
  return {
    auroc: bothClasses ? pairs / (2 * truePositives * falsePositives) : null,
    averagePrecision: truePositives > 0 ? gained / truePositives : null,
    f1: f1(counts),
    precision: precision(counts),
    recall: recall(counts),
    specificity: specificity(counts),
  };
}
