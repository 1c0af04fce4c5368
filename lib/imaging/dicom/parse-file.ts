import { refusal } from "../../contracts/codes.ts";
import { type DataSet, encodingAt, readDataSet, text } from "./data-set.ts";
import { ElementReader } from "./elements.ts";
import { inflateDataSet } from "./inflate.ts";
import { TAG } from "./tags.ts";
import { DEFLATED } from "./transfer-syntaxes.ts";

/** A DICOM file taken apart, its pixel data unread. */
export interface DicomFile {
  readonly dataSet: DataSet;
  /** UID of the transfer syntax; empty where the file names none. */
  readonly syntax: string;
}

/** @throws InputError `film-truncated`, `film-damaged`, `film-size` */
export function parseFile(bytes: Uint8Array): DicomFile {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { syntax, end } = readMeta(file, startOf(file));
  if (end >= file.length) throw refusal("film-damaged", "nothing stands behind its DICOM meta header");
  if (syntax === DEFLATED) return { dataSet: readDataSet(inflateDataSet(file.subarray(end))), syntax };
  return { dataSet: readDataSet(file, end), syntax };
}

const PREFIX = "DICM";

/** Behind preamble and prefix (PS3.10, 7.1); files of old archives lack the first, or both. */
const startOf = (file: Buffer): number =>
  [128, 0].map((at) => at + PREFIX.length).find((at) => file.toString("latin1", at - PREFIX.length, at) === PREFIX) ??
  0;

/**
 * The meta header, for its transfer syntax: all elements of group 0002 that stand first, each in its own encoding. Some
 * writers leave out value representations, and some begin the data set with a second meta header.
 */
function readMeta(file: Buffer, start: number): { syntax: string; end: number } {
  const reader = new ElementReader(file);
  let syntax = "";
  let at = start;
  while (at + 8 <= file.length) {
    const encoding = encodingAt(file, at);
    const tag = reader.tag(at, encoding);
    if (tag >>> 16 !== 2) break;
    const element = reader.element(at, file.length, encoding);
    if (tag === TAG.TransferSyntaxUID && syntax === "") {
      syntax = text({ reader, encoding, elements: new Map([[tag, element]]) }, tag) ?? "";
    }
    at = element.end;
  }
  return { syntax, end: at };
}
