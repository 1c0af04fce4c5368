import { describe, expect, test } from "vitest";
import { normal, random, shuffle } from "../../../lib/domain/random.ts";
import { DIFFERENTIABLE, writeGradients } from "../../../lib/engine/gradients.ts";
import { Graph, type Output, only } from "../../../lib/engine/graph/graph.ts";
import * as op from "../../../lib/engine/graph/operations.ts";
import { supportsPrecision } from "../../../lib/engine/precision.ts";
import { liveTensors, openGraph } from "../../../lib/engine/session.ts";
import { device, tensorflow } from "../../../lib/engine/tensorflow.ts";
import { relativeError } from "../model/eager-network.ts";

type Tensor = import("#tensorflow").Tensor;
// biome-ignore lint/suspicious/noExplicitAny: the reference is written against tensors of several ranks
type Any = any;

interface Case {
  readonly name: string;
  /** Operation whose row it proves. */
  readonly row: string;
  readonly inputs: readonly (readonly number[])[];
  readonly written: (...inputs: Output[]) => Output;
  readonly reference: (...inputs: Any[]) => Tensor;
  /** Largest relative error, where it is not that of float32. */
  readonly within?: number;
}

const tf = tensorflow();
const EPSILON = 1.001e-5;
/** A first axis of this size is one that the graph does not know beforehand. */
const BATCH = 2;

const normalised = (x: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, variance: Tensor): Tensor =>
  tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, EPSILON))), gamma), beta);

const CASES: readonly Case[] = [
  {
    name: "convolution, stride 1, same",
    row: "Conv2D",
    inputs: [
      [2, 7, 6, 3],
      [3, 3, 3, 4],
    ],
    written: (x, kernel) => op.conv2d(x, kernel, 1, "same"),
    reference: (x, kernel) => tf.conv2d(x, kernel, 1, "same"),
  },
  {
    name: "convolution, stride 2, valid",
    row: "Conv2D",
    inputs: [
      [2, 9, 9, 1],
      [5, 5, 1, 4],
    ],
    written: (x, kernel) => op.conv2d(x, kernel, 2, "valid"),
    reference: (x, kernel) => tf.conv2d(x, kernel, 2, "valid"),
  },
  {
    name: "bias",
    row: "BiasAdd",
    inputs: [[2, 3, 3, 4], [4]],
    written: (x, bias) => op.biasAdd(x, bias),
    reference: (x, bias) => tf.add(x, bias),
  },
  {
    name: "a change of type",
    row: "Cast",
    inputs: [[2, 3]],
    written: (x) => op.cast(op.cast(x, "bfloat16"), "float32"),
    reference: (x) => tf.mul(x, 1),
    // bfloat16 has 8 bits of significand.
    within: 2 ** -8,
  },
  {
    name: "batch-norm by the batch's statistics",
    row: "FusedBatchNormV3",
    inputs: [[2, 4, 5, 6], [6], [6]],
    written: (x, gamma, beta) =>
      only(op.fusedBatchNorm(x, { gamma, beta, mean: beta, variance: gamma }, EPSILON, true)),
    reference: (x, gamma, beta) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      return normalised(x, gamma, beta, mean, variance);
    },
  },
  {
    name: "batch-norm by running statistics",
    row: "FusedBatchNormV3",
    inputs: [[2, 4, 5, 6], [6], [6]],
    written: (x, gamma, beta) => {
      const { graph } = x.operation;
      const mean = op.constant(graph, Float32Array.of(0.1, -0.2, 0.3, 0, 0.5, 1));
      const variance = op.constant(graph, Float32Array.of(0.5, 1, 2, 1.5, 0.7, 3));
      return only(op.fusedBatchNorm(x, { gamma, beta, mean, variance }, EPSILON, false));
    },
    reference: (x, gamma, beta) =>
      normalised(x, gamma, beta, tf.tensor1d([0.1, -0.2, 0.3, 0, 0.5, 1]), tf.tensor1d([0.5, 1, 2, 1.5, 0.7, 3])),
  },
  {
    name: "ReLU",
    row: "Relu",
    inputs: [[2, 3, 3, 4]],
    written: (x) => op.relu(x),
    reference: (x) => tf.relu(x),
  },
  {
    name: "max pooling, overlapping",
    row: "MaxPool",
    inputs: [[2, 9, 9, 3]],
    written: (x) => op.maxPool(x, 3, 2, "valid"),
    reference: (x) => tf.maxPool(x, 3, 2, "valid"),
  },
  {
    name: "average pooling",
    row: "AvgPool",
    inputs: [[2, 6, 8, 3]],
    written: (x) => op.averagePool(x, 2, 2, "valid"),
    reference: (x) => tf.avgPool(x, 2, 2, "valid"),
  },
  {
    name: "zero padding",
    row: "Pad",
    inputs: [[2, 3, 4, 2]],
    written: (x) => op.zeroPad(x, [1, 2], [3, 0]),
    reference: (x) =>
      tf.pad(x, [
        [0, 0],
        [1, 2],
        [3, 0],
        [0, 0],
      ]),
  },
  {
    name: "concatenation of different sizes",
    row: "ConcatV2",
    inputs: [
      [2, 3, 3, 2],
      [2, 3, 3, 5],
    ],
    written: (a, b) => op.concat([a, b], 3),
    reference: (a, b) => tf.concat([a, b], 3),
  },
  {
    name: "concatenation of equal sizes",
    row: "ConcatV2",
    inputs: [
      [2, 3, 3, 4],
      [2, 3, 3, 4],
    ],
    written: (a, b) => op.concat([a, b], 3),
    reference: (a, b) => tf.concat([a, b], 3),
  },
  {
    name: "cuts of a vector, one of them unused",
    row: "SplitV",
    inputs: [[9]],
    written: (x) => {
      const [first, , third] = op.split(x, [2, 3, 4], 0);
      return op.concat([third!, first!], 0);
    },
    reference: (x) => {
      const [first, , third] = tf.split(x, [2, 3, 4]);
      return tf.concat([third!, first!]);
    },
  },
  {
    name: "another shape",
    row: "Reshape",
    inputs: [[3, 8]],
    written: (x) => op.reshape(x, [4, 6]),
    reference: (x) => tf.reshape(x, [4, 6]),
  },
  {
    name: "global average pooling",
    row: "Mean",
    inputs: [[2, 5, 4, 3]],
    written: (x) => op.mean(x, [1, 2]),
    reference: (x) => tf.mean(x, [1, 2]),
  },
  {
    name: "matrix product",
    row: "MatMul",
    inputs: [
      [4, 3],
      [3, 5],
    ],
    written: (a, b) => op.matrixMultiply(a, b),
    reference: (a, b) => tf.matMul(a, b),
  },
  {
    name: "sum, and a value used twice",
    row: "AddV2",
    inputs: [
      [2, 4],
      [2, 4],
    ],
    written: (a, b) => op.add(op.add(a, b), a),
    reference: (a, b) => tf.add(tf.add(a, b), a),
  },
  {
    name: "identity",
    row: "Identity",
    inputs: [[2, 4]],
    written: (x) => op.identity(x),
    reference: (x) => tf.add(x, 0),
  },
];

