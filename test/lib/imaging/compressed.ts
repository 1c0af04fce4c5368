import dcmjsCodecs from "dcmjs-codecs";
import { nativePixels, type Picture, type SYNTAX } from "./dicom-file.ts";

const { NativeCodecs, Context } = dcmjsCodecs;

export type Encode = "encodeRle" | "encodeJpeg" | "encodeJpegLs" | "encodeJpeg2000" | "encodeHtJpeg2000";

/** Lossless syntaxes, each with what writes it; `NativeCodecs.initializeAsync()` goes before. */
export const LOSSLESS: readonly (readonly [keyof typeof SYNTAX, Encode, Record<string, unknown>])[] = [
  ["rle", "encodeRle", {}],
  ["jpegLossless", "encodeJpeg", { lossy: false, predictor: 4 }],
  ["jpegLosslessSv1", "encodeJpeg", { lossy: false, predictor: 1 }],
  ["jpegLs", "encodeJpegLs", {}],
  ["jpeg2000", "encodeJpeg2000", {}],
  ["htj2k", "encodeHtJpeg2000", {}],
];

/** A film as one compressed frame. */
export function compress(film: Picture, encode: Encode, parameters: Record<string, unknown> = {}): Buffer {
  const { width, height, bitsAllocated, bitsStored, signed } = film;
  const context = new Context({
    width,
    height,
    bitsAllocated,
    bitsStored,
    samplesPerPixel: 1,
    pixelRepresentation: signed ? 1 : 0,
    planarConfiguration: 0,
    photometricInterpretation: "MONOCHROME2",
    decodedBuffer: nativePixels(film),
  });
  return Buffer.from(NativeCodecs[encode](context, parameters).getEncodedBuffer()!);
}
