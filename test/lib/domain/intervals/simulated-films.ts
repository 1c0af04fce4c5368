import { normalQuantile } from "../../../../lib/domain/intervals/quantiles.ts";
import { sigmoid } from "../../../../lib/domain/logistic.ts";
import { normal, type Random } from "../../../../lib/domain/random.ts";

/** Films of which everything is known: normal scores of both classes, of one spread, `separation` apart. */
export interface Cell {
  readonly auroc: number;
  readonly positives: number;
  readonly negatives: number;
  readonly filmsEach: number;
  /** Correlation of a patient's films in score, and in what decides their labels. */
  readonly scoreCorrelation: number;
  readonly labelCorrelation: number;
  /** Whether the number of positives is the cell's in every draw, or on average. */
  readonly countIs: "fixed" | "drawn";
}

export interface Films {
  /** True posterior probabilities: calibrated, in the order of the scores. */
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
  readonly patients: Uint32Array;
  readonly threshold: number;
}

export const separation = ({ auroc }: Cell): number => Math.SQRT2 * normalQuantile(auroc);

/** The probability of a positive at a score. */
export const posterior = (cell: Cell, score: number): number => {
  const d = separation(cell);
  return sigmoid(d * score - (d * d) / 2 + Math.log(cell.positives / cell.negatives));
};

/** Decisions are made in the middle between the classes' means. */
export const operatingPoint = (cell: Cell): number => posterior(cell, separation(cell) / 2);

/**
 * Films in the order of their patients. The positives are those whose own and patient's liability is highest: as many as
 * the cell has, or all above the height at which that many are expected.
 * @param shared patients' part of the score, for several observations of the same patients; drawn where left out
 */
export function drawFilms(cell: Cell, next: Random, shared?: Float64Array): Films {
  const { positives, negatives, filmsEach } = cell;
  const rows = positives + negatives;
  const count = Math.ceil(rows / filmsEach);
  const patients = Uint32Array.from({ length: rows }, (_, row) => Math.floor(row / filmsEach));
  const draw = (length: number) => Float64Array.from({ length }, () => normal(next));
  const mixed = (ofPatients: Float64Array, correlation: number) =>
    Float64Array.from(patients, (patient) => {
      const own = normal(next);
      return Math.sqrt(correlation) * ofPatients[patient]! + Math.sqrt(1 - correlation) * own;
    });
  const alone = filmsEach === 1;
  const liability = mixed(draw(count), alone ? 0 : cell.labelCorrelation);
  const noise = mixed(shared ?? draw(count), alone && shared === undefined ? 0 : cell.scoreCorrelation);
  const labels = new Uint8Array(rows);
  const order = Uint32Array.from(liability.keys()).sort((a, b) => liability[b]! - liability[a]!);
  const height = normalQuantile(1 - positives / rows);
  const found = cell.countIs === "fixed" ? positives : liability.filter((value) => value > height).length;
  for (const row of order.subarray(0, found)) labels[row] = 1;
  const d = separation(cell);
  const scores = noise.map((value, row) => posterior(cell, value + d * labels[row]!));
  return { scores, labels, patients, threshold: operatingPoint(cell) };
}
