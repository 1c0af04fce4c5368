import { sigmoid } from "./logistic.ts";

/** Probabilities between the knots are interpolated linearly; `x`, raw ones, rises. */
export interface Isotonic {
  readonly kind: "isotonic";
  readonly x: readonly number[];
  readonly y: readonly number[];
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
export function fitIsotonic(known: readonly { readonly logit: number; readonly positive: boolean }[]): Isotonic {
  const blocks: Block[] = [];
  for (const { logit, positive } of known.toSorted((a, b) => a.logit - b.logit)) {
    const probability = sigmoid(logit);
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

export function interpolate({ x, y }: Isotonic, probability: number): number {
  const last = x.length - 1;
  if (last < 0) return probability;
  if (probability <= x[0]!) return y[0]!;
  if (probability >= x[last]!) return y[last]!;
  const right = x.findIndex((knot) => knot >= probability);
  const share = (probability - x[right - 1]!) / (x[right]! - x[right - 1]!);
  return y[right - 1]! + share * (y[right]! - y[right - 1]!);
}
