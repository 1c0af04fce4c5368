import { deflateSync } from "node:zlib";
import { crc32 } from "../../test/lib/imaging/png-file.ts";
import { answered, type Bomb, be32, either, refused } from "./bomb.ts";
import { zlibDeflated } from "./zeros.ts";

const SIGNATURE = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

function chunk(type: string, content: Uint8Array, length = content.length): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), content]);
  return Buffer.concat([be32(length), named, be32(crc32(named))]);
}

const header = (width: number, height: number, depth: number, colour: number): Buffer =>
  chunk("IHDR", Buffer.concat([be32(width, height), Buffer.of(depth, colour, 0, 0, 0)]));

interface Picture {
  readonly size: readonly [width: number, height: number];
  readonly depth?: number;
  /** 0 is grey, 2 RGB, 3 a palette, 6 RGB and alpha. */
  readonly colour?: number;
  /** Chunks before the pixels. */
  readonly extra?: readonly Buffer[];
  readonly data: Buffer;
}

const png = ({ size, depth = 8, colour = 0, extra = [], data }: Picture): Buffer =>
  Buffer.concat([
    SIGNATURE,
    header(...size, depth, colour),
    ...extra,
    chunk("IDAT", data),
    chunk("IEND", Buffer.alloc(0)),
  ]);

/** A ramp of so many pixels square, whose rows are all as the first one (filters Sub and Up): compresses to next to nothing. */
function ramp(side: number): Buffer {
  const first = Buffer.alloc(side + 1);
  first[0] = 1;
  for (let level = 1; level < 256; level += 1) first[1 + Math.floor((level * side) / 256)] = 1;
  const other = Buffer.alloc(side + 1);
  other[0] = 2;
  return deflateSync(Buffer.concat([first, ...Array<Buffer>(side - 1).fill(other)]), { level: 9 });
}

const EXPLAINED = "/v1/explanations?observation=Cardiomegaly";
/** The largest that is read, in a file that is as long as it must be. */
const largest = png({ size: [5000, 5000], extra: [chunk("tEXt", Buffer.alloc(220_000, "a"))], data: ramp(5000) });

const little = deflateSync(Buffer.alloc(1000));
/** Lines of a picture of 64 x 64, of bytes that count up. */
const small = deflateSync(
  Buffer.concat(
    Array.from({ length: 64 }, (_, y) => Buffer.from([0, ...Array.from({ length: 64 }, (_, x) => (x * 4 + y) & 255)])),
  ),
);

/** A sound film with a chunk behind its header. */
const withChunk = (film: Uint8Array, type: string, content: Uint8Array): Buffer =>
  Buffer.concat([film.subarray(0, 33), chunk(type, content), film.subarray(33)]);

/** @param film a sound PNG */
export function pngBombs(film: Uint8Array): Bomb[] {
  const gigabytes = zlibDeflated();
  const text = (keyword: string, ...fields: readonly number[]) =>
    Buffer.concat([Buffer.from(`${keyword}\0`), Buffer.of(...fields), gigabytes]);
  return [
    refused("PNG of 10 gigapixels", png({ size: [100_000, 100_000], data: little })),
    refused("PNG of 2^62 pixels", png({ size: [0x7fff_ffff, 0x7fff_ffff], data: little })),
    refused("PNG of 2^64 pixels", png({ size: [0xffff_ffff, 0xffff_ffff], data: little })),
    refused("PNG of one endless line", png({ size: [0x7fff_ffff, 1], data: little })),
    refused("PNG without a size", png({ size: [0, 0], data: little })),
    refused("PNG of 49 megapixels in some kilobytes", png({ size: [7000, 7000], data: ramp(7000) })),
    refused("PNG of 25 megapixels in some kilobytes", png({ size: [5000, 5000], data: ramp(5000) })),
    either("PNG of 25 megapixels", largest),
    { ...either("PNG of 25 megapixels, explained", largest), path: EXPLAINED },
    { ...either("PNG of 25 megapixels, its map", largest), path: `${EXPLAINED}&style=map` },
    { ...either("PNG of 25 megapixels, drawn", largest), path: "/v1/explanations?style=film" },
    refused(
      "PNG of 51 megapixels, all there",
      png({ size: [7142, 7142], data: deflateSync(Buffer.alloc(7143 * 7142)) }),
    ),
    refused(
      "PNG of 16 bits and four channels beyond the limit",
      png({ size: [20_000, 20_000], depth: 16, colour: 6, data: gigabytes }),
    ),
    refused(
      "PNG of a chunk of 4 GB",
      Buffer.concat([SIGNATURE, header(64, 64, 8, 0), chunk("IDAT", little, 0xffff_ffff)]),
    ),
    refused(
      "PNG of a chunk of 2 GB",
      Buffer.concat([SIGNATURE, header(64, 64, 8, 0), chunk("IDAT", little, 0x7fff_ffff)]),
    ),
    refused("PNG whose header is 4 GB long", Buffer.concat([SIGNATURE, be32(0xffff_ffff), Buffer.from("IHDR")])),
    refused("PNG of a palette that is not there", png({ size: [64, 64], colour: 3, data: small })),
    either(
      "PNG of colours beyond its palette",
      png({ size: [64, 64], colour: 3, extra: [chunk("PLTE", Buffer.of(0, 0, 0, 9, 9, 9))], data: small }),
    ),
    either(
      "PNG of a palette of 1,000",
      png({ size: [64, 64], colour: 3, extra: [chunk("PLTE", Buffer.alloc(3000))], data: small }),
    ),
    either(
      "PNG of a palette cut within a colour",
      png({ size: [64, 64], colour: 3, extra: [chunk("PLTE", Buffer.alloc(4))], data: small }),
    ),
    either("PNG whose pixels inflate to 4 GB", png({ size: [64, 64], data: gigabytes })),
    either("PNG with zTXt of 4 GB", withChunk(film, "zTXt", text("Comment", 0))),
    either("PNG with iTXt of 4 GB", withChunk(film, "iTXt", text("Comment", 1, 0, 0, 0))),
    either("PNG with iCCP of 4 GB", withChunk(film, "iCCP", text("profile", 0))),
    either(
      "PNG with 100,000 text chunks",
      Buffer.concat([
        film.subarray(0, 33),
        ...Array<Buffer>(100_000).fill(chunk("tEXt", Buffer.from("a\0b"))),
        film.subarray(33),
      ]),
    ),
    either("PNG of two billion frames", withChunk(film, "acTL", be32(0x7fff_ffff, 0))),
    answered("PNG and ZIP", Buffer.concat([film, Buffer.from("PK\x05\x06"), Buffer.alloc(18)])),
    answered(
      "PNG and HTML",
      Buffer.concat([
        withChunk(film, "tEXt", Buffer.from("Comment\0<script>alert(1)</script>")),
        Buffer.from("<html>"),
      ]),
    ),
    refused("PDF before PNG", Buffer.concat([Buffer.from("%PDF-1.7\n"), film])),
    refused("GIF header before PNG", Buffer.concat([Buffer.from("GIF89a"), film])),
    refused("PE before PNG", Buffer.concat([Buffer.from("MZ\x90\0"), film])),
    refused("ELF before PNG", Buffer.concat([Buffer.from("\x7fELF"), film])),
  ];
}
