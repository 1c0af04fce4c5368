import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trialsForWidth, widthOfShare, wilsonInterval } from "../../../lib/domain/sample-size.ts";
import { python } from "../../python.ts";

describe("what a number of films tells of a share", () => {
  test("is Wilson's interval as SciPy makes it", async () => {
    const cases = [
      [0, 1],
      [3, 4],
      [24, 30],
      [30, 30],
      [197, 246],
      [1, 5000],
    ] as const;
    const expected = await python<[number, number][]>(
      `
import json, sys
from scipy.stats import binomtest
print(json.dumps([list(binomtest(k, n).proportion_ci(0.95, method="wilson")) for k, n in json.load(sys.stdin)]))
`,
      cases,
    );
    cases.forEach(([found, trials], i) => {
      const [low, high] = wilsonInterval(found / trials, trials);
      expect(low).toBeCloseTo(expected[i]![0], 9);
      expect(high).toBeCloseTo(expected[i]![1], 9);
    });
    expect(widthOfShare(0.8, 0)).toBeNull();
  });

  test("the fewest films for a width are enough, and one less is not", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.double({ min: 0.02, max: 0.6, noNaN: true }),
        (share, width) => {
          const films = trialsForWidth(share, width);
          expect(widthOfShare(share, films)!).toBeLessThanOrEqual(width);
          if (films > 1) expect(widthOfShare(share, films - 1)!).toBeGreaterThan(width);
        },
      ),
    );
  });
});
