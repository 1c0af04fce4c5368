import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../../../lib/domain/random.ts";
import { type AugmentConfig, augments, drawAugmentation } from "../../../lib/training/augment.ts";

const SIZE = 9;
const MIDDLE = (SIZE - 1) / 2;
const NOTHING: AugmentConfig = { rotation: 0, scale: 0, shift: 0, contrast: 0 };
const draw = (config: Partial<AugmentConfig>, seed: number, count = 1) =>
  drawAugmentation(count, SIZE, { ...NOTHING, ...config }, (n) => random(seed, n));

/** Where the film's pixel that is shown at (x, y) comes from. */
const source = ([a, b, c, d, e, f]: Float32Array, x: number, y: number) => [a! * x + b! * y + c!, d! * x + e! * y + f!];

describe("augmentation", () => {
  test("is on where anything may change", () => {
    expect(augments(NOTHING)).toBe(false);
    for (const name of Object.keys(NOTHING)) expect(augments({ ...NOTHING, [name]: 0.1 })).toBe(true);
  });

  test("without bounds it is the identity, bit by bit", () => {
    const { transforms, contrasts } = draw({}, 3, 2);
    expect(transforms.join()).toBe("1,0,0,0,1,0,0,0,1,0,0,0,1,0,0,0");
    expect(contrasts.map(Math.abs)).toEqual(new Float32Array(2));
  });

  test("a shift is one of the moves in reach, by whole pixels, and all of them come", () => {
    const reach = [-2, -1, 0, 1, 2];
    const wanted = reach.flatMap((right) => reach.map((down) => `1,0,${0 - right},0,1,${0 - down},0,0`));
    const seen = new Set<string>();
    for (let seed = 0; seed < 500; seed += 1) seen.add(draw({ shift: 0.22 }, seed).transforms.join());
    expect(seen).toEqual(new Set(wanted));
  });

  test("a turn and a scaling stay within their bounds, keep the film's middle and never mirror", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { transforms } = draw({ rotation: 10, scale: 0.2 }, seed);
        const [[x0, y0], [x1, y1]] = [source(transforms, MIDDLE, MIDDLE), source(transforms, MIDDLE + 1, MIDDLE)];
        expect(x0).toBeCloseTo(MIDDLE, 5);
        expect(y0).toBeCloseTo(MIDDLE, 5);
        const [along, down] = [x1! - x0!, y1! - y0!];
        expect(Math.abs((Math.atan2(down, along) * 180) / Math.PI)).toBeLessThanOrEqual(10.0001);
        const scale = 1 / Math.hypot(along, down);
        expect(scale).toBeGreaterThan(0.7999);
        expect(scale).toBeLessThan(1.2001);
        const [a, b, , d, e] = transforms;
        expect(a! * e! - b! * d!).toBeGreaterThan(0);
      }),
    );
  });

  test("bounds are reached to both sides", () => {
    const all = draw({ rotation: 10, contrast: 0.3 }, 1, 400);
    const angles = Array.from({ length: 400 }, (_, n) =>
      Math.atan2(all.transforms[n * 8 + 1]!, all.transforms[n * 8]!),
    );
    const most = (10 * Math.PI) / 180;
    for (const [values, bound] of [
      [angles, most],
      [[...all.contrasts], 0.3],
    ] as const) {
      expect(Math.max(...values)).toBeGreaterThan(0.95 * bound);
      expect(Math.min(...values)).toBeLessThan(-0.95 * bound);
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound * 1.0001);
    }
  });

  test("films have random streams of their own; the same stream gives the same change", () => {
    const config = { rotation: 5, scale: 0.1, shift: 0.2, contrast: 0.3 };
    const [one, again] = [draw(config, 4, 2), draw(config, 4, 2)];
    expect(again).toEqual(one);
    expect(one.transforms.slice(0, 8)).not.toEqual(one.transforms.slice(8));
    expect(one.contrasts[0]).not.toBe(one.contrasts[1]);
  });
});
