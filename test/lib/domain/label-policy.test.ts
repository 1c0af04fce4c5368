import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BLANK, POLICIES, type Policy, prevalenceOf, targetOf, targetsOf } from "../../../lib/domain/label-policy.ts";
import type { RawLabel } from "../../../lib/domain/labels.ts";
import { OBSERVATION_COUNT, OBSERVATIONS, observationIndex } from "../../../lib/domain/observations.ts";

const uOnes: Policy = { uncertain: "ones", blank: "zero", perObservation: {} };

describe("label policy", () => {
  test("the study's: uncertain is positive, blank is negative", () => {
    expect(([1, 0, -1, null] as RawLabel[]).map((label) => targetOf(uOnes, 0, label))).toEqual([1, 0, 1, 0]);
  });

  test("an exception holds for its observation alone, and for what it names alone", () => {
    const policy: Policy = { ...uOnes, perObservation: { Consolidation: { uncertain: "ignore" } } };
    const consolidation = observationIndex("Consolidation");
    expect(targetOf(policy, consolidation, -1)).toBeNaN();
    expect(targetOf(policy, consolidation, null)).toBe(0);
    expect(targetOf(policy, consolidation + 1, -1)).toBe(1);
  });

  test("no policy changes what is known; each other label becomes what its option says", () => {
    const choice = fc.record({
      uncertain: fc.constantFrom(...(Object.keys(POLICIES.uncertain) as (keyof typeof POLICIES.uncertain)[])),
      blank: fc.constantFrom(...(Object.keys(POLICIES.blank) as (keyof typeof POLICIES.blank)[])),
    });
    const labels = fc.array(fc.constantFrom<RawLabel>(1, 0, -1, null), { minLength: 14, maxLength: 14 });
    fc.assert(
      fc.property(choice, labels, fc.constantFrom(...OBSERVATIONS), choice, (all, row, name, exception) => {
        const policy: Policy = { ...all, perObservation: { [name]: exception } };
        const targets = targetsOf(
          policy,
          Int8Array.from(row, (label) => label ?? BLANK),
        );
        row.forEach((label, k) => {
          const { uncertain, blank } = OBSERVATIONS[k] === name ? exception : all;
          const expected =
            label === null ? POLICIES.blank[blank] : label === -1 ? POLICIES.uncertain[uncertain] : label;
          expect(targets[k]).toBe(expected);
        });
      }),
    );
  });

  test("prevalence leaves masked targets out and counts repeated rows again", () => {
    const targets = new Float32Array(3 * OBSERVATION_COUNT).fill(Number.NaN);
    targets.set([1, 0], 0);
    targets.set([0, 0], OBSERVATION_COUNT);
    targets.set([Number.NaN, 1], 2 * OBSERVATION_COUNT);
    expect(prevalenceOf(targets).slice(0, 3)).toEqual([1 / 2, 1 / 3, null]);
    expect(prevalenceOf(targets, [0, 2, 2]).slice(0, 3)).toEqual([1, 2 / 3, null]);
  });
});
