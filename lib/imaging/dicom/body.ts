import dicomParser, { type ByteArrayParser, type DataSet } from "dicom-parser";
import { InputError } from "../../domain/errors.ts";

export const PIXEL_DATA = "x7fe00010";

/** What stands behind the meta header, its pixel data unread. */
export interface ParsedBody {
  readonly dataSet: DataSet;
  readonly bigEndian: boolean;
}

export const truncated = (cause?: unknown): InputError =>
  new InputError("film-truncated", "the DICOM file ends before its picture does", { cause });

/** Elements of a file are read two words at a time, and more; a film's header has some hundreds of them. */
const MOST_READS = 100_000;

/** dicom-parser's own reader, but for a limit: a header of millions of empty elements would take gigabytes. */
function limited(parser: ByteArrayParser): ByteArrayParser {
  let reads = 0;
  return {
    ...parser,
    readUint16(bytes, position) {
      reads += 1;
      if (reads > MOST_READS) throw new InputError("film-damaged", "the DICOM header has more elements than a film's");
      return parser.readUint16(bytes, position);
    },
  };
}

const { ByteStream, bigEndianByteArrayParser, littleEndianByteArrayParser } = dicomParser;
/** Missing in the package's types. */
const { DataSet: NewDataSet } = dicomParser as unknown as {
  DataSet: new (parser: ByteArrayParser, bytes: Uint8Array, elements: DataSet["elements"]) => DataSet;
};

/** Byte order and explicit value representation are seen in the first element; meta headers have been wrong of them. */
export function parseBody(body: Buffer, untilTag?: string): ParsedBody {
  const bigEndian = body[0] === 0;
  const parser = bigEndian ? bigEndianByteArrayParser : littleEndianByteArrayParser;
  const dataSet = new NewDataSet(parser, body, {});
  const stream = new ByteStream(limited(parser), body, 0);
  dataSet.warnings = stream.warnings;
  const explicit = /^[A-Z]{2}$/.test(body.toString("latin1", 4, 6));
  const parse = explicit ? dicomParser.parseDicomDataSetExplicit : dicomParser.parseDicomDataSetImplicit;
  try {
    parse(dataSet, stream, body.length, untilTag === undefined ? undefined : { untilTag });
  } catch (exception) {
    if (exception instanceof InputError) throw exception;
    // The picture is there, and whole; what a writer left behind it is no part of it.
    const picture = dataSet.elements[PIXEL_DATA];
    if (picture !== undefined && picture.dataOffset + picture.length <= body.length) return { dataSet, bigEndian };
    throw Object.assign(new Error("damaged", { cause: exception }), { exception, dataSet });
  }
  return { dataSet, bigEndian };
}
