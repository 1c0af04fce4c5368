import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HeldOutRows } from "../../../lib/domain/held-out-rows.ts";
import { auroc } from "../../../lib/domain/metrics/auroc.ts";
import { meanDefined } from "../../../lib/domain/metrics/mean.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { type Contender, type GateRules, judge } from "../../../lib/domain/promotion.ts";
import { normal, random, shuffle } from "../../../lib/domain/random.ts";

const RULES: GateRules = {
  margin: 0.01,
  confidence: 0.95,
  minMeanAuroc: 0.5,
  minAuroc: {},
  maxCalibrationError: 0.1,
  maxSubgroupGap: 0.2,
  bootstrap: 200,
};

/** A model that sees the truth through noise: the less noise, the better. Patients have two films each. */
function contender(version: string, noise: number, { films = 400, dataSeed = 1, noiseSeed = version } = {}): Contender {
  const truth = random(dataSeed, "truth");
  const blur = random(dataSeed, "noise", noiseSeed);
  const columns = OBSERVATIONS.map(() => {
    const labels = Float64Array.from({ length: films }, () => (truth() < 0.1 ? Number.NaN : truth() < 0.3 ? 1 : 0));
    return { labels, scores: labels.map((label) => (Number.isNaN(label) ? 0 : label) + noise * normal(blur)) };
  });
  const heldOut: HeldOutRows = {
    films: Array.from({ length: films }, (_, film) => `film-${dataSeed}-${film}`),
    patients: Array.from({ length: films }, (_, film) => `patient-${Math.floor(film / 2)}`),
    columns,
  };
  const values = columns.map(({ scores, labels }) => auroc(scores, labels));
  return {
    version,
    heldOut,
    testSet: null,
    calibrationError: 0.02,
    subgroupGap: 0.05,
    meanAuroc: meanDefined(values),
    auroc: Object.fromEntries(OBSERVATIONS.map((name, i) => [name, values[i]!])),
  };
}

const checkOf = (verdict: ReturnType<typeof judge>, rule: string) =>
  verdict.checks.find((check) => check.rule === rule);

