import { type Bomb, either, refused, u16, u32 } from "./bomb.ts";
import { zlibDeflated } from "./zeros.ts";

const SHORT = 3;
const LONG = 4;
type Entry = readonly [tag: number, type: number, count: number, value: number];

const WIDTH = 256;
const HEIGHT = 257;
const BITS = 258;
const COMPRESSION = 259;
const PHOTOMETRIC = 262;
const OFFSETS = 273;
const SAMPLES = 277;
const ROWS_PER_STRIP = 278;
const COUNTS = 279;
const TILE_WIDTH = 322;

/** What lies behind the header of a file whose one directory is at the end of it. */
function tiff(
  change: readonly Entry[] = [],
  { content = Buffer.alloc(64 * 64), next = 0 }: { content?: Buffer; next?: number } = {},
): Buffer {
  const usual: readonly Entry[] = [
    [WIDTH, LONG, 1, 64],
    [HEIGHT, LONG, 1, 64],
    [BITS, SHORT, 1, 8],
    [COMPRESSION, SHORT, 1, 1],
    [PHOTOMETRIC, SHORT, 1, 1],
    [OFFSETS, LONG, 1, 8],
    [SAMPLES, SHORT, 1, 1],
    [ROWS_PER_STRIP, LONG, 1, 64],
    [COUNTS, LONG, 1, content.length],
  ];
  const entries = [...new Map([...usual, ...change].map((entry) => [entry[0], entry]))].map(([, entry]) => entry);
  const directory = entries
    .sort(([a], [b]) => a - b)
    .map(([tag, type, count, value]) => Buffer.concat([u16(tag, type), u32(count, value)]));
  const at = 8 + content.length;
  return Buffer.concat([Buffer.from("II*\0"), u32(at), content, u16(entries.length), ...directory, u32(next)]);
}

const own = 8 + 64 * 64;

export const tiffBombs = (): Bomb[] => [
  refused(
    "TIFF of 2^64 pixels",
    tiff([
      [WIDTH, LONG, 1, 0xffff_ffff],
      [HEIGHT, LONG, 1, 0xffff_ffff],
    ]),
  ),
  refused(
    "TIFF of 10 gigapixels",
    tiff([
      [WIDTH, LONG, 1, 100_000],
      [HEIGHT, LONG, 1, 100_000],
    ]),
  ),
  refused("TIFF of 65,535 channels", tiff([[SAMPLES, SHORT, 1, 65_535]])),
  refused("TIFF of strips that lie behind its end", tiff([[OFFSETS, LONG, 1, 0xffff_fff0]])),
  refused(
    "TIFF of two billion strips",
    tiff([
      [OFFSETS, LONG, 0x7fff_ffff, 8],
      [COUNTS, LONG, 0x7fff_ffff, 8],
      [ROWS_PER_STRIP, LONG, 1, 1],
    ]),
  ),
  refused(
    "TIFF of tiles wider than itself",
    tiff([
      [TILE_WIDTH, LONG, 1, 0x7fff_fff0],
      [TILE_WIDTH + 1, LONG, 1, 0x7fff_fff0],
      [324, LONG, 1, 8],
      [325, LONG, 1, 64],
    ]),
  ),
  refused(
    "TIFF of a directory behind its end",
    Buffer.concat([Buffer.from("II*\0"), u32(0xffff_fff0), Buffer.alloc(64)]),
  ),
  refused("TIFF of 65,535 entries, none there", Buffer.concat([Buffer.from("II*\0"), u32(8), u16(65_535)])),
  refused(
    "BigTIFF of 2^63 entries",
    Buffer.concat([Buffer.from("II+\0"), u16(8, 0), u32(16, 0, 0xffff_ffff, 0x7fff_ffff)]),
  ),
  either("TIFF whose directory follows itself", tiff([], { next: own })),
  either("TIFF whose directory is in its header", tiff([], { next: 0 })),
  either("TIFF that inflates to 4 GB", tiff([[COMPRESSION, SHORT, 1, 8]], { content: zlibDeflated() })),
  either("TIFF of rows per strip beyond its height", tiff([[ROWS_PER_STRIP, LONG, 1, 0xffff_ffff]])),
];
