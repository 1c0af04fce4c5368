import type { Context as CodecContext, NativeCodecs as Codecs } from "dcmjs-codecs";
import { refusal } from "../../contracts/codes.ts";
import type { InputError } from "../../domain/errors.ts";
import { SLOW_PIXELS_A_BYTE } from "../../domain/film-limits.ts";
import { checkSize } from "../film.ts";
import { checkScans } from "../jpeg-scans.ts";
import {
  type CodestreamSize,
  jpeg2000Size,
  jpegColours,
  jpegSize,
  withoutBoxes,
  withoutLoneMarkers,
} from "./codestream.ts";
import { truncated } from "./elements.ts";
import { END, jpeg2000HeaderEnd, jpegHeaderEnd, upToEnd, wholeTileParts } from "./frame-end.ts";
import { isGrey, type Photometric, type PixelFormat } from "./header.ts";

type Decode = "decodeJpeg" | "decodeJpegLs" | "decodeJpeg2000" | "decodeHtJpeg2000";

/** What a decoder makes of a frame. */
type DecodeBytes = (frame: Buffer) => Promise<Uint8Array>;

interface Codec {
  readonly decode: Decode;
  readonly size: (frame: Buffer) => CodestreamSize | undefined;
  /** The frame as its decoder takes it. */
  readonly plain: (frame: Buffer) => Buffer;
  readonly headerEnd: (frame: Buffer) => number;
  /** Decodes a frame without the marker that ends it, if nothing else is missing. @throws InputError `film-truncated` */
  readonly unended: (frame: Buffer, decode: DecodeBytes) => Promise<Uint8Array>;
  /** What three components are once decoded: as the header says, unless the codestream itself does. */
  readonly colours?: (frame: Buffer) => Photometric | undefined;
  /** What they are where neither says so. */
  readonly unsaid: Photometric;
  /** Where a film has fewer than those of other files; see sizeFault(). */
  readonly pixelsAByte?: number;
}

const ended = (frame: Buffer, ...filling: Buffer[]): Buffer => Buffer.concat([frame, ...filling, END]);

/** Bits of all sorts, none of them a marker's. */
const FILLING = Buffer.alloc(64, 0x5a);

/** A decoder that says nothing of missing data fills them up, so that what is filled in shows in the picture. */
async function unlessFilled(frame: Buffer, decode: DecodeBytes): Promise<Uint8Array> {
  const bytes = await decode(ended(frame));
  if (Buffer.compare(bytes, await decode(ended(frame, FILLING))) !== 0) throw truncated();
  return bytes;
}

/** A decoder that asks for all of its data and for no more. */
async function strictly(frame: Buffer, decode: DecodeBytes): Promise<Uint8Array> {
  return decode(ended(frame))
    .catch(() => decode(ended(withoutZeros(frame))))
    .catch((cause: unknown) => {
      throw truncated(cause);
    });
}

function withoutZeros(frame: Buffer): Buffer {
  let end = frame.length;
  while (end > 0 && frame[end - 1] === 0) end -= 1;
  return frame.subarray(0, end);
}

async function byTileParts(frame: Buffer, decode: DecodeBytes): Promise<Uint8Array> {
  const whole = wholeTileParts(frame);
  if (whole === undefined) throw truncated();
  return decode(ended(whole));
}

const JPEG_FAMILY = { size: jpegSize, plain: withoutLoneMarkers, headerEnd: jpegHeaderEnd };
const JPEG: Codec = { ...JPEG_FAMILY, decode: "decodeJpeg", unended: unlessFilled, unsaid: "RGB" };
/** Its header is often that of the picture before it was compressed. */
const LOSSY_JPEG: Codec = { ...JPEG, colours: jpegColours, unsaid: "YBR_FULL" };
const JPEG_LS: Codec = {
  ...JPEG_FAMILY,
  decode: "decodeJpegLs",
  unended: strictly,
  unsaid: "RGB",
  pixelsAByte: SLOW_PIXELS_A_BYTE,
};
const JPEG_2000: Codec = {
  decode: "decodeJpeg2000",
  size: jpeg2000Size,
  plain: withoutBoxes,
  headerEnd: jpeg2000HeaderEnd,
  unended: byTileParts,
  // Its decoders undo its own colour transformation.
  colours: () => "RGB",
  unsaid: "RGB",
  pixelsAByte: SLOW_PIXELS_A_BYTE,
};
const HTJ2K: Codec = { ...JPEG_2000, decode: "decodeHtJpeg2000" };

