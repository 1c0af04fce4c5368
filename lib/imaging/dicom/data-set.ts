import dicomParser, { type DataSet, type Element } from "dicom-parser";
import { InputError } from "../../domain/errors.ts";
import { type ParsedBody, PIXEL_DATA, parseBody, truncated } from "./body.ts";
import { inflateDataSet } from "./inflate.ts";

const DEFLATED = "1.2.840.10008.1.2.1.99";

/** A DICOM file taken apart, its pixel data unread. */
export interface DicomFile extends ParsedBody {
  /** UID of the transfer syntax; empty where the file names none, which then is an uncompressed one. */
  readonly syntax: string;
}

/** @throws InputError `film-truncated`, `film-damaged`, `film-size` */
export function parseFile(bytes: Uint8Array): DicomFile {
  try {
    const { syntax, body } = withoutMeta(bytes);
    const plain = syntax === DEFLATED ? inflateDataSet(body) : body;
    return { ...parseBody(plain), syntax };
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const partial = (cause as { dataSet?: DataSet } | null)?.dataSet;
    if (partial?.elements?.[PIXEL_DATA] !== undefined || mentionsEnd(cause)) throw truncated(cause);
    throw new InputError("film-damaged", "the DICOM file's header is damaged", { cause });
  }
}

/** dicom-parser throws texts: those of its reader at the end of the file speak of the buffer. */
function mentionsEnd(cause: unknown): boolean {
  const text =
    cause instanceof Error ? cause.message : String((cause as { exception?: unknown } | null)?.exception ?? cause);
  return /buffer overrun|past the end|too small/i.test(text);
}

const PREAMBLE = Buffer.concat([Buffer.alloc(128), Buffer.from("DICM")]);

/** Files of old archives lack preamble, prefix, or the meta header that names the transfer syntax. */
function withoutMeta(bytes: Uint8Array): { syntax: string; body: Buffer } {
  const given = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hasPrefix = given.toString("latin1", 128, 132) === "DICM";
  const start = hasPrefix ? PREAMBLE.length : 0;
  if (given[start] !== 2) return { syntax: "", body: given.subarray(start) };
  const file = hasPrefix ? given : Buffer.concat([PREAMBLE, given]);
  const meta = dicomParser.readPart10Header(file) as DataSet & { readonly position: number };
  const syntax = text(meta, "x00020010") ?? "";
  return { syntax, body: file.subarray(meta.position) };
}

/** Attributes that are read here hold a code or some numbers, of 16 bytes each (PS3.5, 6.2); a file may claim megabytes. */
const MOST_TEXT = 1024;

/** Text of an attribute, trimmed; undefined where it is absent or empty. */
export function text(dataSet: DataSet, tag: string): string | undefined {
  const element = dataSet.elements[tag];
  if (element === undefined) return undefined;
  const { dataOffset, length } = element;
  const bytes = dataSet.byteArray.subarray(dataOffset, dataOffset + Math.min(length, MOST_TEXT));
  const told = Buffer.from(bytes).toString("latin1").replaceAll("\0", "").trim();
  return told === "" ? undefined : told;
}

/** The same, upper case. */
export const code = (dataSet: DataSet, tag: string): string | undefined => text(dataSet, tag)?.toUpperCase();

/** Values of a decimal or integer string; NaN for what is none. */
export const numbers = (dataSet: DataSet, tag: string): number[] =>
  text(dataSet, tag)?.split("\\").map(Number.parseFloat) ?? [];

/** First value of a decimal or integer string; undefined where it is none. */
export function decimal(dataSet: DataSet, tag: string): number | undefined {
  const [value] = numbers(dataSet, tag);
  return value === undefined || !Number.isFinite(value) ? undefined : value;
}

/** First data set of a sequence. */
export const firstItem = (dataSet: DataSet, tag: string): DataSet | undefined =>
  dataSet.elements[tag]?.items?.[0]?.dataSet;

/** A word of value 1 where the low byte comes first. */
const LITTLE_ENDIAN_ONE = Uint8Array.of(1, 0);

/** The first words of an element of 16-bit values, in the data set's byte order; fewer where it has no more. */
export function words(dataSet: DataSet, { dataOffset, length }: Element, most: number): Uint16Array {
  const count = Math.floor(Math.min(length, dataSet.byteArray.length - dataOffset, 2 * most) / 2);
  // A copy, since a table may begin at an odd byte.
  const bytes = Buffer.from(dataSet.byteArray.subarray(dataOffset, dataOffset + 2 * count));
  if (dataSet.byteArrayParser.readUint16(LITTLE_ENDIAN_ONE, 0) !== 1) bytes.swap16();
  return new Uint16Array(new Uint8Array(bytes).buffer);
}
