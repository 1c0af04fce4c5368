import { type Numbers, orderByScore } from "./metrics/ranking.ts";

/** Rows of one observation in the order of their scores, ready to be counted again and again. */
export interface Presorted {
  /** Patient of each unmasked row, by falling score. */
  readonly patient: Uint32Array;
  readonly positive: Uint8Array;
  /** 1 where the next row has another score: an entry of the ranking ends here. */
  readonly ends: Uint8Array;
}

/** @param labels 1, 0, NaN masked */
export function presort({ scores, labels }: { scores: Numbers; labels: Numbers }, patients: Numbers): Presorted {
  const order = orderByScore(scores, labels);
  return {
    patient: order.map((row) => patients[row]!),
    positive: Uint8Array.from(order, (row) => (labels[row]! > 0.5 ? 1 : 0)),
    ends: Uint8Array.from(order, (row, i) => (i + 1 === order.length || scores[order[i + 1]!] !== scores[row] ? 1 : 0)),
  };
}

/** The AUROC with each patient's rows counted so many times; null where one class is missing. */
export function resampledAuroc({ patient, positive, ends }: Presorted, times: Uint32Array): number | null {
  let pairs = 0;
  let [positives, negatives] = [0, 0];
  let [lastPositives, lastNegatives] = [0, 0];
  for (let i = 0; i < patient.length; i += 1) {
    const weight = times[patient[i]!]!;
    if (positive[i] === 1) positives += weight;
    else negatives += weight;
    if (ends[i] === 0) continue;
    pairs += (negatives - lastNegatives) * (positives + lastPositives);
    lastPositives = positives;
    lastNegatives = negatives;
  }
  return positives > 0 && negatives > 0 ? pairs / (2 * positives * negatives) : null;
}
