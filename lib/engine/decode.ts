import { InputError } from "../domain/errors.ts";
import { brightest, contentDepth, sizeFault } from "../domain/film-limits.ts";
import type { GreyImage } from "../domain/grey-image.ts";
import { luma } from "../domain/luma.ts";
import { applyOrientation } from "../domain/orientation.ts";
import { type Attribute, KernelError, type KernelScope, type Value, withKernels } from "./kernels.ts";
import { type PictureHeader, readPictureHeader } from "./picture-header.ts";

/**
 * A film that cannot be read: `film-empty`, `film-format`, `film-size`, `film-truncated` or `film-damaged`.
 * The message says why and never where: who asked knows the file.
 */
export class FilmError extends InputError {}

/**
 * Decodes a JPEG or PNG by TensorFlow's kernels. Colour becomes grey by Rec. 601 luma, alpha is left out, of 16 bits
 * those stay that hold the brightest value, as at the door (lib/imaging/raster.ts), EXIF orientation is applied. A file
 * that ends early is refused, never half grey. Blocks its thread.
 * @throws FilmError
 */
export function decodeFilm(bytes: Uint8Array): GreyImage {
  const header = checkedHeader(bytes);
  const decoded = runDecoder(header, (scope) =>
    toGrey(scope, DECODERS[header.format](scope, scope.bytes(bytes), header), header.depth),
  );
  return applyOrientation(decoded, header.orientation);
}

/** What a JPEG or PNG says of itself, once it is known to be whole. @throws FilmError */
export function checkedHeader(bytes: Uint8Array): PictureHeader {
  if (bytes.length === 0) throw new FilmError("film-empty", "the file is empty");
  const header = readPictureHeader(bytes);
  if (header === undefined) throw new FilmError("film-format", "not a JPEG or PNG file");
  const fault = sizeFault(header.width, header.height);
  if (fault !== undefined) throw new FilmError("film-size", fault);
  const name = header.format.toUpperCase();
  // Before the decoders, which would tell it on stderr in words of their own.
  if (!hasEnd(bytes, header)) throw new FilmError("film-truncated", `the ${name} file ends before its picture does`);
  return header;
}

/** Runs decoders; what they refuse is a damaged file. @throws FilmError */
function runDecoder<T>({ format }: PictureHeader, work: (scope: KernelScope) => T): T {
  try {
    return withKernels(work);
  } catch (cause) {
    if (!(cause instanceof KernelError)) throw cause;
    throw new FilmError("film-damaged", `the ${format.toUpperCase()} file is damaged`, { cause });
  }
}

const jpegAttributes = (channels: number): Readonly<Record<string, Attribute>> => ({
  channels: { kind: "INT", value: channels },
  ratio: { kind: "INT", value: 1 },
  fancy_upscaling: { kind: "BOOL", value: true },
  try_recover_truncated: { kind: "BOOL", value: false },
  acceptable_fraction: { kind: "FLOAT", value: 1 },
  // libjpeg's own default, which other readers use; TensorFlow's default is the rougher fast one.
  dct_method: { kind: "STRING", value: "INTEGER_ACCURATE" },
});
const GREY_JPEG = jpegAttributes(1);
/** Anything but grey goes through RGB, CMYK too, so that one luma makes all grey. */
const COLOUR_JPEG = jpegAttributes(3);

/** @returns rows x columns x channels (1 or 3), inside TensorFlow */
type Decoder = (scope: KernelScope, bytes: Value, header: PictureHeader) => Value;

const DECODERS: Readonly<Record<PictureHeader["format"], Decoder>> = {
  jpeg: (scope, bytes, { channels }) => scope.run("DecodeJpeg", channels === 1 ? GREY_JPEG : COLOUR_JPEG, [bytes]),
  png: (scope, bytes, { channels, depth }) =>
    scope.run(
      "DecodePng",
      {
        // Two channels are grey and alpha; libpng's own colour-to-grey weights are not Rec. 601, so colour stays colour.
        channels: { kind: "INT", value: channels <= 2 ? 1 : 3 },
        dtype: { kind: "TYPE", value: isByte(depth) ? "UINT8" : "UINT16" },
      },
      [bytes],
    ),
};

const isByte = (depth: number): boolean => depth <= 8;

function toGrey(scope: KernelScope, decoded: Value, bits: number): GreyImage {
  const [height = 0, width = 0, channels = 1] = decoded.shape;
  const samples = scope.read(decoded) as GreyImage["data"];
  const data = channels === 1 ? samples : luma(samples, 3);
  const depth = isByte(bits) ? 8 : contentDepth(brightest(data));
  return { width, height, maxValue: 2 ** depth - 1, data };
}

/** Whether the mark that ends its format stands anywhere in the file; what follows it does no harm. */
function hasEnd(bytes: Uint8Array, { format }: PictureHeader): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === "jpeg") return view.lastIndexOf(JPEG_END) >= 0;
  const end = view.lastIndexOf("IEND");
  return end >= 0 && end + "IEND".length + PNG_CHECKSUM_BYTES <= view.length;
}

const JPEG_END = Buffer.from([0xff, 0xd9]);
const PNG_CHECKSUM_BYTES = 4;
