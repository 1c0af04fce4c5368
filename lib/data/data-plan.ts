import type { LabelCounts } from "../contracts/plan.ts";
import { type Division, divisionOf, type RunConfig } from "../contracts/run-config.ts";
import { InputError } from "../domain/errors.ts";
import { BLANK, NOT_LABELLED, prevalenceOf, targetsOf } from "../domain/label-policy.ts";
import { type Leakage, leakageOf } from "../domain/leakage.ts";
import { forEachObservation, OBSERVATION_COUNT } from "../domain/observations.ts";
import { PARTS, type Part } from "../domain/parts.ts";
import { BEYOND_SHARE, beyondShare } from "../domain/reader-share.ts";
import { isReadersSource, UNKNOWN_READER } from "../domain/readers.ts";
import { chooseSalt, patientKey, rowsOfParts, type Split, splitByPatient } from "../domain/split.ts";
import { type StudySlices, type StudyUpsampling, studySequence, studySlices } from "../domain/study-protocol.ts";
import { takeRows } from "./arrow-columns.ts";
import { LABEL_COLUMNS, labelMatrix, type Manifest } from "./film-columns.ts";
import { givenTestPatients, isGivenTest } from "./given-test.ts";
import { leftOut, rowsLeft } from "./selection.ts";

/** The rows that count, and what they are trained toward. Places count through them from 0. */
export interface SelectedRows {
  /** For each row of the manifest why it is left out, or null. */
  readonly reasons: readonly (string | null)[];
  /** Row of the manifest by place. */
  readonly rows: Uint32Array;
  /** patientKey by place. */
  readonly patients: readonly string[];
  /** patientKeys of the films that readers sent. */
  readonly readers: ReadonlySet<string>;
  /** Who sent the film, by place; null where no reader did. */
  readonly sentBy: readonly (string | null)[];
  /** What tells films that readers sent apart, by place, in whatever order they are listed; "" of others. */
  readonly names: readonly string[];
  /** Whether the data set's own division puts it aside, by place. */
  readonly givenTest: readonly boolean[];
  /** places x 14 */
  readonly targets: Float32Array;
}

export function selectRows(manifest: Manifest, { views, policy }: Pick<RunConfig, "views" | "policy">): SelectedRows {
  const reasons = leftOut(manifest, views);
  const rows = rowsLeft(reasons);
  const patients = Array.from(rows, (row) => patientKey(manifest.source[row]!, manifest.patient[row]!));
  const sentBy = Array.from(rows, (row) =>
    isReadersSource(manifest.source[row]!) ? (manifest.reader[row] ?? UNKNOWN_READER) : null,
  );
  return {
    reasons,
    rows,
    patients,
    readers: new Set(patients.filter((_, place) => sentBy[place] !== null)),
    sentBy,
    names: sentBy.map((reader, place) =>
      reader === null ? "" : `${manifest.source[rows[place]!]}\n${manifest.path[rows[place]!]}`,
    ),
    givenTest: Array.from(rows, (row) => isGivenTest(manifest, row)),
    targets: targetsOf(policy, labelMatrix(takeRows(LABEL_COLUMNS, manifest, rows)), rows),
  };
}

/** Whether there is no film but readers' own. */
export const isReadersAlone = ({ patients, readers }: SelectedRows): boolean =>
  patients.every((patient) => readers.has(patient));

/** Which places are in which part; under `published` a place may be in several, and in one more than once. */
export type DividedRows = {
  readonly leakage: Leakage;
  readonly division: Division;
  /** Places in no part, since a reader has more rows than his share. */
  readonly beyond: ReadonlySet<number>;
} & (
  | { readonly protocol: "leak-free"; readonly salt: string; readonly parts: Split }
  | { readonly protocol: "published"; readonly salt: null; readonly parts: StudySlices }
);

/** Finds the salt of a split: the kept one where `isUsable`, a chosen one otherwise. */
export type SaltFinder = (ways: {
  readonly choose: () => string;
  readonly isUsable: (salt: string) => boolean;
}) => Promise<string>;

/**
 * Readers' films are never tested on where there are others, and no reader has more than a share of any part.
 * @param pinned the test patients of a leak-free split, where they were chosen before; none of use where the data set's own
 *   division gives them
 * @throws InputError `protocol` for up-sampling, a division or readers' films that the published protocol does not know; `given-test`
 */
