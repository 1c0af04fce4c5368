import { type Graph, type Output, only } from "../graph.ts";
import { type DType, elementCount, type Shape } from "../types.ts";
import { named } from "./shared.ts";

export function placeholder(graph: Graph, name: string, dtype: DType, shape: Shape): Output {
  const attributes = { dtype: { type: dtype }, shape: { shape } };
  return only(graph.add("Placeholder", { name, attributes, outputs: [{ dtype, shape }] }));
}

/** A constant of 32-bit floats; a number is a scalar. */
export function constant(
  graph: Graph,
  values: number | Float32Array,
  shape?: readonly number[],
  name?: string,
): Output {
  const data = typeof values === "number" ? Float32Array.of(values) : values;
  return tensorConstant(graph, "float32", data, shape ?? (typeof values === "number" ? [] : [data.length]), name);
}

/** A constant of 32-bit integers, such as axes and sizes; a number is a scalar. */
export function integers(graph: Graph, values: number | readonly number[]): Output {
  return typeof values === "number"
    ? tensorConstant(graph, "int32", Int32Array.of(values), [])
    : tensorConstant(graph, "int32", Int32Array.from(values), [values.length]);
}

export function tensorConstant(
  graph: Graph,
  dtype: DType,
  data: Float32Array | Int32Array,
  shape: readonly number[],
  name?: string,
): Output {
  if (elementCount(shape) !== data.length) {
    throw new RangeError(`constant ${name ?? ""}: ${data.length} values for shape [${shape.join(", ")}]`);
  }
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const attributes = { dtype: { type: dtype }, value: { tensor: { dtype, shape, bytes } } };
  return only(graph.add("Const", { ...named(name), attributes, outputs: [{ dtype, shape }] }));
}
