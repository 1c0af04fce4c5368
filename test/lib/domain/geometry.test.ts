import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Fit, placement, rectangleToSquare, toFilm, toSquare } from "../../../lib/domain/geometry.ts";

const film = fc.record({ width: fc.integer({ min: 16, max: 5000 }), height: fc.integer({ min: 16, max: 5000 }) });
const fit: fc.Arbitrary<Fit> = fc.record({
  size: fc.integer({ min: 32, max: 1024 }),
  fit: fc.constantFrom("pad" as const, "squeeze" as const),
});

describe("placement in the square", () => {
  test("of a film that is wider than high: bars above and below", () => {
    expect(placement({ width: 400, height: 300 }, { size: 224, fit: "pad" })).toEqual({
      x: 0,
      y: 28,
      width: 224,
      height: 168,
    });
    expect(placement({ width: 400, height: 300 }, { size: 224, fit: "squeeze" })).toEqual({
      x: 0,
      y: 0,
      width: 224,
      height: 224,
    });
  });

  test("lies inside, touches two sides, and keeps the aspect to half a pixel when padded", () => {
    fc.assert(
      fc.property(film, fit, (size, to) => {
        const { x, y, width, height } = placement(size, to);
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(x + width).toBeLessThanOrEqual(to.size);
        expect(y + height).toBeLessThanOrEqual(to.size);
        expect(Math.max(width, height)).toBe(to.size);
        if (to.fit === "pad") {
          const scale = to.size / Math.max(size.width, size.height);
          expect(Math.abs(width - Math.max(1, size.width * scale))).toBeLessThanOrEqual(0.5);
          expect(Math.abs(height - Math.max(1, size.height * scale))).toBeLessThanOrEqual(0.5);
        }
      }),
    );
  });

  test("there and back is the same point; corners land on corners", () => {
    fc.assert(
      fc.property(
        film,
        fit,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (size, to, u, v) => {
          const point = { x: u * size.width, y: v * size.height };
          const back = toFilm(toSquare(point, size, to), size, to);
          expect(back.x).toBeCloseTo(point.x, 6);
          expect(back.y).toBeCloseTo(point.y, 6);
          const whole = rectangleToSquare({ x: 0, y: 0, ...size }, size, to);
          const placed = placement(size, to);
          for (const key of ["x", "y", "width", "height"] as const) expect(whole[key]).toBeCloseTo(placed[key], 6);
        },
      ),
    );
  });
});
