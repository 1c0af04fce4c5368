import { ElementReader, type Elements, type Encoding, isExplicit, type Span } from "./elements.ts";

/** Attributes and where their values stand in the file. */
export interface DataSet {
  readonly reader: ElementReader;
  readonly encoding: Encoding;
  readonly elements: Elements;
}

/** Byte order and explicit value representation as the first element shows them; meta headers have been wrong of them. */
export const encodingAt = (bytes: Buffer, at: number): Encoding => ({
  bigEndian: bytes[at] === 0,
  explicit: isExplicit(bytes, at),
});

/** A data set from `at` to the end of the file. @throws InputError `film-truncated`, `film-damaged` */
export function readDataSet(bytes: Buffer, at = 0): DataSet {
  const reader = new ElementReader(bytes);
  const encoding = encodingAt(bytes, at);
  return { reader, encoding, elements: reader.elements(at, bytes.length, encoding).elements };
}

/** Attributes that are read here hold a code or some numbers, of 16 bytes each (PS3.5, 6.2); a file may claim megabytes. */
const MOST_TEXT = 1024;

/** Text of an attribute, trimmed; undefined where it is absent or empty. */
export function text({ reader, elements }: DataSet, tag: number): string | undefined {
  const element = elements.get(tag);
  if (element === undefined) return undefined;
  const { offset, length } = element;
  const told = reader.bytes
    .toString("latin1", offset, offset + Math.min(length, MOST_TEXT))
    .replaceAll("\0", "")
    .trim();
  return told === "" ? undefined : told;
}

/** The same, upper case. */
export const code = (dataSet: DataSet, tag: number): string | undefined => text(dataSet, tag)?.toUpperCase();

/** Its values, upper case; none where it is absent or empty. */
export const codes = (dataSet: DataSet, tag: number): string[] =>
  code(dataSet, tag)
    ?.split("\\")
    .map((value) => value.trim()) ?? [];

/** Values of a decimal or integer string; NaN for what is none. */
export const numbers = (dataSet: DataSet, tag: number): number[] =>
  text(dataSet, tag)?.split("\\").map(Number.parseFloat) ?? [];

/** First value of a decimal or integer string; undefined where it is none. */
export function decimal(dataSet: DataSet, tag: number): number | undefined {
  const [value] = numbers(dataSet, tag);
  return value === undefined || !Number.isFinite(value) ? undefined : value;
}

/** One value of 16 bits without sign; undefined where it is absent. */
export const uint16 = (dataSet: DataSet, tag: number, index = 0): number | undefined =>
  words(dataSet, tag, index + 1)[index];

/** One value of 16 bits with sign. */
export function int16(dataSet: DataSet, tag: number, index = 0): number | undefined {
  const value = uint16(dataSet, tag, index);
  return value === undefined ? undefined : (value << 16) >> 16;
}

/** The first words of an attribute of 16-bit values; fewer where it has no more. */
export function words({ reader, elements, encoding }: DataSet, tag: number, most: number): Uint16Array {
  const { offset, length } = elements.get(tag) ?? { offset: 0, length: 0 };
  const count = Math.floor(Math.min(length, 2 * most) / 2);
  // A copy, since a table may begin at an odd byte.
  const bytes = Buffer.from(reader.bytes.subarray(offset, offset + 2 * count));
  if (encoding.bigEndian) bytes.swap16();
  return new Uint16Array(new Uint8Array(bytes).buffer);
}

/** The data set of the first item of a sequence. @throws InputError `film-truncated`, `film-damaged` */
export function firstItem({ reader, elements, encoding }: DataSet, tag: number): DataSet | undefined {
  const sequence = elements.get(tag);
  if (sequence === undefined || sequence.length < 8) return undefined;
  const item = reader.item(sequence.offset, endOf(sequence), encoding);
  if (item === undefined) return undefined;
  const end = Math.min(endOf(sequence), endOf(item));
  return { reader, encoding: item.encoding, elements: reader.elements(item.offset, end, item.encoding, 1).elements };
}

const endOf = ({ offset, length }: Span): number => offset + length;
