import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitFeatureSpace, LEAST_FOR_LIMIT, MARGIN, novelty, noveltyLimit } from "../../../lib/domain/feature-space.ts";
import { normal, random } from "../../../lib/domain/random.ts";
import { shrunkCovariance, whitening } from "../../../lib/domain/shrunk-covariance.ts";
import { python } from "../../python.ts";

const SCRIPT = `
import json, sys
import numpy as np
from sklearn.covariance import LedoitWolf
def one(case):
    x, asked = np.array(case["rows"], dtype=float), np.array(case["asked"], dtype=float)
    unit = lambda v: v / np.linalg.norm(v, axis=1, keepdims=True)
    plain, fitted = LedoitWolf().fit(x), LedoitWolf().fit(unit(x))
    return dict(mean=plain.location_.tolist(), covariance=plain.covariance_.ravel().tolist(),
        shrinkage=float(plain.shrinkage_), distances=np.sqrt(fitted.mahalanobis(unit(asked))).tolist())
json.dump([one(c) for c in json.load(sys.stdin)], sys.stdout)
`;

/** Rows that depend on each other, as features do; fewer than columns, too. */
const sample = (count: number, side: number, seed: number): number[][] => {
  const next = random(seed, "features");
  const loadings = Array.from({ length: side * 3 }, () => normal(next));
  return Array.from({ length: count }, () => {
    const causes = [normal(next), normal(next), normal(next)];
    return Array.from({ length: side }, (_, i) =>
      Math.max(0, 1 + causes.reduce((sum, cause, k) => sum + cause * loadings[i * 3 + k]!, 0) + 0.3 * normal(next)),
    );
  });
};

const SHAPES = [
  [200, 6],
  [40, 12],
  [10, 24],
] as const;
const cases = SHAPES.map(([count, side], i) => ({ rows: sample(count, side, i), asked: sample(5, side, 100 + i) }));

interface Expected {
  readonly mean: number[];
  readonly covariance: number[];
  readonly shrinkage: number;
  readonly distances: number[];
}

const near = (found: ArrayLike<number>, expected: readonly number[], digits: number) => {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(found[i]!).toBeCloseTo(value, digits);
  });
};

describe("against scikit-learn", () => {
  it("covariance, shrinkage and distances are the same", async () => {
    const expected = await python<Expected[]>(SCRIPT, cases);
    cases.forEach(({ rows, asked }, i) => {
      const side = rows[0]!.length;
      const spread = shrunkCovariance(Float64Array.from(rows.flat()), side);
      near(spread.mean, expected[i]!.mean, 10);
      near(spread.covariance, expected[i]!.covariance, 10);
      expect(spread.shrinkage).toBeCloseTo(expected[i]!.shrinkage, 10);
      const space = fitFeatureSpace(rows)!;
      near(
        asked.map((features) => novelty(space, features)),
        expected[i]!.distances,
        7,
      );
    });
  });
});

describe("whitening", () => {
  it("makes any covariance the identity", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 1000 }), (side, seed) => {
        const { covariance } = shrunkCovariance(Float64Array.from(sample(3 * side + 2, side, seed).flat()), side);
        const w = whitening(covariance, side)!;
        for (let i = 0; i < side; i += 1) {
          for (let j = 0; j < side; j += 1) {
            let sum = 0;
            for (let k = 0; k < side; k += 1) {
              for (let l = 0; l < side; l += 1) sum += w[i * side + k]! * covariance[k * side + l]! * w[j * side + l]!;
            }
            expect(sum).toBeCloseTo(i === j ? 1 : 0, 6);
          }
        }
      }),
    );
  });

  it("is none where nothing differs", () => {
    expect(whitening(new Float64Array(9), 3)).toBeNull();
    expect(fitFeatureSpace([])).toBeNull();
    expect(fitFeatureSpace([Float32Array.of(1, 2), Float32Array.of(1, 2)])).toBeNull();
  });
});

describe("the limit", () => {
  it("is never set on too few films, and never above the largest distance", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 400 }), (distances) => {
        const limit = noveltyLimit(distances);
        const passed = distances.filter((distance) => limit !== null && distance > limit).length;
        expect(limit === null).toBe(distances.length < LEAST_FOR_LIMIT);
        if (limit !== null) expect(distances.map((distance) => distance * MARGIN)).toContain(limit);
        expect(passed).toBeLessThanOrEqual(0.01 * distances.length);
      }),
    );
  });

  it("is passed by at most 2 % of films like those that set it, on average over sets of any size", () => {
    const next = random(3, "limit");
    for (const size of [LEAST_FOR_LIMIT, 120, 500]) {
      let passed = 0;
      for (let round = 0; round < 400; round += 1) {
        const limit = noveltyLimit(Array.from({ length: size }, () => Math.abs(normal(next))))!;
        for (let film = 0; film < 50; film += 1) passed += Number(Math.abs(normal(next)) > limit);
      }
      expect(passed / 20_000).toBeLessThan(0.024);
    }
  });
});
