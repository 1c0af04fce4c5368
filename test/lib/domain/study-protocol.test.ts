import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { leakageOf } from "../../../lib/domain/leakage.ts";
import { OBSERVATION_COUNT } from "../../../lib/domain/observations.ts";
import { PARTS } from "../../../lib/domain/parts.ts";
import { patientKey, rowsOfParts, splitByPatient } from "../../../lib/domain/split.ts";
import { studySequence, studySlices } from "../../../lib/domain/study-protocol.ts";
import { PUBLISHED_FACTORS, upsample } from "../../../lib/domain/upsampling.ts";

const tables = fc
  .array(fc.array(fc.boolean(), { minLength: OBSERVATION_COUNT, maxLength: OBSERVATION_COUNT }), { maxLength: 60 })
  .map((rows) => ({ rows: rows.length, targets: Float32Array.from(rows.flat(), Number) }));

describe("the study's protocol", () => {
  test.each([
    [191_229, [152_984, 19_124, 0, 19_123]],
    [497_398, [397_919, 49_741, 0, 49_740]],
  ])("%i rows are cut as its notebooks printed it", (rows, sizes) => {
    const sequence = studySequence(rows, new Float32Array(rows * OBSERVATION_COUNT), "none", 1);
    const slices = studySlices(sequence);
    expect(PARTS.map((part) => slices[part].length)).toEqual(sizes);
    expect(slices.train.at(-1)).toBe(slices.tuning[0]);
    expect(slices.tuning.at(-1)).toBe(slices.test[0]);
  });

  test("every row is in the slices, once more at each border; each copy where it is asked for", () => {
    fc.assert(
      fc.property(tables, fc.integer(), ({ rows, targets }, seed) => {
        const order = studySequence(rows, targets, "none", seed);
        expect([...order].sort((a, b) => a - b)).toEqual([...Array(rows).keys()]);
        const sequence = studySequence(rows, targets, "published", seed);
        const copies = new Array<number>(rows).fill(0);
        for (const row of sequence) copies[row]! += 1;
        copies.forEach((count, row) => {
          const own = targets.subarray(row * OBSERVATION_COUNT, (row + 1) * OBSERVATION_COUNT);
          expect(count).toBe(own.reduce((sum, target, k) => sum + (target > 0.5 ? PUBLISHED_FACTORS[k]! : 0), 0));
        });
        const { train, tuning, test: held } = studySlices(sequence);
        if (sequence.length < 10) return;
        const joined = [...train, ...tuning.slice(1), ...held.slice(1)];
        expect(joined).toEqual([...sequence]);
      }),
    );
  });

  test("its sequences are nobody's training rows, and its slices no leak-free split", () => {
    const sequence = studySequence(2, new Float32Array(2 * OBSERVATION_COUNT), "none", 1);
    const slices = studySlices(sequence);
    const targets = new Float32Array(2 * OBSERVATION_COUNT);
    // @ts-expect-error: rows that no split has seen
    upsample(sequence, targets, { kind: "none" }, 1);
    // @ts-expect-error: rows of a split that leaks
    upsample(slices.train, targets, { kind: "none" }, 1);
    // @ts-expect-error: a leak-free split cannot be cut as the study did
    studySlices(rowsOfParts(["train", "test"]).train);
  });
});

describe("leakage", () => {
  const split = { train: 0.5, tuning: 0.1, calibration: 0.1, test: 0.3 };

  test("counts each test film and patient that training has, once", () => {
    const patients = ["a", "a", "b", "c", "d"];
    const found = leakageOf(
      [0, 2, 2, 3],
      [1, 2, 2, 4],
      (row) => row,
      (row) => patients[row]!,
    );
    expect(found).toEqual({ testFilms: 3, testFilmsInTraining: 1, testPatients: 3, testPatientsInTraining: 2 });
  });

  test("a split by patient has none, whatever the table and the salt", () => {
    const rows = fc.array(fc.tuple(fc.constantFrom("a", "b"), fc.nat(40)), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(rows, fc.string(), (films, salt) => {
        const patients = films.map(([source, number]) => patientKey(source, `patient${number}`));
        const parts = rowsOfParts(splitByPatient(patients, salt, split));
        const found = leakageOf(
          parts.train,
          parts.test,
          (row) => row,
          (row) => patients[row]!,
        );
        expect(found).toMatchObject({ testFilmsInTraining: 0, testPatientsInTraining: 0 });
      }),
    );
  });
});
