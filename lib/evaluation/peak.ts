import type { Point } from "../domain/geometry.ts";
import type { FilmMaps } from "./predict.ts";

/** Places tried between two cells, from centre to centre. */
const PLACES = 8;

/** Keys's cubic kernel with a = -1/2 (Keys 1981): passes through the cells' values. */
function cubic(distance: number): number {
  const d = Math.abs(distance);
  if (d < 1) return 1.5 * d ** 3 - 2.5 * d ** 2 + 1;
  return d < 2 ? -0.5 * d ** 3 + 2.5 * d ** 2 - 4 * d + 2 : 0;
}

/** A cell beyond the border is the one as far inside, so that the border pulls nothing outwards. */
const mirrored = (cell: number, cells: number): number =>
  Math.max(0, Math.min(cells - 1, cell < 0 ? -cell : cell >= cells ? 2 * (cells - 1) - cell : cell));

/** For each place of an axis, first centre to last, the four cells that it is interpolated from, and their weights. */
const taps = (cells: number): { cell: number; weight: number }[][] =>
  Array.from({ length: (cells - 1) * PLACES + 1 }, (_, i) => {
    const place = i / PLACES;
    const first = Math.floor(place) - 1;
    return [0, 1, 2, 3].map((k) => ({ cell: mirrored(first + k, cells), weight: cubic(place - first - k) }));
  });

/**
 * Where a heat map, interpolated to eight times its size, is highest, in the unit square; null where nothing raised the
 * score. Cubic interpolation, since linear interpolation is never higher than at a cell's centre, and a cell of 7 x 7
 * is larger than many findings.
 */
export function peak({ rows, columns, values }: FilmMaps): Point | null {
  if (!values.some((value) => value > 0)) return null;
  const across = taps(columns);
  const wide = Array.from({ length: rows }, (_, row) =>
    across.map((four) => four.reduce((sum, { cell, weight }) => sum + weight * values[row * columns + cell]!, 0)),
  );
  let highest = Number.NEGATIVE_INFINITY;
  let best = { x: 0, y: 0 };
  taps(rows).forEach((four, y) => {
    for (let x = 0; x < across.length; x += 1) {
      const value = four.reduce((sum, { cell, weight }) => sum + weight * wide[cell]![x]!, 0);
      if (value <= highest) continue;
      highest = value;
      best = { x, y };
    }
  });
  return { x: (best.x / PLACES + 0.5) / columns, y: (best.y / PLACES + 0.5) / rows };
}