/** Transfer syntaxes by the end of their UID, after 1.2.840.10008.1.2.4. (PS3.6, annex A). */
const CODECS: Readonly<Record<string, Codec>> = {
  "50": LOSSY_JPEG,
  "51": LOSSY_JPEG,
  "57": JPEG,
  "70": JPEG,
  "80": JPEG_LS,
  "81": JPEG_LS,
  "90": JPEG_2000,
  "91": JPEG_2000,
  "201": HTJ2K,
  "202": HTJ2K,
  "203": HTJ2K,
};

export const codecOf = (transferSyntax: string): Codec | undefined =>
  CODECS[/^1\.2\.840\.10008\.1\.2\.4\.(\d+)$/.exec(transferSyntax)?.[1] ?? ""];

/** A codestream of many tiny tiles takes minutes for a picture of nothing. */
const MOST_TILES = 4096;

export interface DecodedFrame {
  /** Stored values, little endian; the colours of a pixel side by side. */
  readonly bytes: Uint8Array;
  /** What they are once the decoder is done. */
  readonly photometric: Photometric;
}

/**
 * One compressed frame as stored values. What the frame says of itself is held against the header
 * first: the decoders take a truncated frame, or one of another size, without a word.
 * @throws InputError `film-size`, `film-truncated`, `film-damaged`, `film-too-slow`
 */
export async function decodeFrame(encoded: Buffer, codec: Codec, format: PixelFormat): Promise<DecodedFrame> {
  const frame = codec.plain(encoded);
  const size = sizeOf(frame, codec);
  const fits = size?.width === format.columns && size.height === format.rows;
  if (!fits || size.components !== format.samples || size.bits > format.bitsAllocated || size.tiles > MOST_TILES) {
    throw damaged("its compressed picture is not what its DICOM header says");
  }
  if (codec.decode === "decodeJpeg") checkScans(frame);
  const header = codec.headerEnd(frame);
  const whole = upToEnd(frame, header);
  // Neither comments before the picture nor padding behind it make it any larger.
  checkSize(format.columns, format.rows, (whole ?? frame).length - header, codec.pixelsAByte);
  // Of what comes out: films of 8 bits stand in headers of 16.
  const decode: DecodeBytes = (bytes) => decodeBytes(bytes, codec.decode, format, size.bits <= 8 ? 8 : 16);
  const bytes = await (whole === undefined ? codec.unended(frame, decode) : decode(whole));
  if (format.samples === 1) return { bytes, photometric: format.photometric };
  const unsaid = isGrey(format.photometric) ? codec.unsaid : format.photometric;
  return { bytes, photometric: codec.colours?.(frame) ?? unsaid };
}

async function decodeBytes(frame: Buffer, decode: Decode, format: PixelFormat, bitsAllocated: 8 | 16) {
  const { NativeCodecs, Context } = await codecs();
  try {
    const context: CodecContext = new Context({
      width: format.columns,
      height: format.rows,
      bitsAllocated,
      bitsStored: format.bitsStored,
      samplesPerPixel: format.samples,
      pixelRepresentation: format.signed ? 1 : 0,
      planarConfiguration: 0,
      photometricInterpretation: format.photometric,
      encodedBuffer: frame,
    });
    const decoded = NativeCodecs[decode](context).getDecodedBuffer();
    // The decoder's memory is its own: copied before the next frame writes over it.
    if (decoded !== undefined) return decoded.slice();
  } catch (cause) {
    // A WebAssembly trap leaves the module in no state to go on.
    NativeCodecs.release();
    loading = undefined;
    throw damaged("its compressed picture", cause);
  }
  throw damaged("its compressed picture");
}

function sizeOf(frame: Buffer, codec: Codec): CodestreamSize | undefined {
  try {
    return codec.size(frame);
  } catch (cause) {
    if (cause instanceof RangeError) return undefined;
    throw cause;
  }
}

const damaged = (what: string, cause?: unknown): InputError => refusal("film-damaged", what, { cause });

interface Module {
  readonly NativeCodecs: typeof Codecs;
  readonly Context: typeof CodecContext;
}

let loading: Promise<Module> | undefined;

/** The WebAssembly decoders, loaded with the first compressed film, and silent: they log what they choke on. */
function codecs(): Promise<Module> {
  loading ??= import("dcmjs-codecs").then(async (module) => {
    const { NativeCodecs, Context, log } = "default" in module ? (module.default as typeof module) : module;
    log.setLevel("silent");
    await NativeCodecs.initializeAsync({ logCodecsInfo: false, logCodecsTrace: false });
    return { NativeCodecs, Context };
  });
  return loading;
}
