import type { Output } from "../engine/graph/graph.ts";
import * as op from "../engine/graph/operations.ts";

/**
 * Mean cross-entropy between sigmoid(logits) and targets over all entries whose target is not NaN, and its gradient
 * over the logits; both are 0 where every target is NaN. Stable for logits of any size: max(z, 0) - z t + ln(1 + e^-|z|).
 * NaN is replaced before it is used, since 0 x NaN is NaN.
 *
 * @param logits and targets [batch, 14]
 */
export function writeMaskedCrossEntropy(logits: Output, targets: Output): { loss: Output; gradient: Output } {
  const { graph } = logits.operation;
  const zero = op.constant(graph, 0);
  const masked = op.isNan(targets);
  const known = op.select(masked, zero, targets);
  const weights = op.select(masked, zero, op.constant(graph, 1));
  const count = op.sum(weights, [0, 1]);

  const entropy = op.add(
    op.subtract(op.relu(logits), op.multiply(logits, known)),
    op.log1p(op.exp(op.negate(op.abs(logits)))),
  );
  const loss = op.divideNoNan(op.sum(op.select(masked, zero, entropy), [0, 1]), count);
  const slope = op.select(masked, zero, op.subtract(op.sigmoid(logits), known));
  return { loss, gradient: op.divideNoNan(slope, count) };
}
