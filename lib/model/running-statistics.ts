import type { Operation, Output } from "../engine/graph/graph.ts";
import * as op from "../engine/graph/operations.ts";
import { assignSubtract, type Variable } from "../engine/graph/variables.ts";
import type { Forward } from "./forward.ts";
import type { Parameter } from "./parameters.ts";

/**
 * Moves the running statistics towards the batch's: `running -= (1 - momentum) (running - batch)`.
 *
 * TensorFlow's kernel answers the variance over n - 1, Keras keeps the one over n = batch x rows x columns; hence the
 * factor (n - 1) / n = 1 - 1 / n on variances.
 *
 * @param rest the statistics' places in the vector, nothing else: layer by layer, mean then variance
 * @param running their values before the step
 */
export function writeRunningStatistics(
  batchNorms: Forward["batchNorms"],
  rest: readonly Parameter[],
  vector: Variable,
  running: Output,
): Operation {
  const { graph } = running.operation;
  const byLayer = new Map(batchNorms.map((entry) => [entry.layer.name, entry]));
  const entries = rest.map((parameter) => {
    const { layer, operation } = byLayer.get(parameter.layer)!;
    const isVariance = parameter.name.endsWith("/moving_variance");
    const [, rows, columns] = operation.inputs[0]!.shape as [null, number, number];
    return {
      value: operation.outputs[isVariance ? 2 : 1]!,
      rate: new Float32Array(parameter.size).fill(1 - layer.settings.momentum),
      perPlace: new Float32Array(parameter.size).fill(isVariance ? 1 / (rows * columns) : 0),
    };
  });
  const films = op.cast(batchSize(batchNorms[0]!.operation.inputs[0]!), "float32");
  const rate = op.constant(graph, join(entries.map((entry) => entry.rate)));
  const perPlace = op.constant(graph, join(entries.map((entry) => entry.perPlace)));
  const batch = op.concat(
    entries.map((entry) => entry.value),
    0,
  );
  const biased = op.subtract(batch, op.multiply(batch, op.divide(perPlace, films)));
  return assignSubtract(vector, op.multiply(rate, op.subtract(running, biased)));
}

/** The first axis as it is when the graph runs, int32 of shape [1]. */
const batchSize = (x: Output): Output => op.split(op.shapeOf(x), [1, x.shape.length - 1], 0)[0]!;

function join(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
