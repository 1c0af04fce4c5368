import { type Output, only } from "../graph.ts";
import type { Shape } from "../types.ts";
import { addSizes, named, typeOf } from "./shared.ts";
import { integers, tensorConstant } from "./sources.ts";

/** The shape as it is when the graph runs, a vector of int32. */
export function shapeOf(x: Output): Output {
  const outputs = [{ dtype: "int32" as const, shape: [x.shape.length] }];
  const attributes = { T: typeOf(x), out_type: { type: "int32" as const } };
  return only(x.operation.graph.add("Shape", { inputs: [x], attributes, outputs }));
}

/** At most one size may be null: it is worked out from the others. */
export function reshape(x: Output, shape: Shape, name?: string): Output {
  const { graph } = x.operation;
  const sizes = integers(
    graph,
    shape.map((size) => size ?? -1),
  );
  const attributes = { T: typeOf(x), Tshape: { type: "int32" as const } };
  const outputs = [{ dtype: x.dtype, shape }];
  return only(graph.add("Reshape", { ...named(name), inputs: [x, sizes], attributes, outputs }));
}

export function transpose(x: Output, order: readonly number[]): Output {
  const { graph } = x.operation;
  const attributes = { T: typeOf(x), Tperm: { type: "int32" as const } };
  const outputs = [{ dtype: x.dtype, shape: order.map((axis) => x.shape[axis]!) }];
  return only(graph.add("Transpose", { inputs: [x, integers(graph, order)], attributes, outputs }));
}

/** Joins along an axis. */
export function concat(values: readonly Output[], axis: number, name?: string): Output {
  const first = values[0]!;
  const { graph } = first.operation;
  const size = values.reduce<number | null>((sum, { shape }) => addSizes(sum, shape[axis]!), 0);
  const shape = first.shape.map((old, i) => (i === axis ? size : old));
  const attributes = { T: typeOf(first), N: { int: values.length }, Tidx: { type: "int32" as const } };
  const inputs = [...values, integers(graph, axis)];
  return only(graph.add("ConcatV2", { ...named(name), inputs, attributes, outputs: [{ dtype: first.dtype, shape }] }));
}

/** Cuts along an axis into pieces of those sizes. */
export function split(x: Output, sizes: readonly number[], axis: number): readonly Output[] {
  const { graph } = x.operation;
  const attributes = { T: typeOf(x), Tlen: { type: "int32" as const }, num_split: { int: sizes.length } };
  const outputs = sizes.map((size) => ({ dtype: x.dtype, shape: x.shape.map((old, i) => (i === axis ? size : old)) }));
  const inputs = [x, integers(graph, sizes), integers(graph, axis)];
  return graph.add("SplitV", { inputs, attributes, outputs }).outputs;
}

/** Zeros around the image: [top, bottom] and [left, right]. */
export function zeroPad(
  x: Output,
  rows: readonly [number, number],
  columns: readonly [number, number],
  name?: string,
): Output {
  const { graph } = x.operation;
  const pads = tensorConstant(graph, "int32", Int32Array.of(0, 0, ...rows, ...columns, 0, 0), [4, 2]);
  const [batch, height, width, channels] = x.shape;
  const shape = [batch!, addSizes(height!, rows[0] + rows[1]), addSizes(width!, columns[0] + columns[1]), channels!];
  const attributes = { T: typeOf(x), Tpaddings: { type: "int32" as const } };
  return only(
    graph.add("Pad", { ...named(name), inputs: [x, pads], attributes, outputs: [{ dtype: x.dtype, shape }] }),
  );
}
