import fc from "fast-check";
import { expect, test } from "vitest";
import { backOff, backOffMs } from "../../../lib/parallel/back-off.ts";

const how = { first: 10, longest: 640 };

test("a wait doubles with each failure, up to the longest", () => {
  const middle = [1, 2, 3, 4, 5, 6, 7, 8, 2000].map((failures) => backOffMs(how, failures, () => 0.5));
  expect(middle).toEqual([10, 20, 40, 80, 160, 320, 640, 640, 640]);
});

test("it is drawn between half and one and a half times that", () => {
  const drawn = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), drawn, (failures, draw) => {
      const share = backOffMs(how, failures, () => draw) / backOffMs(how, failures, () => 0.5);
      expect(share).toBeGreaterThanOrEqual(0.5);
      expect(share).toBeLessThanOrEqual(1.5);
    }),
  );
});

test("it ends by its signal", async () => {
  await backOff({ first: 1, longest: 1 }, 1);
  await expect(backOff({ first: 60_000, longest: 60_000 }, 1, AbortSignal.abort())).rejects.toThrow("aborted");
});
