import dicomParser, { type DataSet } from "dicom-parser";
import { InputError } from "../../domain/errors.ts";
import { PIXEL_DATA, truncated } from "./body.ts";
import { codecOf, type DecodedFrame, decodeFrame } from "./codecs.ts";
import type { DicomFile } from "./data-set.ts";
import type { PixelFormat } from "./header.ts";
import { decodeRle } from "./rle.ts";

/** Implicit and explicit little endian, big endian, deflated; none where the file has no meta header. */
const UNCOMPRESSED = new Set([
  "",
  "1.2.840.10008.1.2",
  "1.2.840.10008.1.2.1",
  "1.2.840.10008.1.2.2",
  "1.2.840.10008.1.2.1.99",
]);
const RLE = "1.2.840.10008.1.2.5";

/**
 * The one frame as it is stored, decompressed: little endian, unused bits and all, the colours of a pixel side by side.
 * @throws InputError `dicom-transfer-syntax`, `film-truncated`, `film-damaged`
 */
export async function readFrame(file: DicomFile, format: PixelFormat): Promise<DecodedFrame> {
  const { dataSet, syntax } = file;
  const { photometric } = format;
  if (UNCOMPRESSED.has(syntax)) return nativeFrame(file, format);
  const codec = codecOf(syntax);
  if (codec === undefined && syntax !== RLE) {
    throw new InputError("dicom-transfer-syntax", "the DICOM file's compression is not read here");
  }
  const frame = encapsulatedFrame(dataSet);
  if (codec !== undefined) return decodeFrame(frame, codec, format);
  const bytes = decodeRle(frame, format.rows * format.columns, segmentPlaces(format));
  if (bytes === undefined) throw truncated();
  return { bytes, photometric };
}

/** Of RLE: the planes of a colour picture, or the high byte of grey words before the low one. */
function segmentPlaces({ samples, bitsAllocated }: PixelFormat): readonly number[] {
  if (samples === 3) return [0, 1, 2];
  return bitsAllocated === 16 ? [1, 0] : [0];
}

/** With the length that the header asks for. */
function nativeFrame({ dataSet, bigEndian }: DicomFile, format: PixelFormat): DecodedFrame {
  const element = dataSet.elements[PIXEL_DATA]!;
  if (element.encapsulatedPixelData) {
    throw new InputError("film-damaged", "the DICOM file's pixel data is not as its header says");
  }
  const pixels = format.rows * format.columns;
  const subsampled = format.photometric === "YBR_FULL_422";
  const length = subsampled ? 2 * pixels : (pixels * format.samples * format.bitsAllocated) / 8;
  const end = element.dataOffset + length;
  if (element.length < length || end > dataSet.byteArray.length) throw truncated();
  const frame = dataSet.byteArray.subarray(element.dataOffset, end);
  // In big endian, bytes lie in words (OW) unless the element says that they are bytes (OB).
  const swapped = bigEndian && (format.bitsAllocated === 16 || element.vr === "OW") && length % 2 === 0;
  const bytes = swapped ? Buffer.from(frame).swap16() : frame;
  return { bytes: subsampled ? fullChroma(bytes) : sideBySide(bytes, format), photometric: format.photometric };
}

/** Two pixels of Y share a Cb and a Cr (PS3.3, C.7.6.3.1.2): Y Y Cb Cr. */
function fullChroma(pairs: Uint8Array): Uint8Array {
  const out = new Uint8Array((pairs.length / 2) * 3);
  for (let from = 0, to = 0; from + 3 < pairs.length; from += 4, to += 6) {
    const [first, second, blue, red] = pairs.subarray(from, from + 4) as unknown as [number, number, number, number];
    out.set([first, blue, red, second, blue, red], to);
  }
  return out;
}

function sideBySide(bytes: Uint8Array, { samples, planar }: PixelFormat): Uint8Array {
  if (samples === 1 || !planar) return bytes;
  const pixels = bytes.length / samples;
  return Uint8Array.from(bytes, (_, i) => bytes[(i % samples) * pixels + Math.floor(i / samples)]!);
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

/** One value a pixel; eight-bit codestreams stand in sixteen-bit headers too. @throws InputError `film-truncated` */
export function toWords(bytes: Uint8Array, pixels: number): Uint8Array | Uint16Array {
  if (bytes.length === pixels) return bytes;
  if (bytes.length < 2 * pixels) throw truncated();
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint16Array(aligned.buffer, aligned.byteOffset, pixels);
}
