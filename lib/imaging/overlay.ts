import sharp from "sharp";
import type { HeatColours } from "../contracts/api.ts";
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

/** A picture of the film's own size, and the hottest region; null where the map is of zeros: no region stands out. */
export interface Overlay {
  readonly png: Uint8Array;
  readonly region: HotRegion | null;
}

/** The film as an 8-bit grey PNG. */
export const filmPng = (image: GreyImage): Promise<Uint8Array> => encode(eightBit(image), image.width, image.height, 1);

/** The film with a heat map over it, hot red to pale yellow, as an RGB PNG of the film's own size. */
export async function overlayPng(image: GreyImage, grid: HeatGrid, options: OverlayOptions = {}): Promise<Overlay> {
  const { colours, opacity, outline } = { ...DEFAULTS, ...options };
  const { width, height } = image;
  const grey = eightBit(image);
  const rgb = new Uint8Array(width * height * 3);
  const region = hotRegion(grid, image);
  paint(grid, image, colours, (place, red, green, blue, heat) => {
    const share = heat * opacity;
    const film = grey[place]! * (1 - share);
    rgb[place * 3] = Math.round(film + red * share);
    rgb[place * 3 + 1] = Math.round(film + green * share);
    rgb[place * 3 + 2] = Math.round(film + blue * share);
  });
  if (outline && region !== null) drawOutline(rgb, image, region);
  return { png: await encode(rgb, width, height, 3), region };
}

/** The heat map alone as an RGBA PNG of the film's own size, transparent where it is cold. */
export async function mapPng(image: GreyImage, grid: HeatGrid, options: OverlayOptions = {}): Promise<Overlay> {
  const { colours, opacity } = { ...DEFAULTS, ...options };
  const { width, height } = image;
  const rgba = new Uint8Array(width * height * 4);
  paint(grid, image, colours, (place, red, green, blue, heat) => {
    rgba.set([red, green, blue, Math.round(255 * heat * opacity)], place * 4);
  });
  return { png: await encode(rgba, width, height, 4), region: hotRegion(grid, image) };
}

type Paint = (place: number, red: number, green: number, blue: number, heat: number) => void;

/** Calls `put` for every pixel of the film with its colour and heat; heat 0 throughout where nothing is hot. */
function paint(grid: HeatGrid, { width, height }: GreyImage, colours: HeatColours, put: Paint): void {
  const table = colourTable(colours);
  const fill = heatRows(grid, { width, height });
  const heat = new Float32Array(width);
  for (let y = 0; y < height; y += 1) {
    fill?.(y, heat);
    for (let x = 0; x < width; x += 1) {
      const at = Math.round(heat[x]! * (TABLE_SIZE - 1)) * 3;
      put(y * width + x, table[at]!, table[at + 1]!, table[at + 2]!, heat[x]!);
    }
  }
}

function eightBit({ data, maxValue }: GreyImage): Uint8Array {
  if (data instanceof Uint8Array && maxValue === 255) return data;
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 1) bytes[i] = Math.round((data[i]! * 255) / maxValue);
  return bytes;
}

/** Lines of about one part in 400 of the film. */
const LINES_PER_SIDE = 400;

/** White where a pixel inside the region has one outside it beside it. */
function drawOutline(rgb: Uint8Array, { width, height }: GreyImage, { mask }: HotRegion): void {
  const inside = (x: number, y: number): boolean => {
    const column = Math.floor((x * mask.width) / width);
    const row = Math.floor((y * mask.height) / height);
    return mask.inside[row * mask.width + column] === 1;
  };
  const reach = Math.max(1, Math.round(Math.max(width, height) / LINES_PER_SIDE));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (!inside(x, y)) continue;
      const [left, right] = [Math.max(0, x - reach), Math.min(width - 1, x + reach)];
      const [top, bottom] = [Math.max(0, y - reach), Math.min(height - 1, y + reach)];
      const within = inside(left, y) && inside(right, y) && inside(x, top) && inside(x, bottom);
      if (!within) rgb.fill(255, (y * width + x) * 3, (y * width + x) * 3 + 3);
    }
  }
}

async function encode(pixels: Uint8Array, width: number, height: number, channels: 1 | 3 | 4): Promise<Uint8Array> {
  const picture = sharp(pixels, { raw: { width, height, channels }, limitInputPixels: false });
  return (channels === 1 ? picture.toColourspace("b-w") : picture).png({ compressionLevel: 6 }).toBuffer();
}
