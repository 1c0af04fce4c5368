import { describe, expect, it } from "vitest";
import type { KnownFilms } from "../../../lib/domain/exam-films.ts";
import { EXTERNAL_LEFT_OUT, externalFilms } from "../../../lib/domain/external-films.ts";
import { OBSERVATION_COUNT } from "../../../lib/domain/observations.ts";

const [READERS, FITTED, FITTED_PATIENT, COPY, UNLABELLED] = EXTERNAL_LEFT_OUT;

const targetsOf = (labelled: readonly boolean[]): Float32Array =>
  Float32Array.from({ length: labelled.length * OBSERVATION_COUNT }, (_, i) =>
    i % OBSERVATION_COUNT === 3 && labelled[Math.floor(i / OBSERVATION_COUNT)] ? 0 : Number.NaN,
  );

/** A model that was fitted on film a of Ann and b of Bob, and tested on c of Cy. */
const KNOWN: KnownFilms = {
  hashes: ["a", "b", "c"],
  patients: ["Ann", "Bob", "Cy"],
  sources: ["x", "x", "x"],
  labels: new Int8Array(3 * OBSERVATION_COUNT),
  blanksAreSaid: true,
  fitted: Uint32Array.of(0, 1),
  test: Uint32Array.of(2),
};

const FILMS = {
  hashes: ["a", "d", "e", "e", "f", "c", "g"],
  sources: ["y", "y", "y", "y", "y", "x", "x"],
  patients: ["Zoe", "Bob", "Dee", "Dee", "Eve", "Cy", "Cy"],
  targets: targetsOf([true, true, true, true, false, true, true]),
};

describe("films that a model can be validated on", () => {
  it("are none that it was fitted on, under whatever name, none of those patients, each once, each labelled", () => {
    const { judged, leftOut, ownTestFilms } = externalFilms(FILMS, KNOWN);
    expect([...judged]).toEqual([2, 5, 6]);
    expect(leftOut).toEqual({ [FITTED]: 1, [FITTED_PATIENT]: 1, [COPY]: 1, [UNLABELLED]: 1 });
    expect(ownTestFilms).toBe(2);
  });

  it("are all labelled ones, each once, where nobody knows what it was fitted on", () => {
    const { judged, leftOut, ownTestFilms } = externalFilms(FILMS, null);
    expect([...judged]).toEqual([0, 1, 2, 5, 6]);
    expect(leftOut).toEqual({ [COPY]: 1, [UNLABELLED]: 1 });
    expect(ownTestFilms).toBeNull();
  });

  it("are none that readers sent, wherever their folder lies, unless there are no others", () => {
    const sources = ["y", "feedback", "feedback", "feedback", "y", "site/feedback", "feedback/feedback"];
    const { judged, leftOut } = externalFilms({ ...FILMS, sources }, null);
    expect([...judged]).toEqual([0]);
    expect(leftOut).toEqual({ [READERS]: 5, [UNLABELLED]: 1 });
    const alone = externalFilms({ ...FILMS, sources: FILMS.sources.map(() => "feedback") }, KNOWN);
    expect([...alone.judged]).toEqual([2, 5, 6]);
  });
});
