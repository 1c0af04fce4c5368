import type { Output } from "../graph.ts";
import type { Shape } from "../types.ts";

/** What every operation here tells of its element type, and of its name where it is given one. */
export const typeOf = (x: Output) => ({ type: x.dtype });
export const named = (name: string | undefined) => (name === undefined ? {} : { name });

export const addSizes = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : a + b;

/** The shape of two values that are stretched to each other, as numpy does it. */
export function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const at = (shape: Shape, axis: number) => (axis < rank - shape.length ? 1 : shape[axis - rank + shape.length]!);
  return Array.from({ length: rank }, (_, axis) => {
    const first = at(a, axis);
    const second = at(b, axis);
    return first === 1 ? second : second === 1 ? first : (first ?? second);
  });
}
