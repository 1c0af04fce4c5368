import sharp from "sharp";
import type { HeatColours } from "../contracts/api.ts";
import type { Size } from "../domain/geometry.ts";
import type { GreyImage } from "../domain/grey-image.ts";
import { colourTable, TABLE_SIZE } from "./colour-map.ts";
import { type HeatGrid, heatRows } from "./heat.ts";
import { type HotRegion, hotRegion } from "./hot-region.ts";

export interface OverlayOptions {
  readonly colours?: HeatColours;
  /** Of the map where it is hottest, 0 to 1; colder places let more of the film through. */
  readonly opacity?: number;
  /** Whether the hottest region gets its outline. */
  readonly outline?: boolean;
}

const DEFAULTS = { colours: "inferno", opacity: 0.5, outline: true } as const;

/**
 * Pixels of the longer side of a picture with a map: as many as a radiologist's display of five megapixels has. Larger films
 * are drawn smaller.
 */
export const LONGEST_DRAWN_SIDE = 2560;

/**
 * A picture of the film's own size, or of the largest that maps are drawn in; and the hottest region, in film pixels, null
 * where the map is of zeros: no region stands out.
 */
export interface Overlay {
  readonly png: Uint8Array;
  readonly region: HotRegion | null;
}

/** The film as an 8-bit grey PNG of its own size. */
export const filmPng = (image: GreyImage): Promise<Uint8Array> => encode(eightBit(image), image.width, image.height, 1);

/** The film with a heat map over it, hot red to pale yellow, as an RGB PNG. */
export async function overlayPng(film: GreyImage, grid: HeatGrid, options: OverlayOptions = {}): Promise<Overlay> {
  const { colours, opacity, outline } = { ...DEFAULTS, ...options };
  const { data: grey, width, height } = await drawn(film);
  const rgb = new Uint8Array(width * height * 3);
  const region = hotRegion(grid, film);
  const table = colourTable(colours);
  const fill = heatRows(grid, film, { width, height });
  const heat = new Float32Array(width);
  for (let y = 0, place = 0; y < height; y += 1) {
    fill?.(y, heat);
    for (let x = 0; x < width; x += 1, place += 1) {
      const share = heat[x]! * opacity;
      const below = grey[place]! * (1 - share);
      const colour = stepOf(heat[x]!) * 3;
      rgb[place * 3] = rounded(below + table[colour]! * share);
      rgb[place * 3 + 1] = rounded(below + table[colour + 1]! * share);
      rgb[place * 3 + 2] = rounded(below + table[colour + 2]! * share);
    }
  }
  if (outline && region !== null) drawOutline(rgb, { width, height }, region);
  return { png: await encode(rgb, width, height, 3), region };
}

/** The heat map alone as an RGBA PNG, transparent where it is cold. */
export async function mapPng(film: Size, grid: HeatGrid, options: OverlayOptions = {}): Promise<Overlay> {
  const { colours, opacity } = { ...DEFAULTS, ...options };
  const { width, height } = drawnSize(film);
  const rgba = new Uint8Array(width * height * 4);
  const table = colourTable(colours);
  const fill = heatRows(grid, film, { width, height });
  const heat = new Float32Array(width);
  for (let y = 0, to = 0; y < height; y += 1) {
    fill?.(y, heat);
    for (let x = 0; x < width; x += 1, to += 4) {
      const colour = stepOf(heat[x]!) * 3;
      rgba[to] = table[colour]!;
      rgba[to + 1] = table[colour + 1]!;
      rgba[to + 2] = table[colour + 2]!;
      rgba[to + 3] = rounded(255 * heat[x]! * opacity);
    }
  }
  return { png: await encode(rgba, width, height, 4), region: hotRegion(grid, film) };
}

/** Of a number that is not negative; Math.round() takes several times as long. */
const rounded = (value: number): number => (value + 0.5) | 0;

const stepOf = (heat: number): number => rounded(heat * (TABLE_SIZE - 1));

function drawnSize({ width, height }: Size): Size {
  const scale = Math.min(1, LONGEST_DRAWN_SIDE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** A film's grey values, at the size that it is drawn in. */
async function drawn(film: GreyImage): Promise<Size & { readonly data: Uint8Array }> {
  const size = drawnSize(film);
  const data = eightBit(film);
  if (size.width === film.width && size.height === film.height) return { ...size, data };
  const { width, height } = film;
  const smaller = sharp(data, { raw: { width, height, channels: 1 }, limitInputPixels: false })
    .resize({ ...size, fit: "fill", kernel: "linear" })
    .toColourspace("b-w")
    .raw();
  return { ...size, data: await smaller.toBuffer() };
}

function eightBit({ data, maxValue }: GreyImage): Uint8Array {
  if (data instanceof Uint8Array && maxValue === 255) return data;
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 1) bytes[i] = rounded((data[i]! * 255) / maxValue);
  return bytes;
}

/** Lines of about one part in 400 of the film. */
const LINES_PER_SIDE = 400;

/** White where a pixel inside the region has one outside it beside it. */
function drawOutline(rgb: Uint8Array, { width, height }: Size, { mask }: HotRegion): void {
  const columns = Uint32Array.from({ length: width }, (_, x) => Math.floor((x * mask.width) / width));
  const rows = Uint32Array.from({ length: height }, (_, y) => Math.floor((y * mask.height) / height) * mask.width);
  const reach = Math.max(1, Math.round(Math.max(width, height) / LINES_PER_SIDE));
  for (let y = 0; y < height; y += 1) {
    const row = rows[y]!;
    const [above, below] = [rows[Math.max(0, y - reach)]!, rows[Math.min(height - 1, y + reach)]!];
    for (let x = 0; x < width; x += 1) {
      const column = columns[x]!;
      if (mask.inside[row + column] === 0) continue;
      const [left, right] = [columns[Math.max(0, x - reach)]!, columns[Math.min(width - 1, x + reach)]!];
      const within =
        mask.inside[row + left]! &
        mask.inside[row + right]! &
        mask.inside[above + column]! &
        mask.inside[below + column]!;
      if (within === 0) rgb.fill(255, (y * width + x) * 3, (y * width + x) * 3 + 3);
    }
  }
}

async function encode(pixels: Uint8Array, width: number, height: number, channels: 1 | 3 | 4): Promise<Uint8Array> {
  const picture = sharp(pixels, { raw: { width, height, channels }, limitInputPixels: false });
  return (channels === 1 ? picture.toColourspace("b-w") : picture).png({ compressionLevel: 6 }).toBuffer();
}
