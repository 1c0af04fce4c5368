import { refusal } from "../../contracts/codes.ts";
import type { InputError } from "../../domain/errors.ts";
import { TAG } from "./tags.ts";

/** How elements are written: byte order, and whether each names its value representation (PS3.5, 7.1 and annex A). */
export interface Encoding {
  readonly explicit: boolean;
  readonly bigEndian: boolean;
}

/** Bytes from `offset` on. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** Where the value of an attribute stands; nothing of it is copied. */
export interface Element extends Span {
  /** Value representation; empty where the element does not name it. */
  readonly vr: string;
  /** Of pixel data in pieces (PS3.5, A.4), without the table of offsets. */
  readonly fragments?: readonly Span[];
}

export type Elements = ReadonlyMap<number, Element>;

export const truncated = (cause?: unknown): InputError => refusal("film-truncated", "DICOM", { cause });

const damaged = (): InputError => refusal("film-damaged", "its DICOM header");

/** A film's header has some hundreds of elements and items; millions of empty ones would take gigabytes. */
const MOST_ELEMENTS = 30_000;
/** Sequences within sequences. A film's reach three. */
const MOST_DEPTH = 64;
const UNDEFINED = 0xffff_ffff;

/** Value representations by the width of the length that follows them (PS3.5, 7.1.2). */
const SHORT = new Set("AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split(" "));
const LONG = new Set("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "));

/**
 * Whether the element there names its value representation. Asked of the first element of each data set and item, since
 * meta headers and sequences have been wrong of it, and items within UN may be either.
 */
export const isExplicit = (bytes: Buffer, at: number): boolean => {
  const vr = bytes.toString("latin1", at + 4, at + 6);
  return SHORT.has(vr) || LONG.has(vr);
};

/** The first item of pixel data in pieces says where its frames begin, the first at 0, or nothing; some writers leave it out. */
const isOffsetTable = (bytes: Buffer, item: Span | undefined): boolean =>
  item !== undefined && (item.length < 4 || bytes.toString("latin1", item.offset, item.offset + 4) === "\0\0\0\0");

/** Reads the elements of one file, and counts them. */
export class ElementReader {
  readonly bytes: Buffer;
  #left = MOST_ELEMENTS;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /**
   * The elements of a data set or item from `at` to `end`, or to the item's delimiter; the first of each tag.
   * @throws InputError `film-truncated`, `film-damaged`; after the pixel data nothing is thrown, since what a writer left
   * behind them is no part of the picture
   */
  elements(at: number, end: number, encoding: Encoding, depth = 0): { elements: Elements; end: number } {
    const elements = new Map<number, Element>();
    let next = at;
    try {
      while (next < end) {
        const tag = this.tag(next, encoding);
        if (depth > 0 && tag === TAG.ItemDelimitationItem) return { elements, end: next + 8 };
        const read = this.element(next, end, encoding, depth);
        if (!elements.has(tag)) elements.set(tag, read);
        next = read.end;
      }
    } catch (cause) {
      if (depth > 0 || !elements.has(TAG.PixelData)) throw cause;
    }
    return { elements, end: next };
  }

