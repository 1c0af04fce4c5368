/** What a model said of the films of its test patients. */
export interface HeldOutRows {
  /** Name of each film. */
  readonly films: readonly string[];
  /** Name of each film's patient. */
  readonly patients: readonly string[];
  /** Labels (1, 0, NaN masked) and scores of each observation (NaN where it was not learned), a value a film. */
  readonly columns: readonly { readonly labels: Float64Array; readonly scores: Float64Array }[];
}

/** Two models' scores of the same films in the same order. */
export interface Pair {
  readonly labels: readonly Float64Array[];
  readonly candidate: readonly Float64Array[];
  readonly champion: readonly Float64Array[];
  /** Number of each film's patient, from 0. */
  readonly patients: Uint32Array;
  readonly patientCount: number;
}

/** The rows of these films alone. */
function within(rows: HeldOutRows, films: ReadonlySet<string>): HeldOutRows {
  const kept = rows.films.flatMap((film, place) => (films.has(film) ? [place] : []));
  const pick = (values: Float64Array): Float64Array => Float64Array.from(kept, (place) => values[place]!);
  return {
    films: kept.map((place) => rows.films[place]!),
    patients: kept.map((place) => rows.patients[place]!),
    columns: rows.columns.map(({ labels, scores }) => ({ labels: pick(labels), scores: pick(scores) })),
  };
}

/**
 * The films that both models were tested on, or why they cannot be compared film by film.
 * @param testSet the films to compare them on; all that they were tested on where it is null
 */
export function pairRows(
  ours: HeldOutRows | null,
  theirs: HeldOutRows | null,
  testSet: ReadonlySet<string> | null,
): Pair | string {
  if (ours === null) return "the candidate's predictions are not there";
  if (theirs === null) return "the champion's predictions are not there";
  const [candidate, champion] = testSet === null ? [ours, theirs] : [within(ours, testSet), within(theirs, testSet)];
  const placeOf = new Map(champion.films.map((film, place) => [film, place]));
  const places = candidate.films.map((film) => placeOf.get(film));
  if (placeOf.size !== candidate.films.length || places.includes(undefined)) {
    return "the champion was tested on other films";
  }
  const inOrder = (values: Float64Array): Float64Array => Float64Array.from(places, (place) => values[place!]!);
  const labels = candidate.columns.map((column) => column.labels);
  const sameLabels = champion.columns.every((column, i) => {
    const theirs = inOrder(column.labels);
    return labels[i]!.every((label, film) => Object.is(label, theirs[film]));
  });
  if (!sameLabels) return "the champion was tested on other labels of these films (another label policy)";
  const scores = {
    candidate: candidate.columns.map((column) => column.scores),
    champion: champion.columns.map((column) => inOrder(column.scores)),
  };
  const scoredByBoth = (column: number, film: number): boolean =>
    !Number.isNaN(scores.candidate[column]![film]!) && !Number.isNaN(scores.champion[column]![film]!);
  const numbers = new Map([...new Set(candidate.patients)].map((patient, number) => [patient, number]));
  return {
    // What one of the two did not learn is compared in neither.
    labels: labels.map((of, column) => of.map((label, film) => (scoredByBoth(column, film) ? label : Number.NaN))),
    ...scores,
    patients: Uint32Array.from(candidate.patients, (patient) => numbers.get(patient)!),
    patientCount: numbers.size,
  };
}
