import { inflateRawSync } from "node:zlib";
import dicomParser, { type DataSet, type Element } from "dicom-parser";
import { InputError } from "../../domain/errors.ts";

const IMPLICIT = "1.2.840.10008.1.2";
const EXPLICIT = "1.2.840.10008.1.2.1";
const DEFLATED = "1.2.840.10008.1.2.1.99";

/** No film inflates to more than this: 50 million pixels of two bytes, and a header. */
const MOST_INFLATED = 128_000_000;

export const PIXEL_DATA = "x7fe00010";

/** The data set of a DICOM file, its pixel data unread. @throws InputError `film-truncated`, `film-damaged` */
export function parseDataSet(bytes: Uint8Array): DataSet {
  try {
    return dicomParser.parseDicom(inflated(withPreamble(bytes)));
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const partial = (cause as { dataSet?: DataSet } | null)?.dataSet;
    if (partial?.elements?.[PIXEL_DATA] !== undefined || mentionsEnd(cause)) throw truncated(cause);
    throw new InputError("film-damaged", "the DICOM file's header is damaged", { cause });
  }
}

export const truncated = (cause?: unknown): InputError =>
  new InputError("film-truncated", "the DICOM file ends before its picture does", { cause });

/** dicom-parser throws texts: those of its reader at the end of the file speak of the buffer. */
function mentionsEnd(cause: unknown): boolean {
  const text =
    cause instanceof Error ? cause.message : String((cause as { exception?: unknown } | null)?.exception ?? cause);
  return /buffer overrun|past the end|too small/i.test(text);
}

const PREAMBLE = Buffer.concat([Buffer.alloc(128), Buffer.from("DICM")]);

/** Files of old archives lack preamble, prefix or meta header; what they lack is put before them. */
function withPreamble(bytes: Uint8Array): Uint8Array {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.toString("latin1", 128, 132) === "DICM") return file;
  if (file[0] === 2) return Buffer.concat([PREAMBLE, file]);
  const explicit = /^[A-Z]{2}$/.test(file.toString("latin1", 4, 6));
  return Buffer.concat([PREAMBLE, transferSyntaxElement(explicit ? EXPLICIT : IMPLICIT), file]);
}

/** (0002,0010) in explicit little endian, padded to an even length. */
function transferSyntaxElement(uid: string): Buffer {
  const value = Buffer.from(uid.length % 2 === 0 ? uid : `${uid}\0`, "latin1");
  const header = Buffer.from([0x02, 0x00, 0x10, 0x00, 0x55, 0x49, value.length, 0]);
  return Buffer.concat([header, value]);
}

/** A deflated file as the explicit little endian that it is underneath; any other as it is. */
function inflated(file: Uint8Array): Uint8Array {
  const meta = dicomParser.readPart10Header(file) as DataSet & { readonly position: number };
  if (meta.string("x00020010")?.trim() !== DEFLATED) return file;
  try {
    const dataSet = inflateRawSync(file.subarray(meta.position), { maxOutputLength: MOST_INFLATED });
    return Buffer.concat([PREAMBLE, transferSyntaxElement(EXPLICIT), dataSet]);
  } catch (cause) {
    const systemCode = (cause as { code?: unknown }).code;
    if (systemCode === "Z_BUF_ERROR") throw truncated(cause);
    if (systemCode === "ERR_BUFFER_TOO_LARGE")
      throw new InputError("film-size", "the file inflates to more than a film");
    throw new InputError("film-damaged", "the deflated DICOM file is damaged", { cause });
  }
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
