import { type Operation, type Output, only } from "./graph/graph.ts";
import * as op from "./graph/operations.ts";
import type { ConstantValue } from "./graph/types.ts";

/**
 * The gradient over each input of an operation, made only when it is wanted; undefined where there is none.
 * @param dy gradients over the outputs; undefined where an output plays no part in the loss
 */
type Row = (operation: Operation, dy: readonly (Output | undefined)[]) => readonly ((() => Output) | undefined)[];

/** Adds a gradient operation of TensorFlow's own, with attributes of the operation that it belongs to. */
function native(
  kind: string,
  { graph, attributes }: Operation,
  inputs: readonly Output[],
  like: readonly Pick<Output, "dtype" | "shape">[],
  except: readonly string[] = [],
): Operation {
  const kept = Object.entries(attributes).filter(([name]) => !except.includes(name));
  return graph.add(kind, { inputs, attributes: Object.fromEntries(kept), outputs: like });
}

/** One row an operation: every derivative that the networks need. */
const GRADIENTS: Readonly<Record<string, Row>> = {
  Identity: (_, [dy]) => [() => dy!],

  AddV2: ({ inputs: [a, b] }, [dy]) => {
    if (a!.shape.join() !== b!.shape.join()) throw new Error("gradient of AddV2: shapes differ");
    return [() => dy!, () => dy!];
  },

  Cast: ({ inputs: [x] }, [dy]) => [() => op.cast(dy!, x!.dtype)],

  Relu: ({ graph, attributes, outputs: [y] }, [dy]) => [
    () => only(graph.add("ReluGrad", { inputs: [dy!, y!], attributes, outputs: [y!] })),
  ],

  Conv2D: (operation, [dy]) => {
    const [x, kernel] = operation.inputs as [Output, Output];
    const kernelShape = op.integers(operation.graph, kernel.shape as number[]);
    return [
      () => only(native("Conv2DBackpropInput", operation, [op.shapeOf(x), kernel, dy!], [x])),
      () => only(native("Conv2DBackpropFilter", operation, [x, kernelShape, dy!], [kernel])),
    ];
  },

  BiasAdd: (operation, [dy]) => {
    const bias = operation.inputs[1]!;
    return [() => dy!, () => only(native("BiasAddGrad", operation, [dy!], [bias]))];
  },

  FusedBatchNormV3: (operation, [dy]) => {
    const [x, gamma, , average, variance] = operation.inputs as [Output, Output, Output, Output, Output];
    const [, , , first, second, third] = operation.outputs as [Output, Output, Output, Output, Output, Output];
    const training = (operation.attributes.is_training as { bool: boolean }).bool;
    const statistics = training ? [first, second] : [average, variance];
    const shapes = [x, gamma, gamma, gamma, gamma];
    const inputs = [dy!, x, gamma, ...statistics, third];
    let gradient: Operation | undefined;
    const result = (index: number) => () => {
      gradient ??= native("FusedBatchNormGradV3", operation, inputs, shapes, ["exponential_avg_factor"]);
      return gradient.outputs[index]!;
    };
    return [result(0), result(1), result(2), undefined, undefined];
  },

  MaxPool: (operation, [dy]) => {
    const x = operation.inputs[0]!;
    return [() => only(native("MaxPoolGrad", operation, [x, operation.outputs[0]!, dy!], [x]))];
  },

  AvgPool: (operation, [dy]) => {
    const x = operation.inputs[0]!;
    return [() => only(native("AvgPoolGrad", operation, [op.shapeOf(x), dy!], [x]))];
  },

  Pad: ({ graph, attributes, inputs: [x, pads] }, [dy]) => {
    const before = () => {
      const slice = { begin: op.integers(graph, [0, 0]), size: op.integers(graph, [x!.shape.length, 1]) };
      const column = cut(pads!, slice.begin, slice.size, [x!.shape.length, 1]);
      return op.reshape(column, [x!.shape.length]);
    };
    return [() => cut(dy!, before(), op.shapeOf(x!), x!.shape, attributes.T)];
  },

  ConcatV2: ({ inputs }, [dy]) => {
    const parts = inputs.slice(0, -1);
    const axis = constantInteger(inputs.at(-1)!);
    const sizes = parts.map((part) => part.shape[axis]!);
    let pieces: readonly Output[] | undefined;
    return [
      ...parts.map((_, i) => () => {
        pieces ??= op.split(dy!, sizes, axis);
        return pieces[i]!;
      }),
      undefined,
    ];
  },

  SplitV: ({ inputs: [, , axis], outputs }, dy) => [
    () =>
      op.concat(
        outputs.map((output, i) => dy[i] ?? op.zerosLike(output)),
        constantInteger(axis!),
      ),
    undefined,
    undefined,
  ],

  Reshape: ({ inputs: [x] }, [dy]) => [() => op.reshape(dy!, x!.shape), undefined],

  /** Over rows and columns, as global average pooling takes it. */
  Mean: ({ graph, inputs: [x] }, [dy]) => {
    const [batch, rows, columns, channels] = x!.shape as [null, number, number, number];
    const share = () => op.multiply(dy!, op.constant(graph, 1 / (rows * columns)));
    return [() => broadcast(op.reshape(share(), [batch, 1, 1, channels]), x!), undefined];
  },

  MatMul: ({ inputs: [a, b] }, [dy]) => [
    () => op.matrixMultiply(dy!, b!, { transposeSecond: true }),
    () => op.matrixMultiply(a!, dy!, { transposeFirst: true }),
  ],
};

