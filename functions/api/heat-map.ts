import type { HeatMap, Rectangle } from "../../lib/contracts/api.ts";

/** Relative heat from which a place belongs to the hottest region. */
const REGION_LEVEL = 0.5;

/**
 * One observation's grid as the API tells it: relative to its maximum, with its peak and the box of its hottest region
 * in film pixels. Null where nothing is hot: a map of zeros, or of numbers that are none.
 */
export function describeHeatMap(
  grid: Float32Array,
  size: { readonly rows: number; readonly columns: number },
  area: Rectangle,
  film: { readonly width: number; readonly height: number },
): HeatMap | null {
  const { rows, columns } = size;
  const values = Array.from(grid, (value) => (Number.isFinite(value) ? Math.max(0, value) : 0));
  const hottest = values.reduce((best, value, place) => (value > values[best]! ? place : best), 0);
  const maximum = values[hottest]!;
  if (maximum <= 0) return null;

  const relative = values.map((value) => value / maximum);
  const cell = { width: area.width / columns, height: area.height / rows };
  const corner = (place: number) => ({
    x: area.x + (place % columns) * cell.width,
    y: area.y + Math.floor(place / columns) * cell.height,
  });
  const region = hottestRegion(relative, columns, hottest).map(corner);
  const left = Math.min(...region.map((c) => c.x));
  const top = Math.min(...region.map((c) => c.y));
  const right = Math.max(...region.map((c) => c.x)) + cell.width;
  const bottom = Math.max(...region.map((c) => c.y)) + cell.height;
  const peak = corner(hottest);
  return {
    rows,
    columns,
    values: relative.map((value) => Math.round(value * 1e4) / 1e4),
    area,
    peak: {
      x: clamp(peak.x + cell.width / 2, 0, film.width - 1),
      y: clamp(peak.y + cell.height / 2, 0, film.height - 1),
    },
    box: clip({ x: left, y: top, width: right - left, height: bottom - top }, film),
  };
}

/** Places at or above the level that a walk from the peak over shared sides reaches. */
function hottestRegion(relative: readonly number[], columns: number, peak: number): number[] {
  const reached = new Set([peak]);
  for (const place of reached) {
    const column = place % columns;
    const beside = [
      column > 0 ? place - 1 : -1,
      column < columns - 1 ? place + 1 : -1,
      place - columns,
      place + columns,
    ];
    for (const next of beside) if ((relative[next] ?? 0) >= REGION_LEVEL) reached.add(next);
  }
  return [...reached];
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

function clip(box: Rectangle, film: { readonly width: number; readonly height: number }): Rectangle {
  const x = clamp(box.x, 0, film.width);
  const y = clamp(box.y, 0, film.height);
  return {
    x,
    y,
    width: clamp(box.x + box.width, 0, film.width) - x,
    height: clamp(box.y + box.height, 0, film.height) - y,
  };
}
