import fc from "fast-check";
import { expect, test } from "vitest";
import { batchesPerEpoch, batchStart, epochOrder } from "../../../lib/training/epoch.ts";

const plan = fc.uint32Array({ minLength: 1, maxLength: 300 });

test("an epoch visits exactly the rows of its plan", () => {
  fc.assert(
    fc.property(plan, fc.nat(), fc.nat(9), (rows, seed, epoch) => {
      const before = rows.slice();
      expect(epochOrder(rows, seed, epoch).toSorted()).toEqual(rows.toSorted());
      expect(rows).toEqual(before);
    }),
  );
});

test("epochs and seeds have orders of their own, known from their numbers", () => {
  const rows = Uint32Array.from({ length: 100 }, (_, n) => n);
  expect(epochOrder(rows, 1, 0)).toEqual(epochOrder(rows, 1, 0));
  expect(epochOrder(rows, 1, 0)).not.toEqual(epochOrder(rows, 1, 1));
  expect(epochOrder(rows, 1, 0)).not.toEqual(epochOrder(rows, 2, 0));
});

test("batches fill the epoch, none larger than asked for nor two rows smaller than another", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 1024 }), (rows, size) => {
      const batches = batchesPerEpoch(rows, size);
      const starts = Array.from({ length: batches + 1 }, (_, batch) => batchStart(rows, batches, batch));
      expect([starts[0], starts.at(-1)]).toEqual([0, rows]);
      const sizes = starts.slice(1).map((start, batch) => start - starts[batch]!);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(size);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});
