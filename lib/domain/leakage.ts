/** What of the test part a model may have seen in training. All counts are of different films and patients. */
export interface Leakage {
  readonly testFilms: number;
  readonly testFilmsInTraining: number;
  readonly testPatients: number;
  readonly testPatientsInTraining: number;
}

/**
 * @param train rows of the training part; repeats do no harm
 * @param filmOf what tells one film from another, by row: its number or the hash of its bytes
 * @param patientOf patientKey, by row
 */
export function leakageOf(
  train: ArrayLike<number>,
  test: ArrayLike<number>,
  filmOf: (row: number) => number | string,
  patientOf: (row: number) => string,
): Leakage {
  const films = seenIn(train, test, filmOf);
  const patients = seenIn(train, test, patientOf);
  return {
    testFilms: films.all,
    testFilmsInTraining: films.seen,
    testPatients: patients.all,
    testPatientsInTraining: patients.seen,
  };
}

function seenIn(train: ArrayLike<number>, test: ArrayLike<number>, nameOf: (row: number) => number | string) {
  const names = new Set<number | string>();
  for (let i = 0; i < test.length; i += 1) names.add(nameOf(test[i]!));
  const all = names.size;
  for (let i = 0; i < train.length && names.size > 0; i += 1) names.delete(nameOf(train[i]!));
  return { all, seen: all - names.size };
}
