import sharp, { type Metadata, type Sharp, type SharpOptions } from "sharp";
import { refusal } from "../contracts/codes.ts";
import { brightestOfContent, countValues } from "../domain/content-depth.ts";
import { contentDepth, MOST_PIXELS } from "../domain/film-limits.ts";
import { luma } from "../domain/luma.ts";
import { DRAWN_BY } from "../domain/provenance.ts";
import { chroma } from "./chroma.ts";
import { checkSize, type Film } from "./film.ts";
import { checkScans } from "./jpeg-scans.ts";
import type { Media } from "./media.ts";
import { isWhiteZero } from "./tiff-polarity.ts";

// libvips reads dozens of formats, many of them never fuzzed: only these four loaders may run in this process.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: ["Jpeg", "Png", "Tiff", "Webp"].map((format) => `VipsForeignLoad${format}Buffer`),
});
// Nothing of a film stays after its answer.
sharp.cache(false);

const OPTIONS = { limitInputPixels: MOST_PIXELS, failOn: "error", ignoreIcc: true } as const;
const DECODE_SECONDS = 30;
/** Of 16 bits. */
const WIDEST = 65535;

type Samples = Uint8Array | Uint16Array;

/** How the pixels of a colour space leave libvips untouched, and how they become grey. */
interface Space {
  readonly open: (picture: Sharp) => Sharp;
  readonly grey: (samples: Samples) => Samples;
  readonly colour: boolean;
}

const keep = (samples: Samples): Samples => samples;
const lumaOfRgb = (samples: Samples): Samples => luma(samples, 3);

const SPACES: Readonly<Record<string, Space>> = {
  "b-w": { open: (picture) => picture.toColourspace("b-w"), grey: keep, colour: false },
  grey16: { open: (picture) => picture.toColourspace("grey16"), grey: keep, colour: false },
  srgb: { open: (picture) => picture, grey: lumaOfRgb, colour: true },
  rgb16: { open: (picture) => picture.toColourspace("rgb16"), grey: lumaOfRgb, colour: true },
  cmyk: {
    open: (picture) => picture.pipelineColourspace("cmyk").toColourspace("cmyk"),
    grey: (samples) => luma(inkToLight(samples), 3),
    colour: false,
  },
};

