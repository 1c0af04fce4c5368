import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { brightestOfContent, countValues, type ValueCount } from "../../../lib/domain/content-depth.ts";
import { contentDepth, DEPTHS } from "../../../lib/domain/film-limits.ts";
import { type Random, random } from "../../../lib/domain/random.ts";

const PIXELS = 100_000;

const depthOf = (levels: readonly ValueCount[]): number => contentDepth(brightestOfContent(levels));

/**
 * Values of a film as films are: a dark part, and a broad rest whose brightest hundredth begins between 45 and 100 % of the
 * depth's white; the 872 films begin at 58 %.
 */
function film(bits: number, next: Random): Uint16Array {
  const white = 2 ** bits - 1;
  const bright = (0.45 + 0.55 * next()) * white;
  const dark = 0.5 * next();
  return Uint16Array.from({ length: PIXELS }, () =>
    next() < dark ? 0.05 * white * next() : Math.min(white, bright * (0.2 + 0.82 * next() ** 0.7)),
  );
}

const seeds = fc.integer({ min: 0, max: 1e6 });
const depths = fc.constantFrom(...DEPTHS);

describe("the depth of a film's content", () => {
  test("is that of a film without anything else", () => {
    fc.assert(
      fc.property(seeds, depths, (seed, bits) => {
        expect(depthOf(countValues(film(bits, random(seed, "film"))))).toBe(bits);
      }),
      { numRuns: 60 },
    );
  });

  test("stays with markers, plates, padding and stray pixels of any value above it", () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(8, 10, 12, 14), fc.integer({ min: 0, max: 40 }), (seed, bits, percent) => {
        const next = random(seed, "spoilt film");
        const values = film(bits, next);
        const above = () => Math.floor(2 ** bits + next() * (65536 - 2 ** bits));
        const marker = above();
        values.fill(marker, 0, (percent / 100) * PIXELS);
        for (let stray = 0; stray < 0.004 * PIXELS; stray += 1) values[PIXELS - 1 - stray] = above();
        expect(depthOf(countValues(values))).toBe(bits);
      }),
      { numRuns: 60 },
    );
  });

  test("is the whole depth where a hundredth of the film is brighter, in more than one value", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const next = random(seed, "few bright pixels");
        const values = film(12, next);
        for (let i = 0; i < 0.01 * PIXELS; i += 1) values[i] = 16384 + next() * 49151;
        expect(depthOf(countValues(values))).toBe(16);
      }),
      { numRuns: 30 },
    );
  });

  test("never cuts off more than stray pixels and one value", () => {
    const levels = fc.uniqueArray(fc.record({ value: fc.nat(65535), pixels: fc.integer({ min: 1, max: 1000 }) }), {
      selector: ({ value }) => value,
      minLength: 1,
      maxLength: 50,
    });
    fc.assert(
      fc.property(levels, (any) => {
        const inOrder = any.sort((a, b) => a.value - b.value);
        const white = 2 ** depthOf(inOrder) - 1;
        const cut = inOrder.filter(({ value }) => value > white).map(({ pixels }) => pixels);
        const all = inOrder.reduce((sum, { pixels }) => sum + pixels, 0);
        const plateau = Math.max(0, ...cut);
        expect(cut.reduce((a, b) => a + b, 0) - plateau).toBeLessThanOrEqual(0.005 * all);
        expect(plateau).toBeLessThanOrEqual(0.5 * all);
      }),
    );
  });

  test.each([
    ["nothing", [], 8],
    ["black", [{ value: 0, pixels: 9 }], 8],
    ["white", [{ value: 65535, pixels: 9 }], 16],
    ["one bright pixel of 4,096", [4095, 4096].map((value) => ({ value, pixels: value === 4095 ? 60_000 : 1 })), 12],
  ])("%s", (_, levels, bits) => expect(depthOf(levels)).toBe(bits));
});