/** Operations that have a row. */
export const DIFFERENTIABLE: readonly string[] = Object.keys(GRADIENTS);

/**
 * Writes the backward pass of a graph: reverse-mode differentiation, one row of the table an operation.
 * @param output what the loss was made of, and the loss's gradient over it
 * @param targets what the gradient is wanted over
 * @returns a gradient a target
 */
export function writeGradients(
  output: { readonly of: Output; readonly gradient: Output },
  targets: readonly Output[],
): Output[] {
  const { graph } = output.of.operation;
  const forward = graph.operations.slice(0, graph.operations.indexOf(output.of.operation) + 1);
  const sources = new Set(targets.map((target) => target.operation));
  const needed = new Set(sources);
  for (const operation of forward) {
    if (operation.inputs.some((input) => needed.has(input.operation))) needed.add(operation);
  }

  const found = new Map<Output, Output[]>([[output.of, [output.gradient]]]);
  const total = (of: Output) => {
    const parts = found.get(of);
    return parts === undefined ? undefined : op.addAll(parts);
  };
  for (const operation of forward.reverse()) {
    if (sources.has(operation) || !needed.has(operation)) continue;
    const dy = operation.outputs.map(total);
    if (dy.every((gradient) => gradient === undefined)) continue;
    const row = GRADIENTS[operation.kind];
    if (row === undefined) throw new Error(`no gradient of ${operation.kind} (${operation.name})`);
    row(operation, dy).forEach((gradient, i) => {
      const input = operation.inputs[i]!;
      if (gradient === undefined || !needed.has(input.operation)) return;
      found.set(input, [...(found.get(input) ?? []), gradient()]);
    });
  }
  return targets.map((target) => total(target) ?? op.zerosLike(target));
}

/** The value of a constant that holds one int32, such as an axis. */
function constantInteger({ operation }: Output): number {
  const { tensor } = operation.attributes.value as { readonly tensor: ConstantValue };
  return new DataView(tensor.bytes.buffer, tensor.bytes.byteOffset).getInt32(0, true);
}

function cut(
  x: Output,
  begin: Output,
  size: Output,
  shape: Output["shape"],
  type: Operation["attributes"][string] = { type: x.dtype },
): Output {
  const attributes = { T: type, Index: { type: "int32" as const } };
  return only(
    x.operation.graph.add("Slice", { inputs: [x, begin, size], attributes, outputs: [{ dtype: x.dtype, shape }] }),
  );
}

function broadcast(x: Output, like: Output): Output {
  const attributes = { T: { type: x.dtype }, Tidx: { type: "int32" as const } };
  const outputs = [{ dtype: x.dtype, shape: like.shape }];
  return only(x.operation.graph.add("BroadcastTo", { inputs: [x, op.shapeOf(like)], attributes, outputs }));
}
