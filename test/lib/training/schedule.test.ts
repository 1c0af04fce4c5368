import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { learningRateAt } from "../../../lib/training/schedule.ts";

const config = { learningRate: 0.1, schedule: "constant", warmupSteps: 0 } as const;

describe("the learning rate", () => {
  test("stays where it is by default", () => {
    for (const step of [0, 50, 99]) expect(learningRateAt(config, step, 100)).toBe(0.1);
  });

  test("rises evenly through the warm-up and is full at its end", () => {
    const rates = [0, 1, 2, 3, 4].map((step) => learningRateAt({ ...config, warmupSteps: 4 }, step, 100));
    expect(rates).toEqual([0.025, 0.05, 0.1 * 0.75, 0.1, 0.1].map((rate) => expect.closeTo(rate, 12)));
  });

  test("follows half a cosine from the end of the warm-up to the end of training", () => {
    const cosine = { ...config, schedule: "cosine", warmupSteps: 20 } as const;
    expect(learningRateAt(cosine, 20, 120)).toBeCloseTo(0.1, 12);
    expect(learningRateAt(cosine, 45, 120)).toBeCloseTo(0.1 * (1 + Math.SQRT1_2) * 0.5, 12);
    expect(learningRateAt(cosine, 70, 120)).toBeCloseTo(0.05, 12);
    expect(learningRateAt(cosine, 119, 120)).toBeLessThan(0.0001);
  });

  test("is never negative nor above its height, also where the warm-up outlasts the training", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("constant", "cosine"),
        fc.nat(300),
        fc.integer({ min: 1, max: 200 }),
        (schedule, warmupSteps, total) => {
          for (let step = 0; step < total; step += 1) {
            const rate = learningRateAt({ ...config, schedule, warmupSteps }, step, total);
            expect(rate).toBeGreaterThanOrEqual(0);
            expect(rate).toBeLessThanOrEqual(0.1 + 1e-12);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
