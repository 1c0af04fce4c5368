import type { TrainingConfig } from "../contracts/run-config.ts";
import { forEachObservation } from "../domain/observations.ts";
import type { Graph, Output } from "../engine/graph/graph.ts";
import * as op from "../engine/graph/operations.ts";

/** How many times a positive label counts, by observation; once where nothing is said. */
export type PositiveWeights = TrainingConfig["positiveWeights"];

/**
 * Mean cross-entropy between sigmoid(logits) and targets over all entries whose target is not NaN, and its gradient
 * over the logits; both are 0 where every target is NaN. Stable for logits of any size: max(z, 0) - z t + ln(1 + e^-|z|).
 * NaN is replaced before it is used, since 0 x NaN is NaN.
 *
 * With positive weights w it is w t softplus(-z) + (1 - t) softplus(z), still divided by the number of labels.
 *
 * @param logits and targets [batch, 14]
 */
export function writeMaskedCrossEntropy(
  logits: Output,
  targets: Output,
  positiveWeights: PositiveWeights = {},
): { loss: Output; gradient: Output } {
  const { graph } = logits.operation;
  const zero = op.constant(graph, 0);
  const masked = op.isNan(targets);
  const known = op.select(masked, zero, targets);
  const weights = op.select(masked, zero, op.constant(graph, 1));
  const count = op.sum(weights, [0, 1]);

  const tail = op.log1p(op.exp(op.negate(op.abs(logits))));
  const plain = op.add(op.subtract(op.relu(logits), op.multiply(logits, known)), tail);
  const excess = excessOf(graph, positiveWeights);
  // What a positive counts above once: (w - 1) t softplus(-z), whose slope is (w - 1) t (sigmoid(z) - 1).
  const more = excess && op.multiply(known, excess);
  const entropy = more ? op.add(plain, op.multiply(more, op.add(op.relu(op.negate(logits)), tail))) : plain;
  const loss = op.divideNoNan(op.sum(op.select(masked, zero, entropy), [0, 1]), count);
  const probability = op.sigmoid(logits);
  const plainSlope = op.subtract(probability, known);
  const moreSlope = more && op.multiply(more, op.subtract(probability, op.constant(graph, 1)));
  const slope = op.select(masked, zero, moreSlope ? op.add(plainSlope, moreSlope) : plainSlope);
  return { loss, gradient: op.divideNoNan(slope, count) };
}

/** Each observation's weight less one, or undefined where all count once. */
function excessOf(graph: Graph, weights: PositiveWeights): Output | undefined {
  const excess = forEachObservation((name) => (weights[name] ?? 1) - 1);
  return excess.some((value) => value !== 0) ? op.constant(graph, Float32Array.from(excess)) : undefined;
}
