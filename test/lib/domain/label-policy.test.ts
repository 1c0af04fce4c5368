import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RunConfig } from "../../../lib/contracts/run-config.ts";
import {
  BLANK,
  NOT_LABELLED,
  POLICIES,
  type Policy,
  prevalenceOf,
  targetOf,
  targetsOf,
  USUAL_SMOOTHING,
} from "../../../lib/domain/label-policy.ts";
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

  test("no policy changes what is known or counts what nobody looked for; each other label becomes what its option says", () => {
    const choice = fc.record({
      uncertain: fc.constantFrom(...(Object.keys(POLICIES.uncertain) as (keyof typeof POLICIES.uncertain)[])),
      blank: fc.constantFrom(...(Object.keys(POLICIES.blank) as (keyof typeof POLICIES.blank)[])),
    });
    const labels = fc.array(fc.constantFrom<RawLabel>(1, 0, -1, null, "NA"), { minLength: 14, maxLength: 14 });
    fc.assert(
      fc.property(choice, labels, fc.constantFrom(...OBSERVATIONS), choice, (all, row, name, exception) => {
        const policy: Policy = { ...all, perObservation: { [name]: exception } };
        const targets = targetsOf(
          policy,
          Int8Array.from(row, (label) => (label === "NA" ? NOT_LABELLED : (label ?? BLANK))),
        );
        row.forEach((label, k) => {
          const { uncertain, blank } = OBSERVATIONS[k] === name ? exception : all;
          const expected = {
            ...{ "1": 1, "0": 0, NA: Number.NaN },
            ...{ null: POLICIES.blank[blank], "-1": POLICIES.uncertain[uncertain] },
          }[`${label}`];
          expect(targetOf(policy, k, label)).toBe(targets[k]);
          if (expected !== null) expect(targets[k]).toBe(expected);
          else expect(targets[k]! >= USUAL_SMOOTHING.from && targets[k]! < USUAL_SMOOTHING.to).toBe(true);
        });
      }),
    );
  });

  test("smooth draws for each row and observation from the interval, by seed and row alone", () => {
    const draws = (rows: readonly number[], smoothing = { from: 0.1, to: 0.3, seed: 7 }) =>
      targetsOf(
        { ...uOnes, uncertain: "smooth", smoothing },
        new Int8Array(rows.length * OBSERVATION_COUNT).fill(-1),
        rows,
      );
    const many = draws(Array.from({ length: 2000 }, (_, row) => row));
    expect(Math.min(...many)).toBeGreaterThanOrEqual(0.1);
    expect(Math.max(...many)).toBeLessThan(0.3);
    expect(many.reduce((sum, value) => sum + value, 0) / many.length).toBeCloseTo(0.2, 2);
    expect(new Set(many).size).toBeGreaterThan(0.99 * many.length);
    // The third row of many is the first of one, wherever it stands.
    expect(draws([3])).toEqual(many.slice(3 * OBSERVATION_COUNT, 4 * OBSERVATION_COUNT));
    expect(draws([3], { from: 0.1, to: 0.3, seed: 8 })).not.toEqual(draws([3]));
  });

  test("u-best-binary takes the best binary policy of table 3 for five observations, and leaves the rest out", () => {
    const policy = RunConfig.shape.policy.parse("u-best-binary");
    /** AUROC of Irvin et al. 2019, table 3: U-Ignore, U-Zeros, U-Ones. */
    const table3: Readonly<Record<string, readonly [number, number, number]>> = {
      Atelectasis: [0.818, 0.811, 0.858],
      Cardiomegaly: [0.828, 0.84, 0.832],
      Consolidation: [0.938, 0.932, 0.899],
      Edema: [0.934, 0.929, 0.941],
      "Pleural Effusion": [0.928, 0.931, 0.934],
    };
    const expected = OBSERVATIONS.map((name) => {
      const aurocs = table3[name];
      return aurocs ? [Number.NaN, 0, 1][aurocs.indexOf(Math.max(...aurocs))] : Number.NaN;
    });
    expect(OBSERVATIONS.map((_, k) => targetOf(policy, k, -1))).toEqual(expected);
    expect(policy.name).toBe("u-best-binary");
  });

  test.each([
    ["chexpert-best", "chexpert-best is called u-best-binary now"],
    ["u-twos", "the name of one: u-ones, u-zeros"],
    [{ uncertain: "smooth", smoothing: { from: 0.4, to: 0.6 } }, "on one side of 0.5"],
    [{ uncertain: "smooth", smoothing: { from: 0.9, to: 0.6 } }, "from <= to"],
  ])("%j is refused", (policy, message) => {
    expect(() => RunConfig.shape.policy.parse(policy)).toThrow(message);
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
