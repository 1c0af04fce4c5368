import sharp from "sharp";
import type { Rectangle } from "../domain/geometry.ts";
import { colourTable, TABLE_SIZE } from "../imaging/colour-map.ts";
import type { Example } from "./material.ts";

/** Side of a picture in the report, in pixels. */
const SIDE = 256;
/** How much of the film the hottest place still shows. */
const STRONGEST = 0.75;

/** From cold to hot; hot is bright, so that it reads in grey print too. */
const COLOURS = colourTable("inferno");

const dataUri = (png: Buffer): string => `data:image/png;base64,${png.toString("base64")}`;

/** The film of an example, and the film under its heat map, as PNG data URIs. */
export async function filmPicture(example: Example): Promise<{ film: string; overlay: string }> {
  const { pixels, size, map, boxes } = example;
  const grey = await sharp(pixels, { raw: { width: size, height: size, channels: 1 } })
    .resize(SIDE, SIDE, { kernel: "cubic" })
    .toColourspace("b-w")
    .raw()
    .toBuffer();
  const heat = await upsample(map);
  const coloured = new Uint8Array(SIDE * SIDE * 3);
  for (let i = 0; i < SIDE * SIDE; i += 1) {
    const alpha = STRONGEST * Math.sqrt(heat[i]! / 255);
    for (let c = 0; c < 3; c += 1) {
      coloured[3 * i + c] = Math.round((1 - alpha) * grey[i]! + alpha * COLOURS[3 * heat[i]! + c]!);
    }
  }
  const film = sharp(grey, { raw: { width: SIDE, height: SIDE, channels: 1 } }).toColourspace("b-w");
  for (const box of boxes) outline(coloured, box, SIDE / size);
  const overlay = sharp(coloured, { raw: { width: SIDE, height: SIDE, channels: 3 } });
  const [filmPng, overlayPng] = await Promise.all([
    film.png({ compressionLevel: 9 }).toBuffer(),
    overlay.png({ compressionLevel: 9 }).toBuffer(),
  ]);
  return { film: dataUri(filmPng), overlay: dataUri(overlayPng) };
}

/** The scale of the heat maps as a strip, cold at the left. */
export async function legendPicture(): Promise<string> {
  const png = await sharp(COLOURS, { raw: { width: TABLE_SIZE, height: 1, channels: 3 } })
    .resize(TABLE_SIZE, 12, { kernel: "nearest", fit: "fill" })
    .png()
    .toBuffer();
  return dataUri(png);
}

/** The map scaled to its own maximum, bilinear, 0 to 255; nought everywhere where nothing raised the score. */
async function upsample({ rows, columns, values }: Example["map"]): Promise<Buffer> {
  const highest = values.reduce((most, value) => Math.max(most, value), 0);
  const scaled = Uint8Array.from(values, (value) => (highest > 0 ? Math.round((255 * value) / highest) : 0));
  return sharp(scaled, { raw: { width: columns, height: rows, channels: 1 } })
    .resize(SIDE, SIDE, { kernel: "linear", fit: "fill" })
    .toColourspace("b-w")
    .raw()
    .toBuffer();
}

/** White lines of two pixels around a box, in a picture of three channels and `SIDE` pixels a side. */
function outline(picture: Uint8Array, { x, y, width, height }: Rectangle, scale: number): void {
  const [left, right, top, bottom] = [x, x + width, y, y + height].map((edge) => Math.round(edge * scale)) as [
    number,
    number,
    number,
    number,
  ];
  const fill = (x0: number, x1: number, y0: number, y1: number): void => {
    for (let row = Math.max(0, y0); row < Math.min(SIDE, y1); row += 1) {
      const at = 3 * row * SIDE;
      picture.fill(255, at + 3 * Math.min(SIDE, Math.max(0, x0)), at + 3 * Math.min(SIDE, Math.max(0, x1)));
    }
  };
  fill(left - 1, right + 1, top - 1, top + 1);
  fill(left - 1, right + 1, bottom - 1, bottom + 1);
  fill(left - 1, left + 1, top - 1, bottom + 1);
  fill(right - 1, right + 1, top - 1, bottom + 1);
}
