import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OBSERVATION_COUNT, OBSERVATIONS } from "../../../lib/domain/observations.ts";
import type { Part } from "../../../lib/domain/parts.ts";
import { random } from "../../../lib/domain/random.ts";
import { rowsOfParts, type TrainRows } from "../../../lib/domain/split.ts";
import { alsoPositive, PUBLISHED_FACTORS, type UpsamplingRule, upsample } from "../../../lib/domain/upsampling.ts";

const trainRows = (rows: number): TrainRows => rowsOfParts(new Array<Part>(rows).fill("train")).train;

const count = (positions: Uint32Array, rows: number): number[] => {
  const counts = new Array<number>(rows).fill(0);
  for (const position of positions) counts[position]! += 1;
  return counts;
};

const targetMatrix = fc
  .array(fc.array(fc.constantFrom(0, 1, Number.NaN), { minLength: 14, maxLength: 14 }), { maxLength: 40 })
  .map((rows) => Float32Array.from(rows.flat()));

const rule: fc.Arbitrary<UpsamplingRule> = fc.oneof(
  fc.constant<UpsamplingRule>({ kind: "none" }),
  fc.constant<UpsamplingRule>({ kind: "published" }),
  fc.dictionary(fc.constantFrom(...OBSERVATIONS), fc.nat(12)).map((factors) => ({ kind: "table", factors }) as const),
  fc.record({
    kind: fc.constant("auto" as const),
    targetPrevalence: fc.double({ min: 0, max: 1, noNaN: true }),
    maxFactor: fc.integer({ min: 1, max: 20 }),
  }),
);

describe("up-sampling", () => {
  test("repeats each row as its rule and its factors say, training rows only", () => {
    fc.assert(
      fc.property(targetMatrix, rule, fc.nat(), (targets, upsampling, seed) => {
        const rows = targets.length / OBSERVATION_COUNT;
        const parts = Array.from({ length: rows }, (_, row) => (row % 3 === 0 ? "test" : "train") as Part);
        const { train } = rowsOfParts(parts);
        const plan = upsample(train, targets, upsampling, seed);
        const copies = count(plan.positions, rows);
        expect(copies).toHaveLength(rows);
        for (let row = 0; row < rows; row += 1) {
          const own = OBSERVATIONS.flatMap((_, k) => (targets[row * 14 + k] === 1 ? [plan.factors[k]!] : []));
          const expected =
            upsampling.kind === "published" ? own.reduce((sum, f) => sum + f, 0) : 1 + Math.max(0, ...own);
          expect(copies[row]).toBe(parts[row] === "test" ? 0 : expected);
        }
      }),
    );
  });

  test("published: the study's 497,398 rows from its counts of positives", () => {
    // study, section Data; rows with one positive each add up the same as films with several.
    const positives = [17000, 19578, 30158, 98759, 8149, 61535, 37396, 20664, 59658, 20408, 86541, 4318, 7935, 108184];
    const rows = positives.reduce((a, b) => a + b);
    const targets = new Float32Array(rows * OBSERVATION_COUNT);
    let row = 0;
    positives.forEach((n, k) => {
      for (let i = 0; i < n; i += 1, row += 1) targets[row * OBSERVATION_COUNT + k] = 1;
    });
    const plan = upsample(trainRows(rows), targets, { kind: "published" }, 1);
    expect(plan.positions).toHaveLength(497_398);
    expect(plan.factors).toBe(PUBLISHED_FACTORS);
  });

  test("auto over rows of every kind there can be comes to the largest factor where none reaches the target", () => {
    const next = random(4, "auto worst");
    const rows = 20_000;
    const targets = Float32Array.from({ length: rows * OBSERVATION_COUNT }, () => {
      const draw = next();
      return draw < 0.05 ? 1 : draw > 0.9 ? Number.NaN : 0;
    });
    const plan = upsample(trainRows(rows), targets, { kind: "auto", targetPrevalence: 0.5, maxFactor: 5 }, 1);
    expect(plan.factors).toEqual(new Array(OBSERVATION_COUNT).fill(5));
  });

  test("what an added row does to the others is the share of rows with both", () => {
    const targets = new Float32Array(4 * OBSERVATION_COUNT);
    targets.set([1, 1], 0);
    targets.set([1, 0], OBSERVATION_COUNT);
    targets.set([1, 1, Number.NaN], 2 * OBSERVATION_COUNT);
    expect(alsoPositive(targets)[0]!.slice(0, 3)).toEqual([1, 2 / 3, 0]);
    expect(alsoPositive(targets)[1]!.slice(0, 3)).toEqual([1, 1, 0]);
    expect(alsoPositive(targets, [1])[0]!.slice(0, 2)).toEqual([1, 0]);
    expect(alsoPositive(targets)[2]![0]).toBeNull();
    // Of the first row's second observation nothing is known: one of the other two has it, and not one of three.
    targets[1] = Number.NaN;
    expect(alsoPositive(targets)[0]!.slice(0, 2)).toEqual([1, 1 / 2]);
    targets[OBSERVATION_COUNT + 1] = Number.NaN;
    targets[2 * OBSERVATION_COUNT + 1] = Number.NaN;
    expect(alsoPositive(targets)[0]!.slice(0, 2)).toEqual([1, null]);
  });

  test("auto reaches the target where copies can, also with findings that come together", () => {
    const next = random(3, "auto");
    const rows = 5000;
    const targets = new Float32Array(rows * OBSERVATION_COUNT).fill(Number.NaN);
    for (let row = 0; row < rows; row += 1) {
      const effusion = next() < 0.4 ? 1 : 0;
      targets.set([effusion, effusion && next() < 0.1 ? 1 : 0, next() < 0.02 ? 1 : 0], row * OBSERVATION_COUNT);
    }
    const plan = upsample(trainRows(rows), targets, { kind: "auto", targetPrevalence: 0.15, maxFactor: 50 }, 1);
    for (const prevalence of plan.plannedPrevalence.slice(0, 3)) expect(prevalence).toBeGreaterThanOrEqual(0.15);
    expect(plan.factors[0]).toBe(0);
    expect(plan.positions.length).toBeLessThan(2.5 * rows);
    const limited = upsample(trainRows(rows), targets, { kind: "auto", targetPrevalence: 0.15, maxFactor: 2 }, 1);
    expect(Math.max(...limited.factors)).toBe(2);
  });

  test("the same seed gives the same order, another one another", () => {
    const targets = new Float32Array(200 * OBSERVATION_COUNT);
    const order = (seed: number) => upsample(trainRows(200), targets, { kind: "none" }, seed).positions;
    expect(order(1)).toEqual(order(1));
    expect(order(2)).not.toEqual(order(1));
    expect(order(2).toSorted()).toEqual(order(1).toSorted());
  });

  test("rows that were not split do not compile", () => {
    const targets = new Float32Array(OBSERVATION_COUNT);
    const { test: testRows } = rowsOfParts(["test"]);
    // @ts-expect-error: plain rows
    upsample(Uint32Array.of(0), targets, { kind: "none" }, 1);
    // @ts-expect-error: rows of another part
    upsample(testRows, targets, { kind: "none" }, 1);
  });
});
