import { brightest, contentDepth } from "../../domain/film-limits.ts";
import { code, type DataSet, decimal, firstItem, int16, uint16, words } from "./data-set.ts";
import type { PixelFormat } from "./header.ts";
import { TAG } from "./tags.ts";

/** A function from one value to the next along DICOM's grey-scale pipeline. */
export type Transform = (value: number) => number;

/** What one stored word means: its used bits, as a number with or without sign (PS3.5, 8.1.1). */
export function storedValue({ bitsStored, highBit, signed }: PixelFormat): Transform {
  const shift = highBit + 1 - bitsStored;
  const mask = 2 ** bitsStored - 1;
  const sign = 2 ** (bitsStored - 1);
  return (word) => {
    const bits = (word >>> shift) & mask;
    return signed && bits >= sign ? bits - 2 ** bitsStored : bits;
  };
}

/** What stored values mean, and between which of these meanings a film without a window is shown. */
export interface Modality {
  readonly apply: Transform;
  /** @param stored values that occur on the film */
  readonly range: (stored: readonly number[]) => Range;
}

/** Modality LUT or rescale (PS3.3, C.11.1); without either values mean themselves. */
export function modality(dataSet: DataSet, format: PixelFormat): Modality {
  const item = firstItem(dataSet, TAG.ModalityLUTSequence);
  const table = item && lookUp(item, format.signed);
  if (table) return { apply: table.apply, range: (stored) => [0, openMost(16, rangeOf(stored.map(table.apply))[1])] };
  const slope = decimal(dataSet, TAG.RescaleSlope) || 1;
  const intercept = decimal(dataSet, TAG.RescaleIntercept) ?? 0;
  const apply: Transform = (value) => value * slope + intercept;
  return { apply, range: (stored) => rangeOf(openRange(format, rangeOf(stored)).map(apply)) };
}

/** Values of interest to 0 ... 1: a VOI LUT if there is one, else a window (PS3.3, C.11.2); undefined without either. */
export function valuesOfInterest(dataSet: DataSet, signed: boolean): Transform | undefined {
  const item = firstItem(dataSet, TAG.VOILUTSequence);
  const table = item && lookUp(item, signed);
  if (table) return (value) => table.apply(value) / table.most;
  const centre = decimal(dataSet, TAG.WindowCenter);
  const width = decimal(dataSet, TAG.WindowWidth);
  if (centre === undefined || width === undefined) return undefined;
  const shape = code(dataSet, TAG.VOILUTFunction) ?? "LINEAR";
  return WINDOWS[shape]?.(centre, width);
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

/** Window functions of C.11.2.1.2 and C.11.2.1.3; a width that they don't allow makes none. */
const WINDOWS: Readonly<Record<string, (centre: number, width: number) => Transform | undefined>> = {
  LINEAR: (centre, width) => (width > 1 ? (value) => clamp((value - (centre - 0.5)) / (width - 1) + 0.5) : undefined),
  LINEAR_EXACT: (centre, width) => (width > 0 ? (value) => clamp((value - centre) / width + 0.5) : undefined),
  SIGMOID: (centre, width) => (width > 0 ? (value) => 1 / (1 + Math.exp((-4 * (value - centre)) / width)) : undefined),
};

/** Where a modality or VOI table stands in its item. */
const LUT: Readonly<Record<"descriptor" | "data", number>> = { descriptor: TAG.LUTDescriptor, data: TAG.LUTData };

/** A look-up table: values before its first get the first entry, values after its last the last (C.11.1.1). */
export function lookUp(item: DataSet, signed: boolean, tags = LUT): { apply: Transform; most: number } | undefined {
  const count = uint16(item, tags.descriptor, 0);
  const first = signed ? int16(item, tags.descriptor, 1) : uint16(item, tags.descriptor, 1);
  const bits = uint16(item, tags.descriptor, 2);
  if (count === undefined || first === undefined || bits === undefined) return undefined;
  const length = count === 0 ? 65536 : count;
  const entries = tableEntries(item, tags.data, length);
  if (entries.length < length || bits < 1 || bits > 16) return undefined;
  const apply: Transform = (value) => entries[Math.min(length - 1, Math.max(0, Math.round(value) - first))]!;
  return { apply, most: 2 ** entryBits(bits, brightest(entries)) - 1 };
}

/**
 * Bits that a table's entries have: as declared where the largest needs the topmost of them. Some writers declare 16 bits
 * for entries of 12, which taken by their word would make a black film, or fewer bits than their entries have.
 */
const entryBits = (declared: number, largest: number): number => {
  if (largest >= 2 ** (declared - 1) && largest < 2 ** declared) return declared;
  return contentDepth(largest);
};

/** Entries of 16 bits, or two of 8 bits in a word, the first in its low byte, as old writers pack them (PS3.3, C.11.1.1.1). */
function tableEntries(item: DataSet, tag: number, length: number): ArrayLike<number> {
  const entries = words(item, tag, length);
  if (entries.length !== Math.ceil(length / 2)) return entries;
  return Uint8Array.from({ length: 2 * entries.length }, (_, i) => (entries[i >> 1]! >> (8 * (i & 1))) & 0xff);
}

/** Least and most. */
export type Range = readonly [number, number];

export function rangeOf(values: readonly number[]): Range {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return [least, most];
}

/** Highest value of a film without sign and window: of its own depth, or of what its content needs. */
const openMost = (bits: number, most: number): number =>
  2 ** (bits <= 8 ? bits : Math.min(bits, contentDepth(most))) - 1;

/** So much of its depth must a film with negative values fill to be shown in all of it: others are measured, not shot. */
const FILLED = 0.5;

/** Stored values between which a film without a window is shown; moved by a constant, a film looks as it did. */
function openRange({ bitsStored }: PixelFormat, [least, most]: Range): Range {
  if (!(least < 0)) return [0, openMost(bitsStored, most)];
  const half = (openMost(bitsStored, 2 * Math.max(-least - 1, most)) + 1) / 2;
  return most - least < FILLED * 2 * half ? [least, most] : [-half, half - 1];
}