const narrow = (x: Output): Output => op.cast(x, "bfloat16");

/** Kinds whose kernels for bfloat16 are others, through which a training step in that precision goes. */
const BFLOAT16_CASES: readonly Case[] = [
  {
    name: "convolution in bfloat16",
    row: "Conv2D",
    inputs: [
      [2, 7, 6, 3],
      [3, 3, 3, 4],
    ],
    written: (x, kernel) => op.cast(op.conv2d(narrow(x), narrow(kernel), 1, "same"), "float32"),
    reference: (x, kernel) => tf.conv2d(x, kernel, 1, "same"),
    within: 0.02,
  },
  {
    name: "batch-norm in bfloat16",
    row: "FusedBatchNormV3",
    inputs: [[2, 8, 8, 6], [6], [6]],
    written: (x, gamma, beta) =>
      op.cast(
        only(op.fusedBatchNorm(narrow(x), { gamma, beta, mean: beta, variance: gamma }, EPSILON, true)),
        "float32",
      ),
    reference: (x, gamma, beta) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      return normalised(x, gamma, beta, mean, variance);
    },
    within: 0.02,
  },
  {
    name: "largest of a window in bfloat16",
    row: "MaxPool",
    inputs: [[2, 8, 8, 3]],
    written: (x) => op.cast(op.maxPool(narrow(x), 2, 2, "valid"), "float32"),
    reference: (x) => tf.maxPool(x, 2, 2, "valid"),
    within: 0.02,
  },
];

const ALL_CASES = supportsPrecision("bfloat16", device()) ? [...CASES, ...BFLOAT16_CASES] : CASES;

/** Gradients by the written graph of sum(y * dy), with batches of unknown size as in training. */
function written({ inputs, written: write }: Case, values: readonly Float32Array[], dy: Float32Array): Float32Array[] {
  const graph = new Graph();
  const fed = inputs.map((shape, i) =>
    op.placeholder(graph, `input_${i}`, "float32", shape[0] === BATCH ? [null, ...shape.slice(1)] : shape),
  );
  const y = write(...fed);
  const seed = op.placeholder(graph, "dy", "float32", y.shape);
  const gradients = writeGradients({ of: y, gradient: seed }, fed);
  const named = (prefix: string, outputs: readonly Output[]) =>
    Object.fromEntries(outputs.map((output, i) => [`${prefix}_${i}`, output]));
  graph.addSignature("run", {
    inputs: { ...named("input", fed), dy: seed },
    outputs: named(
      "gradient",
      gradients.map((gradient) => op.identity(gradient)),
    ),
  });
  const outputShape = y.shape.map((size) => size ?? BATCH);
  const session = openGraph(graph);
  try {
    const feeds = inputs.map((shape, i) => [`input_${i}`, { shape, values: values[i]! }] as const);
    const answer = session.run("run", {
      ...Object.fromEntries(feeds),
      dy: { shape: outputShape, values: dy },
    });
    return inputs.map((_, i) => answer[`gradient_${i}`]!.values);
  } finally {
    session.close();
  }
}

