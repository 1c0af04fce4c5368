import { aurocDifference } from "./auroc-difference.ts";
import { forEachObservation, OBSERVATION_COUNT } from "./observations.ts";

/** What a run's model said of its test films, in the order of their names. */
export interface TestedFilms {
  readonly films: readonly string[];
  /** Whose each film is. */
  readonly patients: readonly string[];
  /** films x 14; 1, 0 or NaN, which is left out */
  readonly labels: Float64Array;
  /** films x 14, calibrated; NaN where not learned */
  readonly probabilities: Float64Array;
}

/** How much larger an AUROC is on the same films, with its 95 % interval. */
export interface AurocGain {
  readonly value: number;
  readonly interval: readonly [number, number];
}

export const sameFilms = (a: TestedFilms, b: TestedFilms): boolean =>
  a.films.length === b.films.length && a.films.every((film, i) => film === b.films[i]);

/** Of each end of a 95 % interval. */
const ONE_SIDED = 0.975;

const column = (values: Float64Array, k: number): Float64Array =>
  Float64Array.from({ length: values.length / OBSERVATION_COUNT }, (_, row) => values[row * OBSERVATION_COUNT + k]!);

/**
 * By observation, how much larger the AUROC is than the reference's on the same films, patients' films taken together
 * (docs/statistics.md); null where labels differ, either did not learn it, or too few patients have it or have it not.
 * @param reference of the same films
 */
export function aurocGains(of: TestedFilms, reference: TestedFilms): readonly (AurocGain | null)[] {
  const numbers = new Map<string, number>();
  const patients = of.patients.map((name) => {
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return numbers.get(name)!;
  });
  return forEachObservation((_, k) => {
    const labels = column(of.labels, k);
    const [candidate, other] = [column(of.probabilities, k), column(reference.probabilities, k)];
    const theirs = column(reference.labels, k);
    if (!labels.every((label, row) => Object.is(label, theirs[row]))) return null;
    if (candidate.some(Number.isNaN) || other.some(Number.isNaN)) return null;
    const ahead = aurocDifference({ labels, candidate, reference: other, patients }, ONE_SIDED);
    const behind = aurocDifference({ labels, candidate: other, reference: candidate, patients }, ONE_SIDED);
    return ahead && behind && { value: ahead.value, interval: [ahead.lower, -behind.lower] as const };
  });
}
