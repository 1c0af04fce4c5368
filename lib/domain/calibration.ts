import { fitLogistic, logit, sigmoid } from "./logistic.ts";
import type { Numbers } from "./metrics/ranking.ts";

/** p = sigmoid(slope x logit + intercept), which keeps the order of the scores (slope > 0). */
export interface Platt {
  readonly kind: "platt";
  readonly slope: number;
  readonly intercept: number;
}
/** Probabilities between the knots are interpolated linearly; `x` rises. */
export interface Isotonic {
  readonly kind: "isotonic";
  readonly x: readonly number[];
  readonly y: readonly number[];
}
export type CalibrationMap = { readonly kind: "identity" } | Platt | Isotonic;

/** Fewer positives or negatives than this say too little about a slope: the probabilities stay as they are. */
export const LEAST_OF_EACH_CLASS = 10;

/** Fewer than this, and steps follow chance (Niculescu-Mizil and Caruana 2005): Platt's two numbers are fitted instead. */
export const LEAST_FOR_ISOTONIC = 500;

export type CalibrationMethod = "platt" | "isotonic" | "none";

/** The calibrated probability of a raw one. */
export function calibrate(map: CalibrationMap, probability: number): number {
  switch (map.kind) {
    case "identity":
      return probability;
    case "platt":
      return sigmoid(map.slope * logit(probability) + map.intercept);
    case "isotonic":
      return interpolate(map, probability);
  }
}

/**
 * Fits on the calibration patients: neither copied by up-sampling, which would shift every prevalence, nor used to stop
 * early. Identity where they say too little or would turn the order round.
 * @param probabilities raw, in [0, 1]
 * @param labels 1, 0, NaN masked
 */
export function fitCalibration(method: CalibrationMethod, probabilities: Numbers, labels: Numbers): CalibrationMap {
  const known: Known[] = [];
  for (let row = 0; row < labels.length; row += 1) {
    if (!Number.isNaN(labels[row]!)) known.push({ probability: probabilities[row]!, positive: labels[row]! > 0.5 });
  }
  const positives = known.filter(({ positive }) => positive).length;
  const rarer = Math.min(positives, known.length - positives);
  if (method === "none" || rarer < LEAST_OF_EACH_CLASS) return { kind: "identity" };
  if (method === "isotonic" && rarer >= LEAST_FOR_ISOTONIC) return fitIsotonic(known);
  const fitted = fitPlatt(known, positives);
  return fitted && fitted.slope > 0 ? fitted : { kind: "identity" };
}

interface Known {
  readonly probability: number;
  readonly positive: boolean;
}

/**
 * Targets are smoothed to (n+ + 1)/(n+ + 2) and 1/(n- + 2) (Platt 1999), so that separable scores still have a finite
 * slope.
 */
function fitPlatt(known: readonly Known[], positives: number): Platt | null {
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (known.length - positives + 2);
  const line = fitLogistic(
    known.map(({ probability }) => logit(probability)),
    known.map(({ positive }) => (positive ? high : low)),
  );
  return line && { kind: "platt", ...line };
}

/** Rows with neighbouring probabilities that get one value. */
interface Block {
  low: number;
  high: number;
  rows: number;
  positives: number;
}

const share = ({ positives, rows }: Block): number => positives / rows;

/**
 * Least squares among all functions that never fall, by pooling adjacent violators (Ayer et al. 1955). Neither end makes
 * a certainty: nobody of n is taken for 1/(2n + 2) of them.
 */
function fitIsotonic(known: readonly Known[]): Isotonic {
  const blocks: Block[] = [];
  for (const { probability, positive } of known.toSorted((a, b) => a.probability - b.probability)) {
    const last = blocks.at(-1);
    if (last?.high === probability && last.low === probability) {
      last.rows += 1;
      last.positives += Number(positive);
    } else blocks.push({ low: probability, high: probability, rows: 1, positives: Number(positive) });
  }
  const pooled: Block[] = [];
  for (const block of blocks) {
    let joined = block;
    for (let last = pooled.at(-1); last && share(last) >= share(joined); last = pooled.at(-1)) {
      pooled.pop();
      joined = {
        low: last.low,
        high: joined.high,
        rows: last.rows + joined.rows,
        positives: last.positives + joined.positives,
      };
    }
    pooled.push(joined);
  }
  const least = 1 / (2 * pooled[0]!.rows + 2);
  const most = 1 - 1 / (2 * pooled.at(-1)!.rows + 2);
  const knots = pooled.flatMap((block) => {
    const y = Math.min(Math.max(share(block), least), most);
    return block.low === block.high ? [{ x: block.low, y }] : [block.low, block.high].map((x) => ({ x, y }));
  });
  return { kind: "isotonic", x: knots.map(({ x }) => x), y: knots.map(({ y }) => y) };
}

function interpolate({ x, y }: Isotonic, probability: number): number {
  const last = x.length - 1;
  if (last < 0) return probability;
  if (probability <= x[0]!) return y[0]!;
  if (probability >= x[last]!) return y[last]!;
  const right = x.findIndex((knot) => knot >= probability);
  const share = (probability - x[right - 1]!) / (x[right]! - x[right - 1]!);
  return y[right - 1]! + share * (y[right]! - y[right - 1]!);
}
