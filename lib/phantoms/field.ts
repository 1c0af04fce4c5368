import type { Random } from "../domain/random.ts";

/** A field of densities, row by row: 0 is air, about 0.6 soft tissue, 1 metal. Coordinates are pixels. */
export class Field {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;

  constructor(width: number, height: number, fill = 0) {
    this.width = width;
    this.height = height;
    this.values = new Float32Array(width * height).fill(fill);
  }
}

export type Point = readonly [x: number, y: number];

/** Rectangle in pixels; x and y are its upper left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How a shape of some strength (0 to 1) changes a density: by an amount, or towards a target. */
export interface Paint {
  readonly amount: number;
  readonly target: number;
  readonly opacity: number;
}

export const add = (amount: number): Paint => ({ amount, target: 0, opacity: 0 });

export const towards = (target: number, opacity = 1): Paint => ({ amount: 0, target, opacity });

/** One formula for both, so that the loops over pixels branch on neither. */
const painted = ({ amount, target, opacity }: Paint, density: number, strength: number): number =>
  density + amount * strength + (target - density) * strength * opacity;

/** 0 below 0, 1 above 1, smooth between (Hermite). */
export function smoothstep(t: number): number {
  if (t <= 0) return 0;
  if (t >= 1) return 1;
  return t * t * (3 - 2 * t);
}

export interface Ellipse {
  readonly centre: Point;
  readonly radii: Point;
  /** Radians, clockwise on the film. */
  readonly angle?: number;
  /** Width of the soft rim as a share of the radius, 0 to 1. */
  readonly soft: number;
}

/** Paints an ellipse, multiplied by `mask` where one is given. */
export function paintEllipse(
  { width, height, values }: Field,
  shape: Ellipse,
  paint: Paint,
  mask?: Float32Array,
): void {
  const { soft, angle = 0 } = shape;
  const [cx, cy] = shape.centre;
  const [rx, ry] = shape.radii;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const reachY = Math.hypot(rx * sin, ry * cos);
  // On a row, the ellipse is where a dx^2 + 2 b dx + c < 0.
  const a = (cos / rx) ** 2 + (sin / ry) ** 2;
  const full = (1 - soft) ** 2;
  const bottom = Math.min(height - 1, Math.ceil(cy + reachY));
  for (let y = Math.max(0, Math.floor(cy - reachY)); y <= bottom; y += 1) {
    const dy = y - cy;
    const b = dy * sin * cos * (1 / rx ** 2 - 1 / ry ** 2);
    const c = dy * dy * ((sin / rx) ** 2 + (cos / ry) ** 2) - 1;
    const half = Math.sqrt(Math.max(0, b * b - a * c)) / a;
    const right = Math.min(width - 1, Math.ceil(cx - b / a + half));
    for (let x = Math.max(0, Math.floor(cx - b / a - half)); x <= right; x += 1) {
      const u = ((x - cx) * cos + dy * sin) / rx;
      const v = (dy * cos - (x - cx) * sin) / ry;
      const squared = u * u + v * v;
      if (squared >= 1) continue;
      const at = y * width + x;
      const shade = squared <= full ? 1 : smoothstep((1 - Math.sqrt(squared)) / soft);
      values[at] = painted(paint, values[at]!, mask ? shade * mask[at]! : shade);
    }
  }
}

/** Points in between, on a smooth curve through all of them (Catmull and Rom 1974). */
export function smoothLine(points: readonly Point[], pieces = 6): Point[] {
  const line: Point[] = [];
  for (let i = 0; i + 1 < points.length; i += 1) {
    const [a, b, c, d] = [
      points[Math.max(0, i - 1)]!,
      points[i]!,
      points[i + 1]!,
      points[Math.min(points.length - 1, i + 2)]!,
    ];
    for (let piece = 0; piece < pieces; piece += 1) {
      const t = piece / pieces;
      const along = (axis: 0 | 1) =>
        0.5 *
        (2 * b[axis] +
          (c[axis] - a[axis]) * t +
          (2 * a[axis] - 5 * b[axis] + 4 * c[axis] - d[axis]) * t * t +
          (3 * b[axis] - a[axis] - 3 * c[axis] + d[axis]) * t * t * t);
      line.push([along(0), along(1)]);
    }
  }
  line.push(points.at(-1)!);
  return line;
}

/** Strengths of the line that is being painted, all 0 between lines: no film takes memory of its own for it. */
let strengths = new Float64Array();

