import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OBSERVATION_COUNT } from "../../../lib/domain/observations.ts";
import { PARTS } from "../../../lib/domain/parts.ts";
import { random } from "../../../lib/domain/random.ts";
import { chooseSalt, patientKey, rowsOfParts, type Shares, splitByPatient } from "../../../lib/domain/split.ts";

const usual: Shares = { train: 0.7, tuning: 0.1, calibration: 0.1, test: 0.1 };

const shares: fc.Arbitrary<Shares> = fc
  .array(fc.integer({ min: 0, max: 10 }), { minLength: 4, maxLength: 4 })
  .filter((weights) => weights.some((w) => w > 0))
  .map((weights) => {
    const sum = weights.reduce((a, b) => a + b);
    return Object.fromEntries(PARTS.map((name, i) => [name, weights[i]! / sum])) as Shares;
  });
const patients = fc.array(
  fc.nat(60).map((n) => patientKey("source", `patient${n}`)),
  { maxLength: 300 },
);

const noTargets = (rows: number) => new Float32Array(rows * OBSERVATION_COUNT).fill(Number.NaN);

describe("split by patient", () => {
  test("no patient stands on two sides, every row stands on one, and a part without a share stays empty", () => {
    fc.assert(
      fc.property(patients, fc.string(), shares, (ids, salt, split) => {
        const parts = splitByPatient(ids, salt, split);
        const partsOf = new Map<string, Set<string>>();
        ids.forEach((id, row) => {
          partsOf.set(id, (partsOf.get(id) ?? new Set()).add(parts[row]!));
        });
        for (const found of partsOf.values()) expect(found.size).toBe(1);
        const rows = rowsOfParts(parts);
        expect(PARTS.flatMap((name) => [...rows[name]]).sort((a, b) => a - b)).toEqual([...ids.keys()]);
        for (const name of PARTS) if (split[name] === 0) expect(rows[name]).toHaveLength(0);
      }),
    );
  });

  test("more rows move no patient", () => {
    fc.assert(
      fc.property(patients, patients, fc.string(), shares, (before, more, salt, split) => {
        const alone = splitByPatient(before, salt, split);
        expect(splitByPatient([...more, ...before], salt, split).slice(more.length)).toEqual(alone);
      }),
    );
  });

  test("parts are as large as their shares, within what chance allows", () => {
    const ids = Array.from({ length: 20_000 }, (_, n) => patientKey("a", `patient${n}`));
    const rows = rowsOfParts(splitByPatient(ids, "salt", usual));
    for (const name of PARTS) {
      const deviation = Math.sqrt(ids.length * usual[name] * (1 - usual[name]));
      expect(Math.abs(rows[name].length - ids.length * usual[name])).toBeLessThan(4 * deviation);
    }
  });

  test("the same number in another source is another patient, and another salt is another split", () => {
    const ids = (source: string) => Array.from({ length: 1000 }, (_, n) => patientKey(source, `patient${n}`));
    const base = splitByPatient(ids("a"), "1", usual);
    for (const other of [splitByPatient(ids("b"), "1", usual), splitByPatient(ids("a"), "2", usual)]) {
      const same = other.filter((part, i) => part === base[i]).length;
      // Independent splits agree with the sum of the squared shares.
      expect(same / 1000).toBeCloseTo(0.49 + 3 * 0.01, 1);
    }
  });
});

describe("salt", () => {
  test("of few patients gives every part rows, positives and negatives of what enough patients have", () => {
    const next = random(1, "salt test");
    const ids = Array.from({ length: 80 }, (_, n) => patientKey("a", `patient${n}`));
    const targets = noTargets(80);
    ids.forEach((_, row) => {
      targets[row * OBSERVATION_COUNT] = next() < 0.15 ? 1 : 0;
    });
    const salt = chooseSalt(ids, targets, usual, 7);
    const rows = rowsOfParts(splitByPatient(ids, salt, usual));
    for (const name of PARTS) {
      const values = [...rows[name]].map((row) => targets[row * OBSERVATION_COUNT]);
      expect(values).toContain(1);
      expect(values).toContain(0);
    }
  });

  test("fills each part where there are no more patients than parts", () => {
    const ids = ["a", "b", "c", "d"].map((id) => patientKey("s", id));
    const equal: Shares = { train: 0.25, tuning: 0.25, calibration: 0.25, test: 0.25 };
    expect(new Set(splitByPatient(ids, chooseSalt(ids, noTargets(4), equal, 1), equal)).size).toBe(4);
  });

  test("is the same for the same rows and seed, in any order of the rows", () => {
    const ids = Array.from({ length: 50 }, (_, n) => patientKey("a", `patient${n % 30}`));
    const salt = chooseSalt(ids, noTargets(50), usual, 3);
    expect(chooseSalt(ids.toReversed(), noTargets(50), usual, 3)).toBe(salt);
    expect(chooseSalt(ids, noTargets(50), usual, 4)).not.toBe(salt);
  });
});
