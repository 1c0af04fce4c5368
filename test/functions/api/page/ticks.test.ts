import fc from "fast-check";
import { expect, it } from "vitest";
import { tickLabels, ticks } from "../../../../functions/api/runs-page/ticks.js";

it.each([
  [0.6945, 0.697, ["0.6945", "0.6950", "0.6955", "0.6960", "0.6965", "0.6970"]],
  [0.43, 0.625, ["0.40", "0.45", "0.50", "0.55", "0.60", "0.65"]],
  [900, 2100, ["500", "1,000", "1,500", "2,000", "2,500"]],
])("labels of ticks from %d to %d tell them apart", (low, high, expected) => {
  expect(tickLabels(ticks(low, high))).toEqual(expected);
});

it("ticks enclose what is drawn, and no two labels are alike", () => {
  const digits = fc.integer({ min: -1e6, max: 1e6 });
  const value = fc.tuple(digits, fc.integer({ min: -10, max: 3 })).map(([n, power]) => Number(`${n}e${power}`));
  fc.assert(
    fc.property(value, value, (a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      // Narrower than their place, values are one line.
      fc.pre(high === low || high - low > 1e-9 * Math.max(Math.abs(low), Math.abs(high)));
      const at = ticks(low, high);
      expect(at[0]!).toBeLessThanOrEqual(low + 1e-9 * Math.abs(low));
      expect(at.at(-1)!).toBeGreaterThanOrEqual(high - 1e-9 * Math.abs(high));
      expect(at.length).toBeLessThanOrEqual(8);
      expect(new Set(tickLabels(at)).size).toBe(at.length);
    }),
  );
});
