import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MOST_PIXELS, SLOW_PIXELS_A_BYTE, sizeFault } from "../../../lib/domain/film-limits.ts";

describe("sizes of films", () => {
  test.each<[string, number, number, number]>([
    ["a detector's, lossless", 4300, 3500, 10_000_000],
    ["a detector's, in JPEG of the poorest quality", 4300, 3500, 180_000],
    ["a film scanned at 300 dots an inch", 4134, 5079, 6_000_000],
    ["a teaching file's", 1024, 1024, 30_000],
    ["a small one's of which nearly all is black", 2000, 2000, 400],
  ])("%s is read", (_, width, height, bytes) => {
    expect(sizeFault(width, height, bytes)).toBeUndefined();
  });

  test.each<[string, number, number, number, RegExp]>([
    ["one of 49 megapixels", 7000, 7000, 50_000_000, /7000 x 7000 pixels, expected .* at most 25 million/],
    ["one of a line", 3_000_000, 8, 50_000_000, /at least 16 on each side/],
    ["one of 25 megapixels in a kilobyte", 5000, 5000, 1000, /in 1000 bytes, expected at least 210000 bytes/],
    ["one without a size", 0, 0, 1000, /0 x 0/],
    ["one whose size is no number", Number.NaN, 1000, 1000, /expected at least 16/],
  ])("%s is refused", (_, width, height, bytes, message) => {
    expect(sizeFault(width, height, bytes)).toMatch(message);
  });

  test.each<[string, number, number, number, string | undefined]>([
    ["of 20 megapixels in JPEG 2000 at 1 to 50 of 8 bits", 4000, 5000, 400_000, undefined],
    ["of 25 megapixels at 1 to 50 of 12 bits", 5000, 5000, 750_000, undefined],
    ["of 25 megapixels in what a JPEG may have", 5000, 5000, 210_000, "expected at least 328125 bytes"],
  ])("coded by what is slow to undo, one %s", (_, width, height, bytes, message) => {
    const fault = sizeFault(width, height, bytes, SLOW_PIXELS_A_BYTE);
    if (message === undefined) expect(fault).toBeUndefined();
    else expect(fault).toContain(message);
  });

  test("a longer file is never refused for a size that a shorter one may have", () => {
    const sides = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(sides, sides, fc.nat(1_000_000), fc.nat(1_000_000), (width, height, bytes, more) => {
        const fault = sizeFault(width, height, bytes + more);
        if (fault !== undefined) expect(sizeFault(width, height, bytes)).toBeDefined();
        if (width * height > MOST_PIXELS) expect(fault).toBeDefined();
      }),
    );
  });
});