describe("judge", () => {
  it("promotes a first model that keeps the floors, and says that nothing was compared", () => {
    const verdict = judge(contender("first", 1), null, RULES, 1);
    expect(verdict.decision).toBe("promote");
    expect(checkOf(verdict, "champion")?.detail).toContain("no champion");
  });

  it.each([
    ["a mean below the floor", { minMeanAuroc: 0.99 }, "mean-auroc"],
    ["one observation below its floor", { minAuroc: { Edema: 0.99 } }, "auroc/Edema"],
  ] as const)("keeps the champion for %s", (_, change, rule) => {
    const verdict = judge(contender("first", 1), null, { ...RULES, ...change }, 1);
    expect(verdict.decision).toBe("keep");
    expect(verdict.checks.filter(({ passed }) => !passed).map((check) => check.rule)).toEqual([rule]);
  });

  it("keeps the champion where a figure with a floor is not defined", () => {
    const none = { ...contender("none", 1), meanAuroc: null, auroc: { Fracture: null } };
    const verdict = judge(none, null, { ...RULES, minAuroc: { Fracture: 0.1 } }, 1);
    expect(verdict.checks.map(({ passed, value }) => [passed, value])).toEqual([
      [false, null],
      [false, null],
      [true, null],
    ]);
  });

  it("promotes a better model and keeps a clearly worse one out, film by film", () => {
    const [good, bad] = [contender("good", 0.8), contender("bad", 1.6)];
    expect(judge(good, bad, RULES, 1).decision).toBe("promote");
    const kept = judge(bad, good, RULES, 1);
    expect(kept.decision).toBe("keep");
    expect(checkOf(kept, "champion-paired")?.detail).toContain("on the same 400 films of 200 patients");
  });

  it.each([
    ["calibration", { calibrationError: 0.11 }],
    ["subgroup-gap", { subgroupGap: 0.21 }],
  ] as const)(
    "keeps the champion from a better model beyond the limit of %s; a first model needs floors only",
    (rule, change) => {
      const better = { ...contender("good", 0.8), ...change };
      const verdict = judge(better, contender("bad", 1.6), RULES, 1);
      expect(verdict.checks.filter(({ passed }) => !passed).map((check) => check.rule)).toEqual([rule]);
      expect(verdict.decision).toBe("keep");
      expect(judge(better, null, RULES, 1).decision).toBe("promote");
      const unknown = { ...better, calibrationError: null, subgroupGap: null };
      expect(judge(unknown, contender("bad", 1.6), RULES, 1).decision).toBe("promote");
    },
  );

  it("gives a lower bound below the difference itself, and further below with more confidence", () => {
    const [a, b] = [contender("a", 1), contender("b", 1.05)];
    const bound = (confidence: number) => checkOf(judge(a, b, { ...RULES, confidence }, 1), "champion-paired")!.value!;
    const difference = a.meanAuroc! - b.meanAuroc!;
    expect(bound(0.8)).toBeLessThan(difference);
    expect(bound(0.95)).toBeLessThan(bound(0.8));
    expect(bound(0.2)).toBeGreaterThan(difference);
  });

  it("finds no difference between a model and itself, whatever the order of its rows", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.double({ min: 0.3, max: 3, noNaN: true }), (seed, noise) => {
        const model = contender("same", noise, { films: 60 });
        const order = shuffle(
          Uint32Array.from({ length: 60 }, (_, film) => film),
          random(seed),
        );
        const reorder = <T>(values: ArrayLike<T>): T[] => Array.from(order, (film) => values[film]!);
        const { films, patients, columns } = model.heldOut!;
        const heldOut = {
          films: reorder(films),
          patients: reorder(patients),
          columns: columns.map(({ labels, scores }) => ({
            labels: Float64Array.from(reorder(labels)),
            scores: Float64Array.from(reorder(scores)),
          })),
        };
        const check = checkOf(
          judge(model, { ...model, heldOut }, { ...RULES, bootstrap: 50 }, seed),
          "champion-paired",
        );
        expect(check).toMatchObject({ passed: true });
        expect(check!.value).toBeCloseTo(0, 12);
      }),
      { numRuns: 20 },
    );
  });

  it("holds its error: a candidate worse by exactly the margin passes in about 5 % of the trials", () => {
    // Noise of 1 against 1.06 costs about 0.01 in AUROC; taking the true cost as margin puts the candidate on the line.
    const many = { films: 20_000, dataSeed: 7 };
    const margin = contender("champion", 1, many).meanAuroc! - contender("candidate", 1.06, many).meanAuroc!;
    const trials = 120;
    let passed = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const on = { films: 200, dataSeed: 100 + trial };
      const verdict = judge(
        contender("candidate", 1.06, on),
        contender("champion", 1, on),
        { ...RULES, margin },
        trial,
      );
      if (verdict.decision === "promote") passed += 1;
    }
    expect(passed / trials).toBeGreaterThan(0);
    expect(passed / trials).toBeLessThan(0.12);
  });

  it("compares on the test set alone, though either was tested on more films since", () => {
    const [old, grown] = [contender("old", 1), contender("new", 1, { films: 500, dataSeed: 1 })];
    const rest = contender("rest", 3, { films: 100, dataSeed: 9 }).heldOut!;
    const joined = {
      films: [...rest.films, ...old.heldOut!.films],
      patients: [...rest.patients.map((name) => `other ${name}`), ...old.heldOut!.patients],
      columns: old.heldOut!.columns.map(({ labels, scores }, i) => ({
        labels: Float64Array.from([...rest.columns[i]!.labels, ...labels]),
        scores: Float64Array.from([...rest.columns[i]!.scores, ...scores]),
      })),
    };
    const testSet = { version: "0123456789abcdef", films: new Set(old.heldOut!.films) };
    const check = checkOf(judge({ ...grown, heldOut: joined, testSet }, old, RULES, 1), "champion-paired")!;
    expect(check.detail).toContain("the same 400 films of 200 patients (test set 0123456789abcdef)");
    expect(check.value).toBeCloseTo(0, 12);
  });

  it.each([
    ["other films", (champion: Contender) => ({ ...champion, ...contender("old", 1, { dataSeed: 2 }) }), "other films"],
    ["fewer films", () => contender("old", 1, { films: 300 }), "other films"],
    ["no predictions", (champion: Contender) => ({ ...champion, heldOut: null }), "predictions are not there"],
    [
      "other labels",
      () => {
        const champion = contender("old", 1);
        champion.heldOut!.columns[3]!.labels[5] = 0.5;
        return champion;
      },
      "other labels",
    ],
  ] as const)("compares figures only, and says so, where the champion has %s", (_, make, why) => {
    const candidate = contender("new", 1);
    const champion = make(contender("old", 1));
    const better = judge(candidate, { ...champion, meanAuroc: candidate.meanAuroc! + 0.005 }, RULES, 1);
    const check = checkOf(better, "champion-figures")!;
    expect(check.detail).toContain("not a paired comparison");
    expect(check.detail).toContain(why);
    expect(better.decision).toBe("promote");
    expect(judge(candidate, { ...champion, meanAuroc: candidate.meanAuroc! + 0.02 }, RULES, 1).decision).toBe("keep");
    expect(judge(candidate, { ...champion, meanAuroc: null }, RULES, 1).decision).toBe("keep");
  });

  it.each([
    ["too few patients", contender("few", 1, { films: 18 })],
    ["films of one class", oneClass(contender("one class", 1))],
  ])("keeps the champion where resampling says nothing: %s", (_, few) => {
    const check = checkOf(judge(few, few, RULES, 1), "champion-paired");
    expect(check).toMatchObject({ passed: false, value: null });
    expect(check?.detail).toContain("too few patients");
  });
});

function oneClass(model: Contender): Contender {
  const columns = model.heldOut!.columns.map(({ labels, scores }) => ({ labels: labels.map(() => 1), scores }));
  return { ...model, heldOut: { ...model.heldOut!, columns } };
}
