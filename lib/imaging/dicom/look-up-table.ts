import { brightest, contentDepth } from "../../domain/film-limits.ts";
import { type DataSet, int16, uint16, words } from "./data-set.ts";
import { TAG } from "./tags.ts";

/** A function from one value to the next along DICOM's grey-scale pipeline. */
export type Transform = (value: number) => number;

export interface LookUpTable {
  /** Values before its first get the first entry, values after its last the last (PS3.3, C.11.1.1). */
  readonly apply: Transform;
  /** The largest value of the depth that its entries have; what is shown white. */
  readonly most: number;
}

/** Where a table stands in its data set. */
interface Place {
  readonly descriptor: number;
  readonly data: number;
}

/** A modality or VOI table, in its item. */
const LUT: Place = { descriptor: TAG.LUTDescriptor, data: TAG.LUTData };

/**
 * A look-up table (PS3.3, C.11.1.1.1): its descriptor says how many entries (0 for 65,536), the first value that is looked
 * up, and the bits of an entry; undefined where it has fewer entries than that.
 * @param signed whether values that are looked up, and so its first, may be negative
 */
export function lookUp(dataSet: DataSet, signed: boolean, { descriptor, data }: Place = LUT): LookUpTable | undefined {
  const count = uint16(dataSet, descriptor, 0);
  const first = signed ? int16(dataSet, descriptor, 1) : uint16(dataSet, descriptor, 1);
  if (count === undefined || first === undefined) return undefined;
  const length = count === 0 ? 65536 : count;
  const entries = tableEntries(dataSet, data, length);
  if (entries.length < length) return undefined;
  const apply: Transform = (value) => entries[Math.min(length - 1, Math.max(0, Math.round(value) - first))]!;
  return { apply, most: 2 ** entryBits(uint16(dataSet, descriptor, 2) ?? 0, brightest(entries)) - 1 };
}

/**
 * Bits that a table's entries have: as declared where the largest needs the topmost of them. Some writers declare 16 bits
 * for entries of 12, which taken by their word would make a black film, or fewer bits than their entries have.
 */
const entryBits = (declared: number, largest: number): number => {
  if (largest >= 2 ** (declared - 1) && largest < 2 ** declared) return declared;
  return contentDepth(largest);
};

/** Entries of 16 bits, or two of 8 bits in a word, the first in its low byte, as old writers pack them. */
function tableEntries(dataSet: DataSet, tag: number, length: number): ArrayLike<number> {
  const entries = words(dataSet, tag, length);
  if (entries.length !== Math.ceil(length / 2)) return entries;
  return Uint8Array.from({ length: 2 * entries.length }, (_, i) => (entries[i >> 1]! >> (8 * (i & 1))) & 0xff);
}
