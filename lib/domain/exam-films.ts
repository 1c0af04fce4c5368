import { BLANK, choiceFor, type Policy } from "./label-policy.ts";
import { OBSERVATION_COUNT, OBSERVATIONS } from "./observations.ts";
import { isReadersSource } from "./readers.ts";

/** What a model's run knows of its films; everything by position. */
export interface KnownFilms {
  /** What tells films apart wherever they lie: hashes of their bytes. */
  readonly hashes: readonly string[];
  /** As patientAnywhere in lib/domain/split.ts spells them. */
  readonly patients: readonly string[];
  readonly sources: readonly string[];
  /** positions x 14, raw */
  readonly labels: Int8Array;
  /** Whether a blank is one: earlier editions wrote what nobody had looked for as blank too. */
  readonly blanksAreSaid: boolean;
  /** Positions that weights, thresholds or calibration were fitted on. */
  readonly fitted: Uint32Array;
  /** Positions of the test part. */
  readonly test: Uint32Array;
}

/** A film of an exam. */
export interface ExamFilm {
  /** Position among the films of the model whose test film it is. */
  readonly position: number;
  /** Position among the other model's films; undefined where it has never been prepared for that one. */
  readonly elsewhere: number | undefined;
}

/** Why test films are not in an exam; each film is counted once, for the first of these reasons. */
export const LEFT_OUT = [
  "readers' films",
  "of patients that one of the models was fitted on",
  "not prepared for both",
] as const;
export type LeftOut = Readonly<Record<(typeof LEFT_OUT)[number], number>>;

/**
 * The test films of one model on which both can be examined: no film of a patient that either was fitted on, no film that
 * was (also under another name or patient), none that readers sent, and each film once.
 * @param sharesPixels whether films are prepared alike for both, so that the owner's pixels serve the other model too
 */
export function examFilms(
  owner: KnownFilms,
  other: KnownFilms,
  sharesPixels: boolean,
): { readonly films: ExamFilm[]; readonly leftOut: LeftOut } {
  const learned = [seenBy(owner), seenBy(other)];
  const places = new Map(other.hashes.map((hash, position) => [hash, position]));
  const [isReaders, isLearned, isUnprepared] = LEFT_OUT;
  const leftOut = { [isReaders]: 0, [isLearned]: 0, [isUnprepared]: 0 };
  const taken = new Set<string>();
  const films: ExamFilm[] = [];
  for (const position of owner.test) {
    const hash = owner.hashes[position]!;
    if (taken.has(hash)) continue;
    taken.add(hash);
    const elsewhere = places.get(hash);
    if (isReadersSource(owner.sources[position]!)) leftOut[isReaders] += 1;
    else if (learned.some((seen) => seen.hashes.has(hash) || seen.patients.has(owner.patients[position]!))) {
      leftOut[isLearned] += 1;
    } else if (!sharesPixels && elsewhere === undefined) leftOut[isUnprepared] += 1;
    else films.push({ position, elsewhere });
  }
  return { films, leftOut };
}

/** Hashes and patients of the films that weights, thresholds or calibration were fitted on. */
export const seenBy = ({ hashes, patients, fitted }: Omit<KnownFilms, "labels" | "sources" | "test">) => ({
  hashes: new Set(Array.from(fitted, (position) => hashes[position]!)),
  patients: new Set(Array.from(fitted, (position) => patients[position]!)),
});

/**
 * What raw labels ask in an exam of two models: labels belong to the film, not to a model's policy. An uncertain label asks
 * nothing, since neither answer to it is wrong; a blank one counts as negative only where both models learned it so.
 * @param raw films x 14
 * @returns films x 14: 1, 0, NaN masked
 */
export function examLabels(raw: Int8Array, policies: readonly [Policy, Policy]): Float64Array {
  const blanks = OBSERVATIONS.map((name) =>
    policies.every((policy) => choiceFor(policy, name).blank === "zero") ? 0 : Number.NaN,
  );
  return Float64Array.from(raw, (label, i) => {
    if (label === 1 || label === 0) return label;
    return label === BLANK ? blanks[i % OBSERVATION_COUNT]! : Number.NaN;
  });
}
