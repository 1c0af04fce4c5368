import { type KnownFilms, seenBy } from "./exam-films.ts";
import { OBSERVATION_COUNT } from "./observations.ts";
import { isReadersSource } from "./readers.ts";

/** Why prepared films of another data set do not judge a model; each is counted once, for the first of these. */
export const EXTERNAL_LEFT_OUT = [
  "film that readers sent",
  "film that the model was fitted on",
  "film of a patient whom the model was fitted on",
  "copy of another film",
  "no label that counts",
] as const;

/** Prepared films; everything by position. */
export interface CandidateFilms {
  /** Of the films' bytes. */
  readonly hashes: readonly string[];
  readonly sources: readonly string[];
  /** As patientAnywhere in lib/domain/split.ts spells them. */
  readonly patients: readonly string[];
  /** positions x 14, NaN where a label does not count */
  readonly targets: Float32Array;
}

/**
 * The films that a model can be validated on: none that weights, thresholds or calibration were fitted on, also under
 * another name, none of a patient who was, each film once, and none that readers sent to the service, unless there are no others.
 * @param known the films of the run that made the model, or null where that is gone
 */
export function externalFilms(films: CandidateFilms, known: KnownFilms | null) {
  const { hashes, sources, patients, targets } = films;
  const alone = sources.every(isReadersSource);
  const fitted = known && seenBy(known);
  const tested = known && seenBy({ ...known, fitted: known.test });
  const leftOut: Record<string, number> = {};
  const taken = new Set<string>();
  const judged: number[] = [];
  let ownTestFilms = 0;
  const [isReaders, isFitted, isFittedPatient, isCopy, isUnlabelled] = EXTERNAL_LEFT_OUT;
  const reasonOf = (position: number): string | undefined => {
    if (!alone && isReadersSource(sources[position]!)) return isReaders;
    if (fitted?.hashes.has(hashes[position]!)) return isFitted;
    if (fitted?.patients.has(patients[position]!)) return isFittedPatient;
    if (taken.has(hashes[position]!)) return isCopy;
    const labels = targets.subarray(position * OBSERVATION_COUNT, (position + 1) * OBSERVATION_COUNT);
    return labels.every(Number.isNaN) ? isUnlabelled : undefined;
  };
  for (let position = 0; position < hashes.length; position += 1) {
    const reason = reasonOf(position);
    if (reason !== undefined) {
      leftOut[reason] = (leftOut[reason] ?? 0) + 1;
      continue;
    }
    taken.add(hashes[position]!);
    judged.push(position);
    if (tested?.hashes.has(hashes[position]!) || tested?.patients.has(patients[position]!)) ownTestFilms += 1;
  }
  return { judged: Uint32Array.from(judged), leftOut, ownTestFilms: known === null ? null : ownTestFilms };
}
