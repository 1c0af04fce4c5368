import dcmjsCodecs from "dcmjs-codecs";
import { describe, expect, test } from "vitest";
import { InputError } from "../../../lib/domain/errors.ts";
import { type Random, random } from "../../../lib/domain/random.ts";
import { checkPlausibility } from "../../../lib/imaging/plausibility.ts";
import { readFilm } from "../../../lib/imaging/read-film.ts";
import { dicomFile, type Picture, SYNTAX } from "./dicom-file.ts";
import { asSharp, drawnFilm } from "./films.ts";

const film = drawnFilm(160, 192);
const jpeg = await asSharp(film).jpeg({ quality: 80 }).toBuffer();
const picture: Picture = { width: 160, height: 192, bitsAllocated: 8, bitsStored: 8, values: film.data as Uint8Array };

const { NativeCodecs, Context } = dcmjsCodecs;
await NativeCodecs.initializeAsync();

function compressed(encode: "encodeJpegLs" | "encodeJpeg2000" | "encodeHtJpeg2000", syntax: string): Buffer {
  const { width, height, bitsAllocated, bitsStored } = picture;
  const context = new Context({
    width,
    height,
    bitsAllocated,
    bitsStored,
    samplesPerPixel: 1,
    pixelRepresentation: 0,
    planarConfiguration: 0,
    photometricInterpretation: "MONOCHROME2",
    decodedBuffer: picture.values as Uint8Array,
  });
  return dicomFile(picture, { syntax, fragments: [NativeCodecs[encode](context).getEncodedBuffer()!] });
}

const WHOLE: readonly (readonly [string, Buffer])[] = [
  ["PNG", await asSharp(film).png().toBuffer()],
  ["JPEG", jpeg],
  ["TIFF", await asSharp(film).tiff({ compression: "lzw" }).toBuffer()],
  ["DICOM", dicomFile(picture)],
  ["DICOM, implicit", dicomFile(picture, { syntax: SYNTAX.implicit })],
  ["DICOM with a JPEG", dicomFile(picture, { syntax: SYNTAX.jpegBaseline, fragments: [jpeg] })],
  ["DICOM with JPEG-LS", compressed("encodeJpegLs", SYNTAX.jpegLs)],
  ["DICOM with JPEG 2000", compressed("encodeJpeg2000", SYNTAX.jpeg2000)],
  ["DICOM with HTJ2K", compressed("encodeHtJpeg2000", SYNTAX.htj2k)],
];

const COPIES = 50;

/** A few bytes changed, most of them in the header, and now and then a piece taken out or the end cut off. */
function damage(whole: Buffer, next: Random): Buffer {
  const file = Buffer.from(whole);
  const reach = next() < 0.6 ? Math.min(700, file.length) : file.length;
  const changes = 1 + Math.floor(next() * 6);
  for (let i = 0; i < changes; i += 1) file[Math.floor(next() * reach)] = Math.floor(next() * 256);
  const kind = next();
  const at = Math.floor(next() * file.length);
  if (kind < 0.15) return file.subarray(0, at);
  if (kind < 0.25) return Buffer.concat([file.subarray(0, at), file.subarray(at + Math.floor(next() * 50))]);
  return file;
}

describe(`${WHOLE.length * COPIES} damaged files are refused or read, and nothing worse`, () => {
  test.each(WHOLE)("%s", async (name, whole) => {
    const next = random(97, "damage", name);
    const before = process.memoryUsage.rss();
    for (let copy = 0; copy < COPIES; copy += 1) {
      try {
        const read = await readFilm(damage(whole, next));
        const { width, height, maxValue, data } = read.image;
        expect(data).toHaveLength(width * height);
        for (const value of data.subarray(0, 1000)) expect(value).toBeLessThanOrEqual(maxValue);
        checkPlausibility(read);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
      }
    }
    expect(process.memoryUsage.rss() - before).toBeLessThan(400_000_000);
  });
});
