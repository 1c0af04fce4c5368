import type { Output } from "../engine/graph/graph.ts";
import * as op from "../engine/graph/operations.ts";

export interface Head {
  /** [channels, hidden] and [hidden, 14]. */
  readonly hiddenKernel: Output;
  readonly logitsKernel: Output;
}

/**
 * Grad-CAM (Selvaraju et al. 2017, equations 1 and 2) of all logits at once. Through global average pooling, a dense
 * layer, ReLU and a dense layer the gradient of a logit over the activation has a closed form, the same at every
 * place: `1 / (rows columns) sum_h W1[k, h] [hidden_h > 0] W2[h, c]`.
 *
 * @param activation last convolutional activation, [batch, rows, columns, channels]
 * @param hidden hidden layer of the head after its ReLU, [batch, hidden]
 * @returns maps, each value at least 0, [batch, 14, rows, columns]
 */
export function writeGradCam(activation: Output, hidden: Output, { hiddenKernel, logitsKernel }: Head): Output {
  const { graph } = activation.operation;
  const [batch, rows, columns, channels] = activation.shape as [null, number, number, number];
  const zero = op.constant(graph, 0);
  const active = op.cast(op.greater(hidden, zero), "float32");
  const open = op.multiply(op.reshape(active, [batch, hidden.shape[1]!, 1]), logitsKernel);
  const gradient = op.batchMatrixMultiply(hiddenKernel, open);
  const places = op.reshape(activation, [batch, rows * columns, channels]);
  const sums = op.batchMatrixMultiply(places, gradient);
  const maps = op.relu(op.multiply(sums, op.constant(graph, 1 / (rows * columns))));
  const classes = logitsKernel.shape[1]!;
  return op.transpose(op.reshape(maps, [batch, rows, columns, classes]), [0, 3, 1, 2]);
}