/** PNG, JPEG, TIFF and WebP. Colour becomes grey by the same luma as in preparation; alpha is left out. */
export async function readRaster(bytes: Uint8Array, media: Media): Promise<Film> {
  const header = await readHeader(bytes, media);
  checkSize(header.width, header.height, bytes.length);
  checkMemory(header, media);
  if (media === "jpeg") checkScans(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  if ((header.pages ?? 1) > 1) {
    throw refusal("multi-frame", `${header.pages}`);
  }
  const space = SPACES[header.space];
  const wide = header.depth === "ushort";
  if (space === undefined || !(wide || header.depth === "uchar")) {
    throw refusal("unsupported-media", `not ${header.space} pixels of kind ${header.depth}`);
  }
  const { data, info } = await decode(bytes, media, space, wide).catch((cause: unknown) => {
    throw (
      unsupported(cause, media) ??
      (endsEarly(bytes, media) || LACKS_DATA.test((cause as Error).message)
        ? refusal("film-truncated", media.toUpperCase(), { cause })
        : refusal("film-damaged", media.toUpperCase(), { cause }))
    );
  });
  const samples = wide
    ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
    : new Uint8Array(data.buffer, data.byteOffset, data.length);
  const grey = space.grey(samples);
  const { width, height } = info;
  const { data: shown, depth } =
    grey instanceof Uint16Array ? ofItsDepth(grey, media === "tiff" && isWhiteZero(bytes)) : { data: grey, depth: 8 };
  return {
    image: { width, height, maxValue: 2 ** depth - 1, data: shown },
    facts: { format: media, width, height, bitDepth: wide ? depth : (header.bitsPerSample ?? 8), view: null },
    colourfulness: space.colour ? chroma(samples, info.channels) / (wide ? WIDEST : 255) : 0,
    warnings: [],
    drawn: header.exif?.includes(DRAWN_BY) ?? false,
  };
}

/**
 * Values of 16 bits at the depth that holds them; what is brighter is white.
 * @param isWhiteZero whether 0 was white in the file, which libvips has turned round: what the file holds is judged
 */
function ofItsDepth(grey: Uint16Array, isWhiteZero: boolean): { data: Uint16Array; depth: number } {
  const stored = isWhiteZero ? grey.map((value) => WIDEST - value) : grey;
  const depth = contentDepth(brightestOfContent(countValues(stored)));
  const white = 2 ** depth - 1;
  if (isWhiteZero) return { data: stored.map((value) => Math.max(0, white - value)), depth };
  return { data: white < WIDEST ? stored.map((value) => Math.min(white, value)) : stored, depth };
}

async function readHeader(bytes: Uint8Array, media: Media): Promise<Metadata> {
  try {
    return await sharp(bytes, { ...OPTIONS, limitInputPixels: false }).metadata();
  } catch (cause) {
    throw unsupported(cause, media) ?? refusal("film-damaged", "its header", { cause });
  }
}

/** Bytes of a picture's samples, times what its decoder holds of them besides: so many are decoded in 100 MB. */
const MOST_DECODED_BYTES = 60_000_000;
/** A WebP is decoded in one piece, and copied. */
const COPIES: Partial<Record<Media, number>> = { webp: 2 };
/** All coefficients of a progressive JPEG, of two bytes each, its colours at half the size; all rows of an interlaced PNG. */
const PROGRESSIVE = 1.5;

/** @throws InputError `film-size` for a picture of colours or depth in which a film so large is not kept */
function checkMemory({ width, height, channels, depth, isProgressive, hasAlpha }: Metadata, media: Media): void {
  const samples = (channels ?? 1) - (hasAlpha ? 1 : 0);
  const bytes = width * height * samples * (depth === "ushort" ? 2 : 1);
  const held = bytes * (COPIES[media] ?? 1) * (isProgressive ? PROGRESSIVE : 1);
  if (held <= MOST_DECODED_BYTES) return;
  throw refusal(
    "film-size",
    `${width} x ${height} pixels of ${samples} values, which take ${Math.ceil(held / 1e6)} MB to decode; expected at most ${MOST_DECODED_BYTES / 1e6} MB: grey instead of colours, or fewer pixels`,
  );
}

/** What libvips and its libraries say of files that are sound but not for them. */
const NOT_FOR_LIBVIPS = /unsupported (jpeg data precision|marker)|not configured|not implemented|samples out of range/i;

/** JPEG of 12 or 16 bits, JPEG-LS, TIFF of rare compressions or numbers. */
const unsupported = (cause: unknown, media: Media): Error | undefined =>
  NOT_FOR_LIBVIPS.test((cause as Error).message)
    ? refusal(
        "unsupported-media",
        `not this ${media.toUpperCase()}'s kind of pixels or compression; expected 8 bits in JPEG, 8 or 16 in TIFF`,
        { cause },
      )
    : undefined;

/** What libjpeg warns of where a file's data end, or lack a piece, before its picture is whole: the rest would be grey. */
const LACKS_DATA = /premature end of/i;

/** A JPEG is read strictly first: other warnings are of things that do no harm to a picture. */
async function decode(bytes: Uint8Array, media: Media, space: Space, wide: boolean) {
  if (media !== "jpeg") return decodeTo(bytes, space, wide, OPTIONS);
  return decodeTo(bytes, space, wide, { ...OPTIONS, failOn: "warning" }).catch((cause: Error) => {
    if (LACKS_DATA.test(cause.message)) throw cause;
    return decodeTo(bytes, space, wide, OPTIONS);
  });
}

async function decodeTo(bytes: Uint8Array, space: Space, wide: boolean, options: SharpOptions) {
  const picture = sharp(bytes, options).autoOrient().removeAlpha().timeout({ seconds: DECODE_SECONDS });
  const raw = space.open(picture).raw(wide ? { depth: "ushort" } : {});
  const { data, info } = await raw.toBuffer({ resolveWithObject: true });
  // A typed array of 16 bits can't begin at an odd byte of a pooled buffer.
  return { data: data.byteOffset % 2 === 0 ? data : Buffer.from(data), info };
}

/** Inks as libvips hands them out (0 is bare paper, Adobe's inverted files too) to red, green and blue. */
function inkToLight(inks: Samples): Uint8Array {
  const light = new Uint8Array((inks.length / 4) * 3);
  for (let from = 0, to = 0; from < inks.length; from += 4, to += 3) {
    const paper = 255 - inks[from + 3]!;
    for (let c = 0; c < 3; c += 1) light[to + c] = Math.round(((255 - inks[from + c]!) * paper) / 255);
  }
  return light;
}

const END_MARKS: Partial<Record<Media, Uint8Array>> = {
  png: Buffer.from("IEND", "latin1"),
  jpeg: Buffer.from([0xff, 0xd9]),
};

/** Whether the file lacks the mark that ends its format. */
function endsEarly(bytes: Uint8Array, media: Media): boolean {
  const mark = END_MARKS[media];
  const tail = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).subarray(-4096);
  return mark !== undefined && tail.indexOf(mark) === -1;
}
