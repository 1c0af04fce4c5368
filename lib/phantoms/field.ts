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

/** How a shape's strength (0 to 1) changes a density. */
export type Paint = (density: number, strength: number) => number;

export const add =
  (amount: number): Paint =>
  (density, strength) =>
    density + amount * strength;

export const towards =
  (target: number, opacity = 1): Paint =>
  (density, strength) =>
    density + (target - density) * strength * opacity;

/** 0 below 0, 1 above 1, smooth between (Hermite). */
export function smoothstep(t: number): number {
  if (t <= 0) return 0;
  if (t >= 1) return 1;
  return t * t * (3 - 2 * t);
}

/** Calls `visit` for every pixel of the rectangle that lies in the field. */
function visitPixels(
  field: Field,
  [x0, y0]: Point,
  [x1, y1]: Point,
  visit: (x: number, y: number, at: number) => void,
) {
  const left = Math.max(0, Math.floor(x0));
  const right = Math.min(field.width - 1, Math.ceil(x1));
  const bottom = Math.min(field.height - 1, Math.ceil(y1));
  for (let y = Math.max(0, Math.floor(y0)); y <= bottom; y += 1) {
    const row = y * field.width;
    for (let x = left; x <= right; x += 1) visit(x, y, row + x);
  }
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
export function paintEllipse(field: Field, shape: Ellipse, paint: Paint, mask?: Float32Array): void {
  const [cx, cy] = shape.centre;
  const [rx, ry] = shape.radii;
  const cos = Math.cos(shape.angle ?? 0);
  const sin = Math.sin(shape.angle ?? 0);
  const reachX = Math.hypot(rx * cos, ry * sin);
  const reachY = Math.hypot(rx * sin, ry * cos);
  visitPixels(field, [cx - reachX, cy - reachY], [cx + reachX, cy + reachY], (x, y, at) => {
    const u = ((x - cx) * cos + (y - cy) * sin) / rx;
    const v = ((y - cy) * cos - (x - cx) * sin) / ry;
    const squared = u * u + v * v;
    if (squared >= 1) return;
    const strength = smoothstep((1 - Math.sqrt(squared)) / shape.soft) * (mask ? mask[at]! : 1);
    if (strength > 0) field.values[at] = paint(field.values[at]!, strength);
  });
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

/** Paints a tube of round profile along a line through the points; `width` is its full width in pixels. */
export function paintLine(
  field: Field,
  line: readonly Point[],
  width: number,
  paint: Paint,
  mask?: Float32Array,
): void {
  const reach = width / 2 + 1;
  const painted = new Map<number, number>();
  for (let i = 1; i < line.length; i += 1) {
    const [ax, ay] = line[i - 1]!;
    const [bx, by] = line[i]!;
    const dx = bx - ax;
    const dy = by - ay;
    const squared = dx * dx + dy * dy || 1;
    const from: Point = [Math.min(ax, bx) - reach, Math.min(ay, by) - reach];
    visitPixels(field, from, [Math.max(ax, bx) + reach, Math.max(ay, by) + reach], (x, y, at) => {
      const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / squared));
      const ox = x - ax - along * dx;
      const oy = y - ay - along * dy;
      if (ox * ox + oy * oy >= reach * reach) return;
      const strength = smoothstep((reach - Math.sqrt(ox * ox + oy * oy)) / reach);
      if (strength > (painted.get(at) ?? 0)) painted.set(at, strength);
    });
  }
  for (const [at, strength] of painted) {
    field.values[at] = paint(field.values[at]!, strength * (mask ? mask[at]! : 1));
  }
}

/** Paints every pixel by a strength of its own. */
export function paintMask(field: Field, mask: Float32Array, paint: Paint): void {
  for (let at = 0; at < mask.length; at += 1) {
    const strength = mask[at]!;
    if (strength > 0) field.values[at] = paint(field.values[at]!, strength);
  }
}

/** A mask made pixel by pixel inside a rectangle, 0 outside. */
export function makeMask(
  field: Field,
  within: Box,
  strengthAt: (x: number, y: number, at: number) => number,
): Float32Array {
  const mask = new Float32Array(field.values.length);
  const { x, y, width, height } = within;
  visitPixels(field, [x, y], [x + width, y + height], (px, py, at) => {
    mask[at] = strengthAt(px, py, at);
  });
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

/** Smooth noise in [-1, 1]: random values `cell` pixels apart, interpolated (value noise). */
export function smoothNoise(
  width: number,
  height: number,
  cell: number,
  next: Random,
): (x: number, y: number) => number {
  const columns = Math.ceil(width / cell) + 2;
  const rows = Math.ceil(height / cell) + 2;
  const grid = Float32Array.from({ length: columns * rows }, () => 2 * next() - 1);
  return (x, y) => {
    const column = Math.floor(x / cell);
    const row = Math.floor(y / cell);
    const fx = smoothstep(x / cell - column);
    const fy = smoothstep(y / cell - row);
    const at = row * columns + column;
    const upper = grid[at]! * (1 - fx) + grid[at + 1]! * fx;
    const lower = grid[at + columns]! * (1 - fx) + grid[at + columns + 1]! * fx;
    return upper * (1 - fy) + lower * fy;
  };
}
