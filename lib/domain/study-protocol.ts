import { OBSERVATION_COUNT } from "./observations.ts";
import type { Part } from "./parts.ts";
import { random, shuffle } from "./random.ts";
import { PUBLISHED_FACTORS } from "./upsampling.ts";

/**
 * The protocol of the study (hborhan/DL-CNN-CheXpert-data), kept so that its figures can be made again. It leaks: films
 * are split, not patients; copies are made before the split; neighbouring parts share a row. Its types are apart from
 * those of the leak-free split, so that neither can be taken for the other.
 */
export type StudyUpsampling = "none" | "published";

declare const study: unique symbol;

/** Rows in the study's order, each as often as the study repeats it, before any split. */
export type StudySequence = Uint32Array & { readonly [study]: "sequence" };

/** Rows of each part, in order; a row may stand in a part, and in several, more than once. */
export type StudySlices = Readonly<Record<Part, Uint32Array>> & { readonly [study]: "slices" };

/**
 * Rows 0 to `rows` - 1, shuffled; under `published` then, for each observation in turn, the study's factor of copies of
 * each positive row, shuffled again. A row without a positive label is gone from those.
 * @param targets rows x 14
 */
export function studySequence(
  rows: number,
  targets: Float32Array,
  upsampling: StudyUpsampling,
  seed: number,
): StudySequence {
  const order = shuffle(
    Uint32Array.from({ length: rows }, (_, row) => row),
    random(seed, "study"),
  );
  const sequence = upsampling === "none" ? order : shuffle(copies(order, targets), random(seed, "study-upsampling"));
  return sequence as StudySequence;
}

function copies(order: Uint32Array, targets: Float32Array): Uint32Array {
  const isPositive = (row: number, k: number) => targets[row * OBSERVATION_COUNT + k]! > 0.5;
  let total = 0;
  for (const row of order) {
    for (let k = 0; k < OBSERVATION_COUNT; k += 1) if (isPositive(row, k)) total += PUBLISHED_FACTORS[k]!;
  }
  const appended = new Uint32Array(total);
  let end = 0;
  for (let k = 0; k < OBSERVATION_COUNT; k += 1) {
    for (let copy = 0; copy < PUBLISHED_FACTORS[k]!; copy += 1) {
      for (const row of order) {
        if (!isPositive(row, k)) continue;
        appended[end] = row;
        end += 1;
      }
    }
  }
  return appended;
}

/**
 * 80 %, 10 % and 10 % of a sequence. The study cut by labels, whose last one counts (pandas `loc`): the row at each
 * border is the last of one part and the first of the next, so that the parts have two rows more than the sequence.
 */
export function studySlices(sequence: StudySequence): StudySlices {
  const rows = sequence.length;
  const firstBorder = Math.floor((8 * rows) / 10);
  const secondBorder = Math.floor((9 * rows) / 10);
  return {
    train: sequence.slice(0, firstBorder + 1),
    tuning: sequence.slice(firstBorder, secondBorder + 1),
    calibration: new Uint32Array(0),
    test: sequence.slice(secondBorder),
  } as Readonly<Record<Part, Uint32Array>> as StudySlices;
}
