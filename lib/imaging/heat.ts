import type { Rectangle } from "../domain/geometry.ts";

/** One observation's Grad-CAM: rows x columns values, at least 0, over the part of the film plane that `area` says. */
export interface HeatGrid {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
  /** In film pixels; reaches beyond the film where the film was padded to a square. */
  readonly area: Rectangle;
}

/** Largest finite value; 0 where nothing is hot. */
export function hottest(values: Float32Array): number {
  let most = 0;
  for (const value of values) if (Number.isFinite(value) && value > most) most = value;
  return most;
}

interface Weights {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
  readonly share: Float64Array;
}

/**
 * Heat relative to the map's maximum, 0 to 1, on a raster of `width` x `height` over the film: bilinear between the
 * middles of the grid's cells, flat beyond the outer ones. Undefined where nothing is hot.
 * @returns a function that fills one row
 */
export function heatRows(
  grid: HeatGrid,
  film: { readonly width: number; readonly height: number },
  raster: { readonly width: number; readonly height: number } = film,
): ((row: number, into: Float32Array) => void) | undefined {
  const most = hottest(grid.values);
  if (most === 0) return undefined;
  const values = grid.values.map((value) => (Number.isFinite(value) ? Math.max(0, value) / most : 0));
  const { area, columns } = grid;
  const across = weights(raster.width, film.width, area.x, area.width, columns);
  const down = weights(raster.height, film.height, area.y, area.height, grid.rows);
  const between = new Float64Array(columns);
  return (row, into) => {
    const above = down.low[row]! * columns;
    const below = down.high[row]! * columns;
    const share = down.share[row]!;
    for (let c = 0; c < columns; c += 1) between[c] = values[above + c]! * (1 - share) + values[below + c]! * share;
    for (let x = 0; x < raster.width; x += 1) {
      const part = across.share[x]!;
      into[x] = between[across.low[x]!]! * (1 - part) + between[across.high[x]!]! * part;
    }
  };
}

/** For each pixel of one side: the two cells that it lies between, and its share of the second. */
function weights(pixels: number, filmSide: number, start: number, length: number, cells: number): Weights {
  const made = { low: new Uint32Array(pixels), high: new Uint32Array(pixels), share: new Float64Array(pixels) };
  for (let i = 0; i < pixels; i += 1) {
    const onFilm = ((i + 0.5) * filmSide) / pixels;
    const place = Math.min(cells - 1, Math.max(0, ((onFilm - start) / length) * cells - 0.5));
    made.low[i] = Math.floor(place);
    made.high[i] = Math.min(cells - 1, made.low[i]! + 1);
    made.share[i] = place - made.low[i]!;
  }
  return made;
}
