import type { HeatMap } from "../../lib/contracts/api.ts";
import type { Rectangle, Size } from "../../lib/domain/geometry.ts";
import { hottest } from "../../lib/imaging/heat.ts";
import { hotRegion } from "../../lib/imaging/hot-region.ts";

/** Side of the raster on which the region is found: fine against a grid of 7 x 7, and quick for 14 maps. */
const RASTER_SIDE = 128;

/**
 * One observation's grid as the API tells it: relative to its maximum, with its peak and the box of its hottest region
 * in film pixels. Null where nothing on the film is hot: a map of zeros, or of numbers that are none.
 */
export function describeHeatMap(
  values: Float32Array,
  { rows, columns }: { readonly rows: number; readonly columns: number },
  area: Rectangle,
  film: Size,
): HeatMap | null {
  const scale = Math.min(1, RASTER_SIDE / Math.max(film.width, film.height));
  const small = { width: Math.ceil(film.width * scale), height: Math.ceil(film.height * scale) };
  const x = film.width / small.width;
  const y = film.height / small.height;
  const smallArea = { x: area.x / x, y: area.y / y, width: area.width / x, height: area.height / y };
  const region = hotRegion({ rows, columns, values, area: smallArea }, small);
  if (region === null) return null;
  const { box, peak } = region;
  const most = hottest(values);
  return {
    rows,
    columns,
    values: Array.from(values, (value) => (value > 0 ? rounded(Math.min(1, value / most)) : 0)),
    area,
    peak: { x: peak.x * x, y: peak.y * y },
    box: { x: box.x * x, y: box.y * y, width: box.width * x, height: box.height * y },
  };
}

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
