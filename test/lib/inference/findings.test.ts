import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Finding } from "../../../lib/contracts/api.ts";
import { OBSERVATION_STATUSES } from "../../../lib/domain/observation-status.ts";
import { OBSERVATION_COUNT, OBSERVATIONS, type Observation } from "../../../lib/domain/observations.ts";
import {
  contradictions,
  findings,
  likeliest,
  requireLearned,
  worthExplaining,
} from "../../../lib/inference/findings.ts";

const each = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: OBSERVATION_COUNT, maxLength: OBSERVATION_COUNT });
const share = fc.float({ min: 0, max: 1, noNaN: true });
const told = fc.record({
  probabilities: each(share),
  thresholds: each(share),
  statuses: each(fc.constantFrom(...OBSERVATION_STATUSES)),
  outOfDistribution: fc.constantFrom(true, false, null),
});

const findingsOf = ({
  probabilities,
  thresholds,
  statuses,
  outOfDistribution,
}: typeof told extends fc.Arbitrary<infer T> ? T : never) => {
  const prediction = { logits: new Float32Array(14), probabilities: Float32Array.from(probabilities), maps: null };
  return findings({ prediction, outOfDistribution }, { thresholds, statuses });
};

describe("findings", () => {
  test("have a decision or a reason for none, and fit the contract", () => {
    fc.assert(
      fc.property(told, (given) => {
        const found = findingsOf(given);
        expect(found.map(({ observation }) => observation)).toEqual([...OBSERVATIONS]);
        for (const finding of found) {
          Finding.parse(finding);
          expect(finding.decision === null).toBe(finding.withheld !== null);
        }
      }),
    );
  });

  test("of what was not learned say nothing, of a strange film give no decision, and else what the threshold says", () => {
    fc.assert(
      fc.property(told, (given) => {
        findingsOf(given).forEach(({ status, probability, threshold, decision, withheld }, i) => {
          expect(status).toBe(given.statuses[i]);
          if (status === "not-learned") {
            expect({ probability, threshold, withheld }).toEqual({
              probability: null,
              threshold: null,
              withheld: "not-learned",
            });
            return;
          }
          expect({ probability, threshold }).toEqual({
            probability: given.probabilities[i],
            threshold: given.thresholds[i],
          });
          if (given.outOfDistribution) expect(withheld).toBe("out-of-distribution");
          else expect(decision === "above-threshold").toBe(given.probabilities[i]! >= given.thresholds[i]!);
        });
      }),
    );
  });
});

test("a heat map of what was not learned is refused by name", () => {
  const statuses = OBSERVATIONS.map((name) => (name === "Fracture" ? "not-learned" : "not-claimed"));
  expect(() => requireLearned(statuses, ["Edema", "No Finding"])).not.toThrow();
  expect(() => requireLearned(statuses, ["Edema", "Fracture"])).toThrow(/^Fracture: not learned/);
});

/** Findings with these probabilities at thresholds of 0.5; all others at 0.1. */
const given = (
  probabilities: Partial<Record<Observation, number>>,
  { outOfDistribution = false, notLearned = [] }: { outOfDistribution?: boolean; notLearned?: Observation[] } = {},
) =>
  findingsOf({
    probabilities: OBSERVATIONS.map((name) => probabilities[name] ?? 0.1),
    thresholds: OBSERVATIONS.map(() => 0.5),
    statuses: OBSERVATIONS.map((name) => (notLearned.includes(name) ? "not-learned" : "learned")),
    outOfDistribution,
  });

describe("heat maps that nobody asked for by name", () => {
  test("are of all above their operating points, No Finding aside", () => {
    expect(worthExplaining(given({ "No Finding": 0.9, Edema: 0.6, Pneumonia: 0.7 }))).toEqual(["Edema", "Pneumonia"]);
  });

  test("are of the likeliest where none is above, and where there is no decision", () => {
    expect(worthExplaining(given({ "No Finding": 0.49, Edema: 0.3, Pneumonia: 0.2 }))).toEqual(["Edema"]);
    const strange = given({ "No Finding": 1, Edema: 0.72, Cardiomegaly: 0.99 }, { outOfDistribution: true });
    expect(worthExplaining(strange)).toEqual(["Cardiomegaly"]);
    expect(likeliest(strange)).toBe("Cardiomegaly");
  });

  test("are of none where nothing was learned", () => {
    expect(worthExplaining(given({}, { notLearned: [...OBSERVATIONS] }))).toEqual([]);
  });
});

describe("No Finding above its operating point", () => {
  test("contradicts a finding above its own", () => {
    const [one, ...others] = contradictions(given({ "No Finding": 0.6, Pneumonia: 0.6, Edema: 0.7 }));
    expect(others).toEqual([]);
    expect(one).toMatchObject({ code: "contradictory-findings", message: expect.stringContaining("Edema, Pneumonia") });
  });

  test("contradicts no device, nothing below, and nothing on a film without decisions", () => {
    expect(contradictions(given({ "No Finding": 0.6, "Support Devices": 0.9, Edema: 0.4 }))).toEqual([]);
    expect(contradictions(given({ Edema: 0.6, Pneumonia: 0.6 }))).toEqual([]);
    expect(contradictions(given({ "No Finding": 0.6, Edema: 0.7 }, { outOfDistribution: true }))).toEqual([]);
  });
});
