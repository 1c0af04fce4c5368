import { dicomFile, SYNTAX } from "../dicom-file.ts";
import { asSharp } from "../films.ts";
import { tiffFile } from "../tiff-file.ts";
import { deepened, type Kind, withChannels } from "./kind.ts";

/** TIFF 6.0, BigTIFF and WebP. */
export const TIFF_AND_WEBP: readonly Kind[] = [
  ...(["none", "lzw", "deflate", "packbits"] as const).map((compression) => ({
    name: `TIFF, ${compression}`,
    write: (film: Parameters<Kind["write"]>[0]) => asSharp(film).tiff({ compression }).toBuffer(),
    expected: 0,
  })),
  ...[{}, { bigEndian: true }, { big: true }, { big: true, bigEndian: true }].flatMap((options) => [
    {
      name: `TIFF, ${JSON.stringify(options)}`,
      write: (film: Parameters<Kind["write"]>[0]) => tiffFile(film, options),
      expected: 0,
    },
    {
      name: `TIFF, 12 bits in 16, 0 is white, ${JSON.stringify(options)}`,
      write: (film: Parameters<Kind["write"]>[0]) => {
        const deep = deepened(film, 12);
        return tiffFile({ ...deep, data: deep.data.map((v) => 4095 - v) }, { ...options, whiteIsZero: true });
      },
      expected: 6,
    },
  ]),
  { name: "WebP, lossless", write: (film) => withChannels(film, 3).webp({ lossless: true }).toBuffer(), expected: 0 },
];

/** DICOM PS3.5 and PS3.3, C.7.6.3. */
export const DICOM: readonly Kind[] = [
  {
    name: "DICOM, 8 bits",
    write: ({ width, height, data }) =>
      dicomFile({ width, height, values: data as Uint8Array, bitsAllocated: 8, bitsStored: 8 }),
    expected: 0,
  },
  {
    name: "DICOM, 12 bits in 16",
    write: (film) => dicomFile({ ...film, values: deepened(film, 12).data, bitsAllocated: 16, bitsStored: 12 }),
    expected: 0.1,
  },
  {
    name: "DICOM, 12 bits in 16 that are called 16, with a marker",
    write: (film) =>
      dicomFile({
        ...film,
        values: deepened(film, 12).data.fill(65535, 0, film.data.length / 50),
        bitsAllocated: 16,
        bitsStored: 16,
      }),
    expected: 6,
  },
  {
    name: "DICOM, baseline JPEG",
    write: async (film) =>
      dicomFile(
        { ...film, values: film.data as Uint8Array, bitsAllocated: 8, bitsStored: 8 },
        { syntax: SYNTAX.jpegBaseline, fragments: [await asSharp(film).jpeg({ quality: 95 }).toBuffer()] },
      ),
    expected: 2,
  },
];

/** What is no film. */
export const NON_FILMS: readonly Kind[] = [
  { name: "nothing", write: () => Buffer.alloc(0), expected: "film-empty" },
  { name: "text", write: () => Buffer.from("Path,Sex,Age\n".repeat(50)), expected: "unsupported-media" },
  { name: "GIF", write: (film) => asSharp(film).gif().toBuffer(), expected: "unsupported-media" },
  ...(["png", "jpeg", "tiff"] as const).map((format) => ({
    name: `${format}, black`,
    write: (film: Parameters<Kind["write"]>[0]) =>
      asSharp({ ...film, data: film.data.map(() => 0) })
        .toFormat(format)
        .toBuffer(),
    expected: "no-signal",
  })),
  ...(["png", "jpeg", "tiff"] as const).map((format) => ({
    name: `${format}, noise`,
    write: (film: Parameters<Kind["write"]>[0]) =>
      asSharp({ ...film, data: film.data.map((_, i) => Math.imul(i, 0x9e3779b1) >>> 24) })
        .toFormat(format)
        .toBuffer(),
    expected: "not-a-chest-film",
  })),
];
