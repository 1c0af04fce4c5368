/**
 * Sum of the cross-entropy of logits and targets over the targets that are not NaN, in the form that neither
 * overflows nor loses digits (as TensorFlow's sigmoid_cross_entropy_with_logits), and their number.
 */
export function maskedCrossEntropy(logits: Float32Array, targets: Float32Array): { sum: number; count: number } {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < targets.length; i += 1) {
    const target = targets[i]!;
    if (Number.isNaN(target)) continue;
    const logit = logits[i]!;
    sum += Math.max(logit, 0) - logit * target + Math.log1p(Math.exp(-Math.abs(logit)));
    count += 1;
  }
  return { sum, count };
}