/** y . dy of the graph as it runs forwards, from the inputs moved so far along their directions. */
function forwards({ inputs, written: write }: Case): (values: readonly Float32Array[], dy: Float32Array) => number {
  const graph = new Graph();
  const fed = inputs.map((shape, i) => op.placeholder(graph, `input_${i}`, "float32", shape));
  const names = Object.fromEntries(fed.map((input, i) => [`input_${i}`, input]));
  graph.addSignature("run", { inputs: names, outputs: { y: op.identity(write(...fed)) } });
  return (values, dy) => {
    const session = openGraph(graph);
    try {
      const feeds = inputs.map((shape, i) => [`input_${i}`, { shape, values: values[i]! }] as const);
      const y = session.run("run", Object.fromEntries(feeds)).y!.values;
      return y.reduce((sum, value, i) => sum + value * dy[i]!, 0);
    } finally {
      session.close();
    }
  };
}

describe("the gradient of each operation is the slope that finite differences show", () => {
  const STEP = 2 ** -8;

  test.each(CASES.filter(({ within }) => within === undefined))("$row: $name", (one) => {
    const next = random(11, one.name);
    const draw = (size: number) => Float32Array.from({ length: size }, () => normal(next));
    const sizes = one.inputs.map((shape) => shape.reduce((a, b) => a * b, 1));
    const values = sizes.map((size) => distinct(size, next));
    const directions = sizes.map((size) => Float32Array.from({ length: size }, () => 2 * next() - 1));
    const value = forwards(one);
    const y = tf.tidy(() => one.reference(...one.inputs.map((shape, i) => tf.tensor(values[i]!, [...shape]))).size);
    const dy = draw(y);
    const at = (by: number) =>
      value(
        values.map((of, i) => of.map((x, j) => x + by * directions[i]![j]!)),
        dy,
      );
    const slope = (at(STEP) - at(-STEP)) / (2 * STEP);
    const gradients = written(one, values, dy);
    const parts = gradients.flatMap((gradient, i) => [...gradient].map((g, j) => g * directions[i]![j]!));
    const scale = Math.hypot(...parts);
    expect(scale).toBeGreaterThan(0);
    expect(Math.abs(slope - parts.reduce((a, b) => a + b, 0)) / scale).toBeLessThan(0.01);
  });

  /** Values of which no two lie nearer to each other than four steps, none nearer to 0 than two: no kink is crossed. */
  function distinct(size: number, next: () => number): Float32Array {
    const places = shuffle(
      Float32Array.from({ length: size }, (_, i) => i),
      next,
    );
    const gap = Math.max(4 / size, 4 * STEP);
    return places.map((place) => (place - (size - 1) / 2 + (size % 2 === 1 ? 0.5 : 0)) * gap);
  }
});

describe("the gradient of each operation equals tfjs's own differentiation", () => {
  test.each(ALL_CASES)("$row: $name", (one) => {
    const next = random(7, one.name);
    const draw = (size: number) => Float32Array.from({ length: size }, () => normal(next));
    const values = one.inputs.map((shape) => draw(shape.reduce((a, b) => a * b, 1)));
    const before = liveTensors();
    const { expected, dy } = tf.tidy(() => {
      const tensors = one.inputs.map((shape, i) => tf.tensor(values[i]!, [...shape]));
      const y = one.reference(...tensors);
      const seed = draw(y.size);
      const gradients = tf.grads(one.reference)(tensors, tf.tensor(seed, y.shape));
      return { expected: gradients.map((gradient) => gradient.dataSync() as Float32Array), dy: seed };
    });
    const actual = written(one, values, dy);
    actual.forEach((gradient, i) => {
      expect(relativeError(gradient, expected[i]!)).toBeLessThan(one.within ?? 2e-5);
    });
    expect(liveTensors()).toBe(before);
  });

  test("every row has a case", () => {
    expect([...new Set(CASES.map((one) => one.row))].sort()).toEqual([...DIFFERENTIABLE].sort());
  });

  test("an operation without a row is named", () => {
    const graph = new Graph();
    const x = op.placeholder(graph, "x", "float32", [2]);
    expect(() => writeGradients({ of: op.sigmoid(x, "odd"), gradient: x }, [x])).toThrow(
      "no gradient of Sigmoid (odd)",
    );
  });
});
