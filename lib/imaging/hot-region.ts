import type { Point, Rectangle, Size } from "../domain/geometry.ts";
import { type HeatGrid, heatRows } from "./heat.ts";

/** Share of the peak's heat from which a place belongs to the hottest region. */
export const REGION_LEVEL = 0.5;
/** The region is found on a raster of at most this side; film pixels are finer than a 7 x 7 grid can tell. */
const RASTER_SIDE = 512;

/** What is at least half as hot as the peak and joined to it. */
export interface HotRegion {
  /** Film pixels. */
  readonly box: Rectangle;
  readonly peak: Point;
  /** 1 inside, 0 outside, row by row; covers the film. */
  readonly mask: { readonly width: number; readonly height: number; readonly inside: Uint8Array };
}

/** Null where nothing is hot. */
export function hotRegion(grid: HeatGrid, film: Size): HotRegion | null {
  const scale = Math.min(1, RASTER_SIDE / Math.max(film.width, film.height));
  const width = Math.max(1, Math.round(film.width * scale));
  const height = Math.max(1, Math.round(film.height * scale));
  const fill = heatRows(grid, film, { width, height });
  if (fill === undefined) return null;
  const heat = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) fill(y, heat.subarray(y * width, (y + 1) * width));
  const peak = heat.reduce((best, value, place) => (value > heat[best]! ? place : best), 0);
  // The peak of the grid may lie in the padding; then the region is what is half as hot as the film's hottest place.
  if (heat[peak]! <= 0) return null;
  const { inside, bounds } = joined(heat, width, peak, heat[peak]! * REGION_LEVEL);
  const [unitX, unitY] = [film.width / width, film.height / height];
  return {
    box: {
      x: bounds.left * unitX,
      y: bounds.top * unitY,
      width: (bounds.right - bounds.left + 1) * unitX,
      height: (bounds.bottom - bounds.top + 1) * unitY,
    },
    peak: { x: ((peak % width) + 0.5) * unitX, y: (Math.floor(peak / width) + 0.5) * unitY },
    mask: { width, height, inside },
  };
}

/** Places at or above the level that a walk from `start` over shared sides reaches, and their bounds. */
function joined(heat: Float32Array, width: number, start: number, level: number) {
  const inside = new Uint8Array(heat.length);
  const bounds = { left: width, right: 0, top: heat.length, bottom: 0 };
  const open = [start];
  inside[start] = 1;
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const x = place % width;
    const y = Math.floor(place / width);
    bounds.left = Math.min(bounds.left, x);
    bounds.right = Math.max(bounds.right, x);
    bounds.top = Math.min(bounds.top, y);
    bounds.bottom = Math.max(bounds.bottom, y);
    const beside = [x > 0 ? place - 1 : -1, x + 1 < width ? place + 1 : -1, place - width, place + width];
    for (const next of beside) {
      if (next < 0 || next >= heat.length || inside[next] === 1 || heat[next]! < level) continue;
      inside[next] = 1;
      open.push(next);
    }
  }
  return { inside, bounds };
}
