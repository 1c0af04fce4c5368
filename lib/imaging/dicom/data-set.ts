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
  const syntax = meta.string("x00020010")?.replaceAll("\0", "").trim() ?? "";
  return { syntax, body: file.subarray(meta.position) };
}

/** Text of an attribute, trimmed and upper case; undefined where it is absent or empty. */
export function code(dataSet: DataSet, tag: string): string | undefined {
  const text = dataSet.string(tag)?.replaceAll("\0", "").trim().toUpperCase();
  return text === "" ? undefined : text;
}

/** First value of a decimal string. */
export function decimal(dataSet: DataSet, tag: string): number | undefined {
  const value = dataSet.floatString(tag);
  return value === undefined || !Number.isFinite(value) ? undefined : value;
}

/** First data set of a sequence. */
export const firstItem = (dataSet: DataSet, tag: string): DataSet | undefined =>
  dataSet.elements[tag]?.items?.[0]?.dataSet;

/** The words of an element of 16-bit values, in the data set's byte order. */
export function words(dataSet: DataSet, element: Element): number[] {
  const count = Math.floor(Math.min(element.length, dataSet.byteArray.length - element.dataOffset) / 2);
  return Array.from({ length: count }, (_, i) => dataSet.uint16(element.tag, i) ?? 0);
}
