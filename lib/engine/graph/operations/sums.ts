import { type Output, only } from "../graph.ts";
import { broadcastShape, named, typeOf } from "./shared.ts";
import { integers } from "./sources.ts";

function reduction(kind: string, x: Output, axes: readonly number[], name?: string): Output {
  const { graph } = x.operation;
  const attributes = { T: typeOf(x), Tidx: { type: "int32" as const }, keep_dims: { bool: false } };
  const outputs = [{ dtype: x.dtype, shape: x.shape.filter((_, axis) => !axes.includes(axis)) }];
  return only(graph.add(kind, { ...named(name), inputs: [x, integers(graph, axes)], attributes, outputs }));
}

export const mean = (x: Output, axes: readonly number[], name?: string): Output => reduction("Mean", x, axes, name);
export const sum = (x: Output, axes: readonly number[], name?: string): Output => reduction("Sum", x, axes, name);

export interface MatrixOptions {
  readonly transposeFirst?: boolean;
  readonly transposeSecond?: boolean;
}

export function matrixMultiply(a: Output, b: Output, options: MatrixOptions = {}): Output {
  const { transposeFirst = false, transposeSecond = false } = options;
  const attributes = { T: typeOf(a), transpose_a: { bool: transposeFirst }, transpose_b: { bool: transposeSecond } };
  const shape = [a.shape[transposeFirst ? 1 : 0]!, b.shape[transposeSecond ? 0 : 1]!];
  return only(a.operation.graph.add("MatMul", { inputs: [a, b], attributes, outputs: [{ dtype: a.dtype, shape }] }));
}

/** The product of the last two axes; axes before them broadcast. */
export function batchMatrixMultiply(a: Output, b: Output): Output {
  const attributes = { T: typeOf(a), adj_x: { bool: false }, adj_y: { bool: false } };
  const outer = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...outer, a.shape.at(-2)!, b.shape.at(-1)!];
  const outputs = [{ dtype: a.dtype, shape }];
  return only(a.operation.graph.add("BatchMatMulV2", { inputs: [a, b], attributes, outputs }));
}
