import fc from "fast-check";
import { expect, test } from "vitest";
import { compositionOf } from "../../../lib/domain/composition.ts";
import { PARTS } from "../../../lib/domain/parts.ts";

const film = fc.record({
  subject: fc.record({
    sex: fc.constantFrom("Female", "Male", "Unknown", ""),
    age: fc.option(fc.integer({ min: 0, max: 120 })),
    projection: fc.constantFrom("AP", "PA", ""),
    source: fc.constantFrom("a", "b"),
  }),
  patient: fc.constantFrom("1", "2", "3"),
});

test("every film of a part is counted once on every axis, and ages have their mean and sample deviation", () => {
  fc.assert(
    fc.property(fc.array(film), fc.array(fc.nat(3)), (films, parts) => {
      const positions = Object.fromEntries(
        PARTS.map((part, k) => [part, films.flatMap((_, i) => ((parts[i] ?? 0) === k ? [i] : []))]),
      ) as Record<(typeof PARTS)[number], number[]>;
      const found = compositionOf(positions, (position) => films[position]!);
      for (const part of PARTS) {
        const of = positions[part].map((position) => films[position]!);
        const { films: count, patients, age, ...axes } = found[part];
        expect(count).toBe(of.length);
        expect(patients).toBe(new Set(of.map(({ patient }) => patient)).size);
        for (const axis of [axes.sex, axes.projection, axes.source]) {
          expect(Object.values(axis).reduce((sum, n) => sum + n, 0)).toBe(count);
        }
        const ages = of.flatMap(({ subject }) => (subject.age === null ? [] : [subject.age]));
        expect(age.known).toBe(ages.length);
        if (ages.length === 0) expect(age.mean).toBeNull();
        if (ages.length < 2) {
          expect(age.deviation).toBeNull();
          continue;
        }
        // The pairs' way to the same variance, which needs no mean.
        const pairs = ages.flatMap((a, i) => ages.slice(i + 1).map((b) => (a - b) ** 2));
        const variance = pairs.reduce((sum, square) => sum + square, 0) / (ages.length * (ages.length - 1));
        expect(age.deviation).toBeCloseTo(Math.sqrt(variance), 8);
      }
    }),
  );
});

test("what nobody told is not known", () => {
  const nobody = { subject: { sex: "Unknown", age: null, projection: "", source: "" }, patient: "1" };
  const { train } = compositionOf({ train: [0], tuning: [], calibration: [], test: [] }, () => nobody);
  const unknown = { "not known": 1 };
  expect(train).toMatchObject({ sex: unknown, projection: unknown, source: unknown, age: { known: 0, mean: null } });
});
