import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { confusion } from "../../../lib/domain/metrics/confusion.ts";
import { netBenefit, netBenefitOfAll } from "../../../lib/domain/metrics/net-benefit.ts";
import { python } from "../../python.ts";

const count = fc.nat(500);
const counts = fc.record({ truePositive: count, falsePositive: count, trueNegative: count, falseNegative: count });
const threshold = fc.double({ min: 0, max: 0.99, noNaN: true });

describe("net benefit", () => {
  test("lies between calling all positive and being always right, and has no worth at 1", () => {
    fc.assert(
      fc.property(counts, threshold, (c, t) => {
        const films = c.truePositive + c.falsePositive + c.trueNegative + c.falseNegative;
        if (films === 0) return expect(netBenefit(c, t)).toBeNull();
        const prevalence = (c.truePositive + c.falseNegative) / films;
        expect(netBenefit(c, t)!).toBeLessThanOrEqual(prevalence + 1e-12);
        expect(netBenefit(c, 0)!).toBeLessThanOrEqual(netBenefitOfAll(c, 0)! + 1e-12);
        // At a threshold as high as the prevalence it is as well to call all as to call none.
        if (prevalence < 1) expect(netBenefitOfAll(c, prevalence)!).toBeCloseTo(0, 9);
        const none = { ...c, truePositive: 0, falsePositive: 0, falseNegative: 1, trueNegative: 1 };
        expect(netBenefit(none, t)).toBeCloseTo(0, 12);
        expect(netBenefit(c, 1)).toBeNull();
      }),
    );
  });

  test("is what the mean worth of each film's decision comes to, film by film", async () => {
    const films = 400;
    const scores = Array.from({ length: films }, (_, i) => ((i * 7919) % 1000) / 1000);
    const labels = scores.map((score, i) => (score + ((i * 104729) % 997) / 997 > 1.1 ? 1 : 0));
    const thresholds = [0, 0.05, 0.2, 0.5, 0.8, 0.95];
    const expected = await python<[number, number][]>(
      `
import json, sys
import numpy as np
d = json.load(sys.stdin)
s, y = np.array(d["scores"]), np.array(d["labels"])
out = []
for t in d["thresholds"]:
    worth = np.where(y == 1, 1.0, -t / (1 - t))
    out.append([float(np.mean(worth * (s >= t))), float(np.mean(worth))])
print(json.dumps(out))
`,
      { scores, labels, thresholds },
    );
    thresholds.forEach((t, i) => {
      const found = confusion(scores, labels, t);
      expect(netBenefit(found, t)).toBeCloseTo(expected[i]![0], 12);
      expect(netBenefitOfAll(found, t)).toBeCloseTo(expected[i]![1], 12);
    });
  });
});
