import { type Operation, type Output, only } from "../graph.ts";
import type { Shape } from "../types.ts";
import { named, typeOf } from "./shared.ts";
import { constant, integers } from "./sources.ts";

export type Padding = "same" | "valid";

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

/**
 * Each image fetched through a projective transform of its own (TensorFlow's ImageProjectiveTransformV3), bilinear
 * between pixels and 0 outside.
 * @param transforms [batch, 8], from places of the result to places of x, in pixels
 */
export function projectiveTransform(x: Output, transforms: Output, [rows, columns]: readonly [number, number]): Output {
  const { graph } = x.operation;
  const inputs = [x, transforms, integers(graph, [rows, columns]), constant(graph, 0)];
  const attributes = {
    dtype: typeOf(x),
    interpolation: { string: "BILINEAR" },
    fill_mode: { string: "CONSTANT" },
  };
  const outputs = [{ dtype: x.dtype, shape: [x.shape[0]!, rows, columns, x.shape[3]!] }];
  return only(graph.add("ImageProjectiveTransformV3", { inputs, attributes, outputs }));
}

export interface BatchNormParameters {
  readonly gamma: Output;
  readonly beta: Output;
  readonly mean: Output;
  readonly variance: Output;
}

/**
 * Ioffe and Szegedy 2015. In training the batch's own mean and variance are used and returned as outputs 1 and 2;
 * that variance is divided by n - 1, not n, with n = batch x rows x columns. Outputs 3 to 5 are for the gradient. x may be
 * bfloat16; parameters and statistics are float32.
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
  const perChannel = { dtype: gamma.dtype, shape: gamma.shape };
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
