import dicomParser, { type DataSet } from "dicom-parser";
import { InputError } from "../../domain/errors.ts";
import { codecOf, decodeFrame } from "./codecs.ts";
import { PIXEL_DATA, truncated } from "./data-set.ts";
import type { PixelFormat } from "./header.ts";
import { decodeRle } from "./rle.ts";

const BIG_ENDIAN = "1.2.840.10008.1.2.2";
const UNCOMPRESSED = new Set(["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", BIG_ENDIAN]);
const RLE = "1.2.840.10008.1.2.5";

/**
 * The pixel words of the one frame as they are stored, unused bits and all.
 * @throws InputError `dicom-transfer-syntax`, `film-truncated`, `film-damaged`
 */
export async function readStoredValues(dataSet: DataSet, format: PixelFormat): Promise<Uint8Array | Uint16Array> {
  const syntax = dataSet.string("x00020010")?.trim() ?? "";
  const pixels = format.rows * format.columns;
  if (UNCOMPRESSED.has(syntax)) return toWords(nativeFrame(dataSet, format, syntax === BIG_ENDIAN), pixels);
  const codec = codecOf(syntax);
  if (codec === undefined && syntax !== RLE) {
    throw new InputError("dicom-transfer-syntax", "the DICOM file's compression is not read here");
  }
  const frame = encapsulatedFrame(dataSet);
  if (codec !== undefined) return toWords(await decodeFrame(frame, codec, format), pixels);
  const unpacked = decodeRle(frame, pixels, format.bitsAllocated / 8);
  if (unpacked === undefined) throw truncated();
  return toWords(unpacked, pixels);
}

/** Little endian, with the length that the header asks for. */
function nativeFrame(dataSet: DataSet, format: PixelFormat, bigEndian: boolean): Uint8Array {
  const element = dataSet.elements[PIXEL_DATA]!;
  if (element.encapsulatedPixelData)
    throw new InputError("film-damaged", "the DICOM file's pixel data is not as its header says");
  const length = (format.rows * format.columns * format.bitsAllocated) / 8;
  const end = element.dataOffset + length;
  if (element.length < length || end > dataSet.byteArray.length) throw truncated();
  const frame = dataSet.byteArray.subarray(element.dataOffset, end);
  // In big endian, bytes lie in words (OW) unless the element says that they are bytes (OB).
  const swapped = bigEndian && (format.bitsAllocated === 16 || element.vr === "OW") && length % 2 === 0;
  return swapped ? Buffer.from(frame).swap16() : frame;
}

function encapsulatedFrame(dataSet: DataSet): Buffer {
  const element = dataSet.elements[PIXEL_DATA]!;
  const fragments = element.fragments ?? [];
  const last = fragments.at(-1);
  if (!element.encapsulatedPixelData || last === undefined) {
    throw new InputError("film-damaged", "the DICOM file's pixel data is not as its header says");
  }
  if (last.position + last.length > dataSet.byteArray.length) throw truncated();
  try {
    return Buffer.from(dicomParser.readEncapsulatedPixelDataFromFragments(dataSet, element, 0, fragments.length));
  } catch (cause) {
    throw truncated(cause);
  }
}

/** One value a pixel; eight-bit codestreams stand in sixteen-bit headers too. */
function toWords(bytes: Uint8Array, pixels: number): Uint8Array | Uint16Array {
  if (bytes.length === pixels) return bytes;
  if (bytes.length < 2 * pixels) throw truncated();
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint16Array(aligned.buffer, aligned.byteOffset, pixels);
}