export async function divideRows(
  selected: SelectedRows,
  { protocol, split, upsampling, seed, data }: Pick<RunConfig, "protocol" | "split" | "upsampling" | "seed" | "data">,
  findSalt: SaltFinder,
  pinned?: ReadonlySet<string>,
): Promise<DividedRows> {
  const { rows, patients, targets, readers } = selected;
  const alone = isReadersAlone(selected);
  const division = divisionOf(split);
  const leakage = (train: Uint32Array, test: Uint32Array) =>
    leakageOf(
      train,
      test,
      (place) => place,
      (place) => patients[place]!,
    );
  if (protocol === "published") {
    if (division === "as-given") {
      throw new InputError(
        "protocol",
        "split as-given under the published protocol, expected leak-free, which keeps it",
      );
    }
    if (readers.size > 0 && !alone) {
      throw new InputError(
        "protocol",
        "published protocol over films that readers sent beside others, expected leak-free, which never tests on them",
      );
    }
    const sequence = studySequence(rows.length, targets, studyUpsampling(upsampling.kind), seed);
    const parts = studySlices(sequence);
    return { protocol, division, salt: null, parts, beyond: new Set(), leakage: leakage(parts.train, parts.test) };
  }
  const given = division === "as-given" ? givenTestPatients(patients, selected.givenTest) : undefined;
  const shares = { ...split, test: split.test === "as-given" ? 0 : split.test };
  const drawn = given === undefined ? selected : beside(selected, given);
  const salt = await findSalt({
    choose: () => chooseSalt(drawn.patients, drawn.targets, shares, seed),
    isUsable: (kept) => {
      const found = new Set(splitByPatient(drawn.patients, kept, shares));
      return PARTS.every((name) => shares[name] === 0 || found.has(name));
    },
  });
  const untested = alone ? undefined : readers;
  const part: (Part | null)[] = splitByPatient(patients, salt, shares, { pinned: given ?? pinned, untested });
  const beyond = alone ? new Set<number>() : beyondShares(selected, rowsOfParts(part), data.readerShare);
  for (const place of beyond) part[place] = null;
  const parts = rowsOfParts(part);
  return { protocol, division, salt, parts, beyond, leakage: leakage(parts.train, parts.test) };
}

/** Weights, thresholds and calibration are fitted on the parts: each is held by itself. */
function beyondShares({ sentBy, names }: SelectedRows, parts: Split, share: number): Set<number> {
  const beyond = PARTS.flatMap((part) => {
    const places = Array.from(parts[part]);
    const of = { readers: places.map((place) => sentBy[place]!), names: places.map((place) => names[place]!) };
    return [...beyondShare(of, share)].map((index) => places[index]!);
  });
  return new Set(beyond);
}

/** For each row of the manifest why it is in no part of a run, or null. */
export function reasonsOf({ reasons, rows }: SelectedRows, { beyond }: DividedRows): readonly (string | null)[] {
  const all = [...reasons];
  for (const place of beyond) all[rows[place]!] = BEYOND_SHARE;
  return all;
}

/** The rows that are in a part. */
export function usedRows(selected: SelectedRows, { beyond }: DividedRows): UsedRows {
  if (beyond.size === 0) return selected;
  return ofPlaces(
    selected,
    Array.from(selected.rows.keys()).filter((place) => !beyond.has(place)),
  );
}

/** Of each row its place in the manifest, its patient and its targets. */
export type UsedRows = Pick<SelectedRows, "rows" | "patients" | "targets">;

function ofPlaces({ rows, patients, targets }: UsedRows, places: readonly number[]): UsedRows {
  const taken = new Float32Array(places.length * OBSERVATION_COUNT);
  places.forEach((place, i) => {
    taken.set(targets.subarray(place * OBSERVATION_COUNT, (place + 1) * OBSERVATION_COUNT), i * OBSERVATION_COUNT);
  });
  return {
    rows: Uint32Array.from(places, (place) => rows[place]!),
    patients: places.map((place) => patients[place]!),
    targets: taken,
  };
}

/** The rows of all patients but these. */
const beside = (selected: SelectedRows, given: ReadonlySet<string>): UsedRows =>
  ofPlaces(
    selected,
    selected.patients.flatMap((patient, place) => (given.has(patient) ? [] : [place])),
  );

function studyUpsampling(kind: RunConfig["upsampling"]["kind"]): StudyUpsampling {
  if (kind === "none" || kind === "published") return kind;
  throw new InputError(
    "protocol",
    `up-sampling ${kind} under the published protocol, expected none or published, which the study knew`,
  );
}

/** Labels of the rows before the policy, by observation. */
export function countLabels(manifest: Manifest, rows: Uint32Array): LabelCounts[] {
  return forEachObservation((name) => {
    const column = manifest[name];
    const counts = new Map<number, number>();
    for (const row of rows) counts.set(column[row]!, (counts.get(column[row]!) ?? 0) + 1);
    const count = (label: number) => counts.get(label) ?? 0;
    return {
      positive: count(1),
      negative: count(0),
      uncertain: count(-1),
      blank: count(BLANK),
      notLabelled: count(NOT_LABELLED),
    };
  });
}

/** Before up-sampling: of the training rows, or of all where up-sampling came before the split. */
export const naturalPrevalence = ({ targets }: SelectedRows, divided: DividedRows): (number | null)[] =>
  divided.protocol === "published" ? prevalenceOf(targets) : prevalenceOf(targets, divided.parts.train);
