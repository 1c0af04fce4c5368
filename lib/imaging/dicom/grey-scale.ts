import { brightestOfContent } from "../../domain/content-depth.ts";
import { contentDepth } from "../../domain/film-limits.ts";
import { type DataSet, decimal, firstItem, int16, uint16 } from "./data-set.ts";
import type { PixelFormat } from "./header.ts";
import { lookUp, type Transform } from "./look-up-table.ts";
import { TAG } from "./tags.ts";

/** A stored word that occurs on the film. */
export interface Level {
  readonly word: number;
  /** What its used bits mean. */
  readonly value: number;
  readonly pixels: number;
}

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

/**
 * Words that stand for no exposure (PS3.3, C.7.5.1.1.2): black, whatever the photometric interpretation. A padding value
 * that the used bits can't hold is of the whole word.
 */
export function paddingTest(dataSet: DataSet, format: PixelFormat): (word: number) => boolean {
  const { signed } = format;
  const read = (tag: number) => (signed ? int16(dataSet, tag) : uint16(dataSet, tag));
  const first = read(TAG.PixelPaddingValue);
  if (first === undefined) return () => false;
  const last = read(TAG.PixelPaddingRangeLimit) ?? first;
  const [least, most] = [Math.min(first, last), Math.max(first, last)];
  const value = storedValue(format);
  const asWhole = storedValue({ ...format, bitsStored: 16, highBit: 15 });
  const within = (number: number): boolean => number >= least && number <= most;
  const fits = value(first & 0xffff) === first && value(last & 0xffff) === last;
  return (word) => within(value(word)) || (!fits && within(asWhole(word)));
}

/** Every word that occurs, in order, but for padding. */
export function levelsOf(words: Uint8Array | Uint16Array, dataSet: DataSet, format: PixelFormat): Level[] {
  const counts = new Uint32Array(65536);
  for (let i = 0; i < words.length; i += 1) counts[words[i]!]! += 1;
  const isPadding = paddingTest(dataSet, format);
  const value = storedValue(format);
  const levels: Level[] = [];
  counts.forEach((pixels, word) => {
    if (pixels > 0 && !isPadding(word)) levels.push({ word, value: value(word), pixels });
  });
  return levels;
}

/** Least and most. */
export type Range = readonly [number, number];

/** What stored values mean, and between which of these meanings a film without a window is shown. */
export interface Modality {
  readonly apply: Transform;
  readonly range: (levels: readonly Level[]) => Range;
}

/** Modality LUT or rescale (PS3.3, C.11.1); without either values mean themselves. */
export function modality(dataSet: DataSet, format: PixelFormat): Modality {
  const item = firstItem(dataSet, TAG.ModalityLUTSequence);
  const table = item && lookUp(item, format.signed);
  if (table) {
    const { apply } = table;
    return { apply, range: (levels) => [0, openMost(16, rangeOf(levels.map(({ value }) => apply(value)))[1])] };
  }
  const slope = decimal(dataSet, TAG.RescaleSlope) || 1;
  const intercept = decimal(dataSet, TAG.RescaleIntercept) ?? 0;
  const apply: Transform = (value) => value * slope + intercept;
  return { apply, range: (levels) => rangeOf(openRange(format, contentRange(levels)).map(apply)) };
}

/** Least and most of a film's values, but for those that are not its content. */
function contentRange(levels: readonly Level[]): Range {
  const inOrder = [...levels].sort((a, b) => a.value - b.value);
  const least = inOrder[0]?.value ?? 0;
  if (!(least < 0)) return [least, brightestOfContent(inOrder)];
  const negated = inOrder.map(({ value, pixels }) => ({ value: -value - 1, pixels })).reverse();
  const first = (bits: number): number => 2 ** (bits - 1);
  return [-brightestOfContent(negated, first) - 1, brightestOfContent(inOrder, first)];
}

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
