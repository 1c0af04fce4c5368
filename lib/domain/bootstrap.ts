import { meanDefined } from "./metrics/mean.ts";
import { type Numbers, orderByScore } from "./metrics/ranking.ts";
import { random } from "./random.ts";

/** Rows of one observation in the order of their scores, ready to be counted again and again. */
interface Presorted {
  /** Patient of each unmasked row, by falling score. */
  readonly patient: Uint32Array;
  readonly positive: Uint8Array;
  /** 1 where the next row has another score: an entry of the ranking ends here. */
  readonly ends: Uint8Array;
}

export interface AurocRounds {
  /** AUROC of each observation in each round; null where a round drew one class only. */
  readonly perObservation: readonly (number | null)[][];
  /** Mean over the observations of a round in which they are defined. */
  readonly mean: readonly (number | null)[];
}

/**
 * AUROC of every observation under resampling of patients with replacement: a patient's films come and go together
 * (cluster bootstrap). Scores are sorted once; a round only counts them again, so its cost is linear in rows.
 * @param columns scores and labels (1, 0, NaN masked) of each observation
 * @param patients number of each row's patient, from 0
 */
export function bootstrapAuroc(
  columns: readonly { readonly scores: Numbers; readonly labels: Numbers }[],
  patients: Numbers,
  rounds: number,
  seed: number,
): AurocRounds {
  const patientCount = highest(patients) + 1;
  const presorted = columns.map(({ scores, labels }) => presort(scores, labels, patients));
  const next = random(seed, "bootstrap");
  const times = new Uint32Array(patientCount);
  const perObservation: (number | null)[][] = columns.map(() => []);
  const mean: (number | null)[] = [];
  for (let round = 0; round < rounds; round += 1) {
    times.fill(0);
    for (let draw = 0; draw < patientCount; draw += 1) times[Math.floor(next() * patientCount)]! += 1;
    const values = presorted.map((column) => weightedAuroc(column, times));
    for (const [i, value] of values.entries()) perObservation[i]!.push(value);
    mean.push(meanDefined(values));
  }
  return { perObservation, mean };
}

/** Share of rounds in which a figure must be defined for its interval to be given. */
const LEAST_DEFINED = 0.9;

/** Percentile interval (Efron 1979) over the rounds that are defined; null where too few are. */
export function percentileInterval(rounds: readonly (number | null)[], confidence = 0.95): [number, number] | null {
  const defined = Float64Array.from(rounds.filter((value) => value !== null)).sort();
  if (defined.length === 0 || defined.length < LEAST_DEFINED * rounds.length) return null;
  const tail = (1 - confidence) / 2;
  return [quantile(defined, tail), quantile(defined, 1 - tail)];
}

/** Quantile of sorted values, interpolated linearly between the two nearest. */
export function quantile(sorted: Numbers, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

function presort(scores: Numbers, labels: Numbers, patients: Numbers): Presorted {
  const order = orderByScore(scores, labels);
  return {
    patient: order.map((row) => patients[row]!),
    positive: Uint8Array.from(order, (row) => (labels[row]! > 0.5 ? 1 : 0)),
    ends: Uint8Array.from(order, (row, i) => (i + 1 === order.length || scores[order[i + 1]!] !== scores[row] ? 1 : 0)),
  };
}

function weightedAuroc({ patient, positive, ends }: Presorted, times: Uint32Array): number | null {
  let pairs = 0;
  let truePositives = 0;
  let falsePositives = 0;
  let lastTrue = 0;
  let lastFalse = 0;
  for (let i = 0; i < patient.length; i += 1) {
    const weight = times[patient[i]!]!;
    if (positive[i] === 1) truePositives += weight;
    else falsePositives += weight;
    if (ends[i] === 0) continue;
    pairs += (falsePositives - lastFalse) * (truePositives + lastTrue);
    lastTrue = truePositives;
    lastFalse = falsePositives;
  }
  return truePositives === 0 || falsePositives === 0 ? null : pairs / (2 * truePositives * falsePositives);
}

function highest(values: Numbers): number {
  let most = -1;
  for (let i = 0; i < values.length; i += 1) most = Math.max(most, values[i]!);
  return most;
}
