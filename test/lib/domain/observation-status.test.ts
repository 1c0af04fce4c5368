import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  hasBothClasses,
  LEAST_FOR_CLAIM,
  OBSERVATION_STATUSES,
  observationStatus,
  observationsWith,
} from "../../../lib/domain/observation-status.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";

const counts = fc.record({ positives: fc.nat(100), negatives: fc.nat(100) });

describe("the status of an observation", () => {
  test("is learned from films of both classes alone, whatever it was tested on", () => {
    fc.assert(
      fc.property(counts, fc.option(counts), (trained, tested) => {
        const isLearned = trained.positives > 0 && trained.negatives > 0;
        expect(hasBothClasses(trained)).toBe(isLearned);
        expect(observationStatus(hasBothClasses(trained), tested) === "not-learned").toBe(!isLearned);
      }),
    );
  });

  test("is claimed with enough test films of both classes, and with more for ever", () => {
    fc.assert(
      fc.property(counts, counts, (tested, more) => {
        const isEnough = tested.positives >= LEAST_FOR_CLAIM && tested.negatives >= LEAST_FOR_CLAIM;
        expect(observationStatus(true, tested)).toBe(isEnough ? "learned" : "not-claimed");
        const all = { positives: tested.positives + more.positives, negatives: tested.negatives + more.negatives };
        if (isEnough) expect(observationStatus(true, all)).toBe("learned");
      }),
    );
    expect(observationStatus(true, null)).toBe("not-claimed");
  });
});

test("observations are divided by their status, in their order", () => {
  const statuses = OBSERVATIONS.map((_, i) => OBSERVATION_STATUSES[i % 3]!);
  expect(observationsWith(statuses, "not-claimed")).toEqual(OBSERVATIONS.filter((_, i) => i % 3 === 1));
  expect(OBSERVATION_STATUSES.flatMap((status) => observationsWith(statuses, status)).sort()).toEqual(
    [...OBSERVATIONS].sort(),
  );
});
