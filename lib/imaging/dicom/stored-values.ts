import { refusal } from "../../contracts/codes.ts";
import type { InputError } from "../../domain/errors.ts";
import { codecOf, type DecodedFrame, decodeFrame } from "./codecs.ts";
import { truncated } from "./elements.ts";
import type { PixelFormat } from "./header.ts";
import type { DicomFile } from "./parse-file.ts";
import { decodeRle } from "./rle.ts";
import { TAG } from "./tags.ts";
import { compressionName, ENCAPSULATED, RLE, UNCOMPRESSED } from "./transfer-syntaxes.ts";

/**
 * The one frame as it is stored, decompressed: little endian, unused bits and all, the colours of a pixel side by side.
 * @throws InputError `dicom-transfer-syntax`, `film-truncated`, `film-damaged`
 */
export async function readFrame(file: DicomFile, format: PixelFormat): Promise<DecodedFrame> {
  const { syntax } = file;
  const { photometric } = format;
  if (UNCOMPRESSED.has(syntax)) return nativeFrame(file, format);
  const codec = codecOf(syntax);
  if (codec === undefined && syntax !== RLE) {
    throw refusal("dicom-transfer-syntax", compressionName(syntax));
  }
  const frame = encapsulatedFrame(file);
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
function nativeFrame(file: DicomFile, format: PixelFormat): DecodedFrame {
  const { encoding, elements } = file.dataSet;
  const pixels = format.rows * format.columns;
  const subsampled = format.photometric === "YBR_FULL_422";
  const length = subsampled ? 2 * pixels : (pixels * format.samples * format.bitsAllocated) / 8;
  const stored = file.syntax === ENCAPSULATED ? encapsulatedFrame(file) : nativeBytes(file);
  if (stored.length < length) throw truncated();
  const frame = stored.subarray(0, length);
  // In big endian, bytes lie in words (OW) unless the element says that they are bytes (OB).
  const isWords = format.bitsAllocated === 16 || elements.get(TAG.PixelData)?.vr === "OW";
  const bytes = encoding.bigEndian && isWords && length % 2 === 0 ? Buffer.from(frame).swap16() : frame;
  return { bytes: subsampled ? fullChroma(bytes) : sideBySide(bytes, format), photometric: format.photometric };
}

/** Two pixels of Y share a Cb and a Cr (PS3.3, C.7.6.3.1.2): Y Y Cb Cr. */
function fullChroma(pairs: Uint8Array): Uint8Array {
  const out = new Uint8Array((pairs.length / 2) * 3);
  for (let from = 0, to = 0; from + 3 < pairs.length; from += 4, to += 6) {
    out[to] = pairs[from]!;
    out[to + 3] = pairs[from + 1]!;
    out[to + 1] = out[to + 4] = pairs[from + 2]!;
    out[to + 2] = out[to + 5] = pairs[from + 3]!;
  }
  return out;
}

function sideBySide(bytes: Uint8Array, { samples, planar }: PixelFormat): Uint8Array {
  if (samples === 1 || !planar) return bytes;
  const pixels = bytes.length / samples;
  const out = new Uint8Array(bytes.length);
  for (let sample = 0, from = 0; sample < samples; sample += 1) {
    for (let pixel = 0, to = sample; pixel < pixels; pixel += 1, from += 1, to += samples) out[to] = bytes[from]!;
  }
  return out;
}

const notAsSaid = (): InputError => refusal("film-damaged", "its pixel data is not as its DICOM header says");

function nativeBytes({ dataSet }: DicomFile): Buffer {
  const { offset, length, fragments } = dataSet.elements.get(TAG.PixelData)!;
  const { bytes } = dataSet.reader;
  if (fragments !== undefined) throw notAsSaid();
  if (offset + length > bytes.length) throw truncated();
  return bytes.subarray(offset, offset + length);
}

/** All pieces are of the one frame. */
function encapsulatedFrame({ dataSet }: DicomFile): Buffer {
  const { fragments = [] } = dataSet.elements.get(TAG.PixelData)!;
  const { bytes } = dataSet.reader;
  const last = fragments.at(-1);
  if (last === undefined) throw notAsSaid();
  if (last.offset + last.length > bytes.length) throw truncated();
  return Buffer.concat(fragments.map(({ offset, length }) => bytes.subarray(offset, offset + length)));
}

/** One value a pixel; eight-bit codestreams stand in sixteen-bit headers too. @throws InputError `film-truncated` */
export function toWords(bytes: Uint8Array, pixels: number): Uint8Array | Uint16Array {
  if (bytes.length === pixels) return bytes;
  if (bytes.length < 2 * pixels) throw truncated();
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint16Array(aligned.buffer, aligned.byteOffset, pixels);
}