/** Paints a tube of round profile along a line through the points; `width` is its full width in pixels. */
export function paintLine(
  { width: columns, height: rows, values }: Field,
  line: readonly Point[],
  width: number,
  paint: Paint,
  mask?: Float32Array,
): void {
  if (strengths.length !== values.length) strengths = new Float64Array(values.length);
  const reach = width / 2 + 1;
  const touched: number[] = [];
  for (let i = 1; i < line.length; i += 1) {
    const [ax, ay] = line[i - 1]!;
    const [bx, by] = line[i]!;
    const dx = bx - ax;
    const dy = by - ay;
    const squared = dx * dx + dy * dy || 1;
    const bottom = Math.min(rows - 1, Math.ceil(Math.max(ay, by) + reach));
    for (let y = Math.max(0, Math.floor(Math.min(ay, by) - reach)); y <= bottom; y += 1) {
      // The part of the piece that this row is within reach of.
      const [t0, t1] = dy === 0 ? [0, 1] : within((y - ay - reach) / dy, (y - ay + reach) / dy);
      const right = Math.min(columns - 1, Math.ceil(ax + Math.max(t0 * dx, t1 * dx) + reach));
      for (let x = Math.max(0, Math.floor(ax + Math.min(t0 * dx, t1 * dx) - reach)); x <= right; x += 1) {
        const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / squared));
        const ox = x - ax - along * dx;
        const oy = y - ay - along * dy;
        if (ox * ox + oy * oy >= reach * reach) continue;
        const at = y * columns + x;
        const strength = smoothstep((reach - Math.sqrt(ox * ox + oy * oy)) / reach);
        if (strength <= strengths[at]!) continue;
        if (strengths[at] === 0) touched.push(at);
        strengths[at] = strength;
      }
    }
  }
  for (const at of touched) {
    values[at] = painted(paint, values[at]!, strengths[at]! * (mask ? mask[at]! : 1));
    strengths[at] = 0;
  }
}

/** Two shares of a piece's length, in any order, kept within the piece. */
const within = (a: number, b: number): Point => [
  Math.min(1, Math.max(0, Math.min(a, b))),
  Math.max(0, Math.min(1, Math.max(a, b))),
];

/** Paints every pixel by a strength of its own. */
export function paintMask(field: Field, mask: Float32Array, paint: Paint): void {
  for (let at = 0; at < mask.length; at += 1) {
    const strength = mask[at]!;
    if (strength > 0) field.values[at] = painted(paint, field.values[at]!, strength);
  }
}

/** A mask made pixel by pixel inside a rectangle, 0 outside. */
export function makeMask(
  field: Field,
  within: Box,
  strengthAt: (x: number, y: number, at: number) => number,
): Float32Array {
  const mask = new Float32Array(field.values.length);
  const left = Math.max(0, Math.floor(within.x));
  const right = Math.min(field.width - 1, Math.ceil(within.x + within.width));
  const bottom = Math.min(field.height - 1, Math.ceil(within.y + within.height));
  for (let y = Math.max(0, Math.floor(within.y)); y <= bottom; y += 1) {
    const row = y * field.width;
    for (let x = left; x <= right; x += 1) mask[row + x] = strengthAt(x, y, row + x);
  }
  return mask;
}

/** Smallest rectangle around the pixels stronger than `level`, or undefined where there are none. */
export function boxOf(mask: Float32Array, width: number, level: number): Box | undefined {
  let [left, right, top, bottom] = [Number.POSITIVE_INFINITY, -1, Number.POSITIVE_INFINITY, -1];
  for (let at = 0; at < mask.length; at += 1) {
    if (mask[at]! <= level) continue;
    const x = at % width;
    const y = (at - x) / width;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return right < 0 ? undefined : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** The part of a rectangle that lies on the film. */
export function clipBox(box: Box, width: number, height: number): Box {
  const x = Math.max(0, box.x);
  const y = Math.max(0, box.y);
  return { x, y, width: Math.min(width, box.x + box.width) - x, height: Math.min(height, box.y + box.height) - y };
}

export const grow = ({ x, y, width, height }: Box, margin: number): Box => ({
  x: x - margin,
  y: y - margin,
  width: width + 2 * margin,
  height: height + 2 * margin,
});

export const boxAround = (points: readonly Point[], margin: number): Box => {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const x = Math.min(...xs) - margin;
  const y = Math.min(...ys) - margin;
  return { x, y, width: Math.max(...xs) + margin - x, height: Math.max(...ys) + margin - y };
};

/** Smooth noise in [-1, 1] at whole pixels: random values `cell` pixels apart, interpolated (value noise). */
export function smoothNoise(
  width: number,
  height: number,
  cell: number,
  next: Random,
): (x: number, y: number) => number {
  const columns = Math.ceil(width / cell) + 2;
  const rows = Math.ceil(height / cell) + 2;
  const grid = Float32Array.from({ length: columns * rows }, () => 2 * next() - 1);
  const across = Float64Array.from({ length: width }, (_, x) => smoothstep(x / cell - Math.floor(x / cell)));
  const cellOf = Uint16Array.from({ length: width }, (_, x) => Math.floor(x / cell));
  let [y0, start, fy] = [Number.NaN, 0, 0];
  return (x, y) => {
    if (y !== y0) {
      const row = Math.floor(y / cell);
      [y0, start, fy] = [y, row * columns, smoothstep(y / cell - row)];
    }
    const fx = across[x]!;
    const at = start + cellOf[x]!;
    const upper = grid[at]! * (1 - fx) + grid[at + 1]! * fx;
    const lower = grid[at + columns]! * (1 - fx) + grid[at + columns + 1]! * fx;
    return upper * (1 - fy) + lower * fy;
  };
}
