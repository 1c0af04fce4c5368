import { PARTS, type Part } from "./parts.ts";
import { type Subject, UNKNOWN_GROUP } from "./subgroups.ts";
import { tally } from "./tally.ts";

/** Whose films a part holds, counted by films. */
export interface PartComposition {
  readonly films: number;
  readonly patients: number;
  readonly sex: Readonly<Record<string, number>>;
  /** In years, over the films whose patient's age is known; the deviation is the sample's, null of fewer than two. */
  readonly age: { readonly known: number; readonly mean: number | null; readonly deviation: number | null };
  readonly projection: Readonly<Record<string, number>>;
  readonly source: Readonly<Record<string, number>>;
}

export type Composition = Readonly<Record<Part, PartComposition>>;

/**
 * @param positions of each part's films
 * @param about what is known of the film at a position, and whose it is
 */
export const compositionOf = (
  positions: Readonly<Record<Part, Iterable<number>>>,
  about: (position: number) => { readonly subject: Subject; readonly patient: string },
): Composition =>
  Object.fromEntries(
    PARTS.map((part) => [part, composed(Array.from(positions[part], about))]),
  ) as unknown as Composition;

function composed(films: readonly { readonly subject: Subject; readonly patient: string }[]): PartComposition {
  const count = (of: (subject: Subject) => string) =>
    tally(films.map(({ subject }) => of(subject) || UNKNOWN_GROUP).sort());
  return {
    films: films.length,
    patients: new Set(films.map(({ patient }) => patient)).size,
    sex: count(({ sex }) => (sex === "Unknown" ? UNKNOWN_GROUP : sex)),
    age: moments(films.flatMap(({ subject }) => subject.age ?? [])),
    projection: count(({ projection }) => projection),
    source: count(({ source }) => source),
  };
}

function moments(values: readonly number[]): PartComposition["age"] {
  const known = values.length;
  if (known === 0) return { known, mean: null, deviation: null };
  const mean = values.reduce((sum, value) => sum + value, 0) / known;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { known, mean, deviation: known < 2 ? null : Math.sqrt(squares / (known - 1)) };
}
