import type { Graph, Output } from "../engine/graph/graph.ts";
import * as op from "../engine/graph/operations.ts";

/** What a step is fed to change its films; see Augmentation in lib/model/session.ts. */
export interface AugmentationInputs {
  /** [batch, 8] */
  readonly transforms: Output;
  /** [batch] */
  readonly contrasts: Output;
}

export const augmentationInputs = (graph: Graph): AugmentationInputs => ({
  transforms: op.placeholder(graph, "transforms", "float32", [null, 8]),
  contrasts: op.placeholder(graph, "contrasts", "float32", [null]),
});

/**
 * Films turned, scaled and moved, black where nothing of them lies (as padding is), then their contrast scaled about
 * their own mean, within 0 to 255. Values between pixels are bilinear; an identity gives the very pixels.
 *
 * @param pixels grey values, uint8 [batch, size, size]
 * @returns grey values, float32 of the same shape
 */
export function writeAugmentation(pixels: Output, { transforms, contrasts }: AugmentationInputs): Output {
  const { graph } = pixels.operation;
  const [batch, rows, columns] = pixels.shape as [null, number, number];
  const film = op.reshape(op.cast(pixels, "float32"), [batch, rows, columns, 1]);
  const moved = op.reshape(op.projectiveTransform(film, transforms, [rows, columns]), [batch, rows, columns]);
  const middle = op.reshape(op.mean(moved, [1, 2]), [batch, 1, 1]);
  const more = op.multiply(op.reshape(contrasts, [batch, 1, 1]), op.subtract(moved, middle));
  const [black, white] = [op.constant(graph, 0), op.constant(graph, 255)];
  return op.minimum(op.maximum(op.add(moved, more), black), white);
}
