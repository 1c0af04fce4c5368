import type { GreyImage } from "../../../../lib/domain/grey-image.ts";
import { exif } from "../exif.ts";
import { asSharp } from "../films.ts";
import { chunk } from "../png-file.ts";
import { deepened, type Kind, lying, ORIENTATIONS, withChannels } from "./kind.ts";

const plain = (film: GreyImage): Promise<Buffer> => asSharp(film).png().toBuffer();
const changed =
  (change: (png: Buffer) => Buffer): Kind["write"] =>
  async (film) =>
    change(await plain(film));
/** Bytes of the signature and the header's chunk, and of the last chunk. */
const [HEADER, END] = [33, 12];
const afterHeader = (png: Buffer, added: Buffer): Buffer =>
  Buffer.concat([png.subarray(0, HEADER), added, png.subarray(HEADER)]);

/** PNG (Third Edition). */
export const PNG: readonly Kind[] = [
  { name: "PNG, 8 bits", write: plain, expected: 0 },
  { name: "PNG, interlaced", write: (film) => asSharp(film).png({ progressive: true }).toBuffer(), expected: 0 },
  { name: "PNG, colour", write: (film) => withChannels(film, 3).png().toBuffer(), expected: 0 },
  { name: "PNG, colour and alpha", write: (film) => withChannels(film, 4).png().toBuffer(), expected: 0 },
  { name: "PNG, 16 bits", write: (film) => asSharp(deepened(film, 16)).png().toBuffer(), expected: 0.01 },
  { name: "PNG, 12 bits in 16", write: (film) => asSharp(deepened(film, 12)).png().toBuffer(), expected: 0.1 },
  {
    name: "PNG, 12 bits in 16 with a marker",
    write: (film) =>
      asSharp({ ...deepened(film, 12), data: deepened(film, 12).data.fill(65535, 0, film.data.length / 50) })
        .png()
        .toBuffer(),
    expected: 6,
  },
  ...ORIENTATIONS.map((orientation) => ({
    name: `PNG, EXIF orientation ${orientation}`,
    write: async (film: GreyImage) =>
      afterHeader(await plain(lying(film, orientation)), chunk("eXIf", exif(orientation))),
    expected: 0,
  })),
  {
    name: "PNG, gamma",
    write: changed((png) => afterHeader(png, chunk("gAMA", Buffer.of(0, 0, 0xb1, 0x8f)))),
    expected: 0,
  },
  { name: "PNG, without its end", write: changed((png) => png.subarray(0, -END)), expected: 0 },
  { name: "PNG, without its end's checksum", write: changed((png) => png.subarray(0, -4)), expected: 0 },
  { name: "PNG, half", write: changed((png) => png.subarray(0, png.length / 2)), expected: "film-truncated" },
];