  /** One element and where the next one begins. */
  element(at: number, end: number, encoding: Encoding, depth = 0): Element & { readonly end: number } {
    this.#count();
    if (at + 8 > end) throw truncated();
    const { vr, offset, length } = this.#header(at, end, encoding);
    const isPixelData = this.tag(at, encoding) === TAG.PixelData;
    if (length !== UNDEFINED) {
      const reached = offset + length;
      // How much of the picture is there is asked when it is read.
      if (reached > end && !isPixelData) throw truncated();
      return { vr, offset, length, end: Math.min(reached, end) };
    }
    if (isPixelData) return { vr, offset, ...this.#fragments(offset, end, encoding) };
    const after = this.#sequence(offset, end, encoding, depth + 1);
    return { vr, offset, length: after - offset, end: after };
  }

  /** An element's value representation, and where its value stands. */
  #header(at: number, end: number, encoding: Encoding): Span & { readonly vr: string } {
    const implicit = { vr: "", offset: at + 8, length: this.#u32(at + 4, encoding) };
    if (!encoding.explicit) return implicit;
    const vr = this.bytes.toString("latin1", at + 4, at + 6);
    const short = { vr, offset: at + 8, length: this.#u16(at + 6, encoding) };
    if (SHORT.has(vr)) return short;
    if (at + 12 > end) throw truncated();
    const long = { vr, offset: at + 12, length: this.#u32(at + 8, encoding) };
    if (LONG.has(vr)) return long;
    // One that this version of the standard does not know, "??", or none: what leads to a next element.
    const leads = ({ offset, length }: Span) => this.#isNext(offset + length, end, this.tag(at, encoding), encoding);
    return [long, short, implicit].find(leads) ?? short;
  }

  /** Whether an element after that of `tag` can begin there; tags rise. */
  #isNext(at: number, end: number, tag: number, encoding: Encoding): boolean {
    if (at === end) return true;
    return at + 8 <= end && this.tag(at, encoding) > tag && this.tag(at, encoding) - tag < 0x1000_0000;
  }

  /** @returns where the sequence of undefined length ends that begins there */
  #sequence(at: number, end: number, parent: Encoding, depth: number): number {
    if (depth > MOST_DEPTH) throw damaged();
    for (let next = at; ; ) {
      const item = this.item(next, end, parent);
      if (item === undefined) {
        if (this.tag(next, this.#orderOf(next, parent)) === TAG.SequenceDelimitationItem) return next + 8;
        throw damaged();
      }
      next =
        item.length === UNDEFINED
          ? this.elements(item.offset, end, item.encoding, depth).end
          : item.offset + item.length;
      if (next >= end) throw truncated();
    }
  }

  /**
   * The item that begins there, or undefined. Items of UN are little endian and without value representations
   * whatever stands around them (PS3.5, 6.2.2), and some are not.
   */
  item(at: number, end: number, parent: Encoding): (Span & { readonly encoding: Encoding }) | undefined {
    this.#count();
    if (at + 8 > end) throw truncated();
    const order = this.#orderOf(at, parent);
    if (this.tag(at, order) !== TAG.Item) return undefined;
    const encoding = { ...order, explicit: isExplicit(this.bytes, at + 8) };
    return { offset: at + 8, length: this.#u32(at + 4, order), encoding };
  }

  /** The byte order of an item or delimiter, told by its tag. */
  #orderOf(at: number, parent: Encoding): Encoding {
    const bigEndian = this.bytes[at] === 0xff;
    return bigEndian === parent.bigEndian ? parent : { ...parent, bigEndian };
  }

  #fragments(at: number, end: number, encoding: Encoding) {
    const items: Span[] = [];
    let next = at;
    for (
      ;
      next + 8 <= end && this.tag(next, encoding) === TAG.Item;
      next = items.at(-1)!.offset + items.at(-1)!.length
    ) {
      this.#count();
      items.push({ offset: next + 8, length: this.#u32(next + 4, encoding) });
    }
    const delimited = next + 8 <= end && this.tag(next, encoding) === TAG.SequenceDelimitationItem;
    return {
      fragments: isOffsetTable(this.bytes, items[0]) ? items.slice(1) : items,
      length: next - at,
      end: delimited ? next + 8 : next,
    };
  }

  #count(): void {
    this.#left -= 1;
    if (this.#left < 0) throw refusal("film-damaged", "its DICOM header has more elements than a film's");
  }

  /** Group and element; of no element at the end of the file. */
  tag(at: number, encoding: Encoding): number {
    if (at + 4 > this.bytes.length) throw truncated();
    return this.#u16(at, encoding) * 0x1_0000 + this.#u16(at + 2, encoding);
  }

  #u16 = (at: number, { bigEndian }: Encoding): number =>
    bigEndian ? this.bytes.readUInt16BE(at) : this.bytes.readUInt16LE(at);
  #u32 = (at: number, { bigEndian }: Encoding): number =>
    bigEndian ? this.bytes.readUInt32BE(at) : this.bytes.readUInt32LE(at);
}
