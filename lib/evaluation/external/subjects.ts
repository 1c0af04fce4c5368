import type { ExternalValidation } from "../../contracts/external-validation.ts";
import { UNKNOWN_AGE } from "../../data/column-codecs.ts";
import type { Films } from "../../data/film-columns.ts";
import { quantile } from "../../domain/bootstrap.ts";

const UNKNOWN = "not known";

/** Who the films at these positions are of, counted over films. */
export function describeSubjects(
  films: Films,
  positions: Uint32Array,
  { patients, studies }: { readonly patients: readonly string[]; readonly studies: readonly string[] },
): ExternalValidation["subjects"] {
  const ages = Float64Array.from(positions, (position) => films.age[position]!).filter((age) => age !== UNKNOWN_AGE);
  ages.sort();
  const of = (texts: readonly string[], none = UNKNOWN) =>
    tally(Array.from(positions, (position) => (texts[position] === "Unknown" ? none : texts[position] || none)));
  return {
    patients: new Set(patients).size,
    studies: new Set(studies).size,
    sex: of(films.sex),
    age:
      ages.length === 0
        ? null
        : {
            median: quantile(ages, 0.5),
            quartiles: [quantile(ages, 0.25), quantile(ages, 0.75)],
            youngest: ages[0]!,
            oldest: ages.at(-1)!,
          },
    ageUnknown: positions.length - ages.length,
    projection: of(films.projection),
    source: of(films.source),
  };
}

function tally(texts: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
