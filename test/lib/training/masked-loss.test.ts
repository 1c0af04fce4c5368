import fc from "fast-check";
import { expect, test } from "vitest";
import { maskedCrossEntropy } from "../../../lib/training/masked-loss.ts";

test("it is the cross-entropy of the definition, over the targets that are there", () => {
  const logit = fc.float({ min: -15, max: 15, noNaN: true });
  const target = fc.oneof(fc.constant(Number.NaN), fc.float({ min: 0, max: 1, noNaN: true }));
  fc.assert(
    fc.property(fc.array(fc.tuple(logit, target), { maxLength: 40 }), (pairs) => {
      const there = pairs.filter(([, t]) => !Number.isNaN(t));
      const expected = there.map(([x, t]) => {
        const p = 1 / (1 + Math.exp(-x));
        return -t * Math.log(p) - (1 - t) * Math.log(1 - p);
      });
      const { sum, count } = maskedCrossEntropy(
        Float32Array.from(pairs, ([x]) => x),
        Float32Array.from(pairs, ([, t]) => t),
      );
      expect(count).toBe(there.length);
      expect(sum).toBeCloseTo(
        expected.reduce((a, b) => a + b, 0),
        4,
      );
    }),
  );
});

test("large logits don't overflow", () => {
  expect(maskedCrossEntropy(Float32Array.of(1e4, -1e4), Float32Array.of(0, 0))).toEqual({ sum: 1e4, count: 2 });
});
