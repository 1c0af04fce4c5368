/**
 * The operations that networks are written in, one function each, named after TensorFlow's and with its meaning.
 * Images are [batch, rows, columns, channels]. Every function knows its result's shape; the batch may be unknown.
 */
import { type Graph, type Operation, type Output, only } from "./graph.ts";
import { type DType, elementCount, type Shape } from "./types.ts";

export type Padding = "same" | "valid";

const typeOf = (x: Output) => ({ type: x.dtype });

function unary(kind: string, x: Output, name?: string): Output {
  const outputs = [{ dtype: x.dtype, shape: x.shape }];
  return only(x.operation.graph.add(kind, { ...named(name), inputs: [x], attributes: { T: typeOf(x) }, outputs }));
}

function binary(kind: string, a: Output, b: Output, dtype: DType = a.dtype): Output {
  const outputs = [{ dtype, shape: broadcastShape(a.shape, b.shape) }];
  return only(a.operation.graph.add(kind, { inputs: [a, b], attributes: { T: typeOf(a) }, outputs }));
}

const named = (name: string | undefined) => (name === undefined ? {} : { name });

// Sources

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

function tensorConstant(
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

// Elements

export const relu = (x: Output, name?: string): Output => unary("Relu", x, name);
export const sigmoid = (x: Output, name?: string): Output => unary("Sigmoid", x, name);
export const exp = (x: Output): Output => unary("Exp", x);
export const log1p = (x: Output): Output => unary("Log1p", x);
export const abs = (x: Output): Output => unary("Abs", x);
export const negate = (x: Output): Output => unary("Neg", x);
export const squareRoot = (x: Output): Output => unary("Sqrt", x);
export const zerosLike = (x: Output): Output => unary("ZerosLike", x);
export const add = (a: Output, b: Output): Output => binary("AddV2", a, b);
export const subtract = (a: Output, b: Output): Output => binary("Sub", a, b);
export const multiply = (a: Output, b: Output): Output => binary("Mul", a, b);
export const divide = (a: Output, b: Output): Output => binary("RealDiv", a, b);
/** a / b, and 0 where b is 0. */
export const divideNoNan = (a: Output, b: Output): Output => binary("DivNoNan", a, b);
export const power = (a: Output, b: Output): Output => binary("Pow", a, b);
export const minimum = (a: Output, b: Output): Output => binary("Minimum", a, b);
export const greater = (a: Output, b: Output): Output => binary("Greater", a, b, "bool");

export function isNan(x: Output): Output {
  const outputs = [{ dtype: "bool" as const, shape: x.shape }];
  return only(x.operation.graph.add("IsNan", { inputs: [x], attributes: { T: typeOf(x) }, outputs }));
}

/** `yes` where the condition holds, else `no`; all three broadcast. What is not chosen may be NaN. */
export function select(condition: Output, yes: Output, no: Output): Output {
  const shape = broadcastShape(condition.shape, broadcastShape(yes.shape, no.shape));
  const outputs = [{ dtype: yes.dtype, shape }];
  const attributes = { T: typeOf(yes) };
  return only(condition.operation.graph.add("SelectV2", { inputs: [condition, yes, no], attributes, outputs }));
}

export function cast(x: Output, dtype: DType): Output {
  const attributes = { SrcT: typeOf(x), DstT: { type: dtype } };
  return only(x.operation.graph.add("Cast", { inputs: [x], attributes, outputs: [{ dtype, shape: x.shape }] }));
}

export function addAll(values: readonly Output[]): Output {
  const [first] = values;
  if (first === undefined || values.length === 1) return first!;
  const attributes = { T: typeOf(first), N: { int: values.length } };
  const outputs = [{ dtype: first.dtype, shape: first.shape }];
  return only(first.operation.graph.add("AddN", { inputs: values, attributes, outputs }));
}

/** x, after those operations have run. */
export function identity(x: Output, name?: string, after: readonly Operation[] = []): Output {
  const outputs = [{ dtype: x.dtype, shape: x.shape }];
  const attributes = { T: typeOf(x) };
  return only(x.operation.graph.add("Identity", { ...named(name), inputs: [x], after, attributes, outputs }));
}

// Shapes

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

// Sums

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

// Layers

/** Kernels are [rows, columns, channels in, channels out]. */
export function conv2d(x: Output, kernel: Output, stride: number, padding: Padding, name?: string): Output {
  const { graph } = x.operation;
  const [rows, columns, , filters] = kernel.shape;
  const shape = windowShape(x.shape, [rows!, columns!], stride, padding, filters!);
  const attributes = { T: typeOf(x), ...windowAttributes(stride, padding), dilations: { ints: [1, 1, 1, 1] } };
  const outputs = [{ dtype: x.dtype, shape }];
  return only(graph.add("Conv2D", { ...named(name), inputs: [x, kernel], attributes, outputs }));
}

/** Adds a value a channel. */
export function biasAdd(x: Output, bias: Output, name?: string): Output {
  const attributes = { T: typeOf(x), data_format: { string: "NHWC" } };
  const outputs = [{ dtype: x.dtype, shape: x.shape }];
  return only(x.operation.graph.add("BiasAdd", { ...named(name), inputs: [x, bias], attributes, outputs }));
}

function pool(kind: string, x: Output, size: number, stride: number, padding: Padding, name?: string): Output {
  const shape = windowShape(x.shape, [size, size], stride, padding, x.shape[3]!);
  const attributes = { T: typeOf(x), ksize: { ints: [1, size, size, 1] }, ...windowAttributes(stride, padding) };
  const outputs = [{ dtype: x.dtype, shape }];
  return only(x.operation.graph.add(kind, { ...named(name), inputs: [x], attributes, outputs }));
}

export const maxPool = (x: Output, size: number, stride: number, padding: Padding, name?: string): Output =>
  pool("MaxPool", x, size, stride, padding, name);

/** With `same` padding, what lies outside the image does not count. */
export const averagePool = (x: Output, size: number, stride: number, padding: Padding, name?: string): Output =>
  pool("AvgPool", x, size, stride, padding, name);

export interface BatchNormParameters {
  readonly gamma: Output;
  readonly beta: Output;
  readonly mean: Output;
  readonly variance: Output;
}

/**
 * Ioffe and Szegedy 2015. In training the batch's own mean and variance are used and returned as outputs 1 and 2;
 * that variance is divided by n - 1, not n, with n = batch x rows x columns. Outputs 3 to 5 are for the gradient.
 */
export function fusedBatchNorm(
  x: Output,
  parameters: BatchNormParameters,
  epsilon: number,
  training: boolean,
  name?: string,
): Operation {
  const { graph } = x.operation;
  const { gamma, beta, mean: average, variance } = parameters;
  const unused = training ? constant(graph, new Float32Array(0)) : undefined;
  const perChannel = { dtype: x.dtype, shape: gamma.shape };
  return graph.add("FusedBatchNormV3", {
    ...named(name),
    inputs: [x, gamma, beta, unused ?? average, unused ?? variance],
    attributes: {
      T: typeOf(x),
      U: { type: "float32" },
      epsilon: { float: epsilon },
      exponential_avg_factor: { float: 1 },
      data_format: { string: "NHWC" },
      is_training: { bool: training },
    },
    outputs: [{ dtype: x.dtype, shape: x.shape }, perChannel, perChannel, perChannel, perChannel, perChannel],
  });
}

/** Attributes that convolution and pooling share with their gradients. */
const windowAttributes = (stride: number, padding: Padding) => ({
  strides: { ints: [1, stride, stride, 1] },
  padding: { string: padding.toUpperCase() },
  data_format: { string: "NHWC" },
});

function windowShape(
  input: Shape,
  window: readonly (number | null)[],
  stride: number,
  padding: Padding,
  channels: number | null,
): Shape {
  const side = (size: number | null, reach: number | null) =>
    size === null ? null : Math.ceil((padding === "same" ? size : size - reach! + 1) / stride);
  return [input[0]!, side(input[1]!, window[0]!), side(input[2]!, window[1]!), channels];
}

const addSizes = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);

function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const at = (shape: Shape, axis: number) => (axis < rank - shape.length ? 1 : shape[axis - rank + shape.length]!);
  return Array.from({ length: rank }, (_, axis) => {
    const first = at(a, axis);
    const second = at(b, axis);
    return first === 1 ? second : second === 1 ? first : (first ?? second);
  });
}
