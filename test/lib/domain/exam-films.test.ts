import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { examFilms, examLabels, type KnownFilms } from "../../../lib/domain/exam-films.ts";
import { BLANK, POLICY_PRESETS, type Policy } from "../../../lib/domain/label-policy.ts";
import { OBSERVATION_COUNT } from "../../../lib/domain/observations.ts";
import { isReadersSource } from "../../../lib/domain/readers.ts";

const SOURCES = ["a", "b", "feedback", "hospital/feedback"];

/** A run's films: few hashes and patients, so that the two runs share some. */
const run = fc
  .array(
    fc.record({
      hash: fc.integer({ min: 0, max: 30 }).map(String),
      patient: fc.integer({ min: 0, max: 12 }).map(String),
      source: fc.constantFrom(...SOURCES),
      part: fc.constantFrom("fitted", "test"),
    }),
    { maxLength: 30 },
  )
  .map((films): KnownFilms => {
    const places = (part: string) => Uint32Array.from(films.flatMap((film, i) => (film.part === part ? [i] : [])));
    return {
      hashes: films.map(({ hash }) => hash),
      patients: films.map(({ patient, source }) => `${source}\n${patient}`),
      sources: films.map(({ source }) => source),
      labels: new Int8Array(films.length * OBSERVATION_COUNT),
      blanksAreSaid: true,
      fitted: places("fitted"),
      test: places("test"),
    };
  });

describe("films of an exam", () => {
  test("are test films of nobody whom either model was fitted on, each once, and no reader's; the rest is counted", () => {
    fc.assert(
      fc.property(run, run, fc.boolean(), (owner, other, sharesPixels) => {
        const { films, leftOut } = examFilms(owner, other, sharesPixels);
        const hashes = films.map(({ position }) => owner.hashes[position]!);
        expect(new Set(hashes).size).toBe(films.length);
        for (const { position, elsewhere } of films) {
          expect(owner.test).toContain(position);
          expect(isReadersSource(owner.sources[position]!)).toBe(false);
          for (const { fitted, hashes, patients } of [owner, other]) {
            for (const seen of fitted) {
              expect(hashes[seen]).not.toBe(owner.hashes[position]);
              expect(patients[seen]).not.toBe(owner.patients[position]);
            }
          }
          if (elsewhere !== undefined) expect(other.hashes[elsewhere]).toBe(owner.hashes[position]);
          else expect(sharesPixels).toBe(true);
        }
        const counted = Object.values(leftOut).reduce((sum, count) => sum + count, films.length);
        expect(counted).toBe(new Set(Array.from(owner.test, (position) => owner.hashes[position])).size);
      }),
    );
  });
});

describe("labels of an exam", () => {
  const ignoring: Policy = { uncertain: "zeros", blank: "ignore", perObservation: {} };
  const raw = new Int8Array(OBSERVATION_COUNT).fill(BLANK);
  raw.set([1, 0, -1], 0);

  test("ask nothing where a label is uncertain, whatever either policy makes of it", () => {
    for (const uncertain of ["u-ones", "u-zeros"] as const) {
      const labels = examLabels(raw, [POLICY_PRESETS[uncertain], POLICY_PRESETS["u-ignore"]]);
      expect([...labels.subarray(0, 4)]).toEqual([1, 0, Number.NaN, 0]);
    }
  });

  test("count a blank as negative only where both policies do", () => {
    const both = examLabels(raw, [POLICY_PRESETS["u-ones"], ignoring]);
    expect([...both.subarray(0, 4)]).toEqual([1, 0, Number.NaN, Number.NaN]);
  });
});
