import fc from "fast-check";
import { expect, it } from "vitest";
import { duration as ofThePage } from "../../../functions/api/runs-page/text.js";
import { duration } from "../../../lib/domain/duration.ts";

it.each([
  [40, "0.0 s"],
  [9940, "9.9 s"],
  [9960, "10 s"],
  [48_400, "48 s"],
  [59_600, "1 min 00 s"],
  [125_000, "2 min 05 s"],
  [200_000, "3 min 20 s"],
  [3_900_000, "1 h 05 min"],
  [7_620_000, "2 h 07 min"],
])("%d ms is %s", (milliseconds, text) => expect(duration(milliseconds)).toBe(text));

it("is told alike by the page, which is served as it is and imports nothing of lib", () => {
  fc.assert(
    fc.property(fc.nat({ max: 2e8 }), (ms) => {
      expect(ofThePage(ms / 1000)).toBe(duration(ms));
    }),
  );
});
