/** Kinds of file that may hold a film. */
export const MEDIA = ["png", "jpeg", "tiff", "webp", "dicom"] as const;
export type Media = (typeof MEDIA)[number];

/** What is a film by its name, whatever is in it: a broken one must be told of. */
export const FILM_NAME = /\.(png|jpe?g|tiff?|webp|bmp|gif|dcm|dicom|dic)$/i;

type Test = (bytes: Uint8Array) => boolean;

const startsWith =
  (magic: readonly number[], offset = 0): Test =>
  (bytes) =>
    magic.every((byte, i) => bytes[offset + i] === byte);

const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

/** A data set without preamble begins with group 0002 or 0008, in either byte order, and a small element number. */
const bareDicom: Test = (bytes) => {
  const [low, high] = bytes[0] === 0 ? [1, 0] : [0, 1];
  const isGroup = (bytes[low] === 2 || bytes[low] === 8) && bytes[high] === 0;
  return bytes.length > 132 && isGroup && bytes[2 + low]! < 0x80 && bytes[2 + high] === 0;
};

/** Little and big endian, each with BigTIFF. */
const TIFF: readonly (readonly number[])[] = ["II*\0", "MM\0*", "II+\0", "MM\0+"].map(ascii);

/** Asked in this order. A preamble may look like anything, TIFF too, so "DICM" goes first. */
const SIGNATURES: readonly (readonly [Media, Test])[] = [
  ["dicom", startsWith(ascii("DICM"), 128)],
  ["dicom", startsWith(ascii("DICM"))],
  ["png", startsWith([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
  ["jpeg", startsWith([0xff, 0xd8, 0xff])],
  ["tiff", (bytes) => TIFF.some((magic) => startsWith(magic)(bytes))],
  ["webp", (bytes) => startsWith(ascii("RIFF"))(bytes) && startsWith(ascii("WEBP"), 8)(bytes)],
  ["dicom", bareDicom],
];

/** What a file is, by its first bytes alone, never by its name; undefined where it is none of these. */
export const mediaOf = (bytes: Uint8Array): Media | undefined => SIGNATURES.find(([, test]) => test(bytes))?.[0];
