import type { ExternalValidation } from "../../contracts/external-validation.ts";
import { UNKNOWN_AGE } from "../../data/column-codecs.ts";
import type { Films } from "../../data/film-columns.ts";
import { quantile } from "../../domain/bootstrap.ts";
import { UNKNOWN_GROUP } from "../../domain/subgroups.ts";
import { tally } from "../../domain/tally.ts";

/** Who the films at these positions are of, counted over films. */
export function describeSubjects(
  films: Films,
  positions: Uint32Array,
  { patients, studies }: { readonly patients: readonly string[]; readonly studies: readonly string[] },
): ExternalValidation["subjects"] {
  const ages = Float64Array.from(positions, (position) => films.age[position]!).filter((age) => age !== UNKNOWN_AGE);
  ages.sort();
  const of = (texts: readonly string[], none = UNKNOWN_GROUP) =>
    tally(Array.from(positions, (position) => (texts[position] === "Unknown" ? none : texts[position] || none)).sort());
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
