import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RULES } from "../../../bench/gate/scenarios.ts";
import { answers, changed, contest, examLabels, REFERENCE, type Truth, world } from "../../../bench/gate/world.ts";
import { OBSERVATIONS, type Observation, observationIndex } from "../../../lib/domain/observations.ts";
import { type Candidate, type GateRules, judge, type Reference } from "../../../lib/domain/promotion.ts";

const FILMS = world({ patients: 300, mostFilms: 4 }, 1);
const LABELS = examLabels(FILMS);
const sides = (truth: Truth, model = "candidate") =>
  contest(FILMS, LABELS, answers(FILMS, truth, model), answers(FILMS, REFERENCE, "reference"));
const BETTER = sides(changed(() => 0.04));
const WORSE = sides(changed(() => -0.06));

const failing = (candidate: Candidate, references: readonly Reference[], rules: Partial<GateRules> = {}) =>
  judge(candidate, references, { ...RULES, ...rules }, 1).checks.filter(({ passed }) => !passed);
const rulesOf = (checks: readonly { readonly rule: string }[]): string[] => checks.map(({ rule }) => rule);

describe("a first model", () => {
  it("is promoted by its own test films, and the checks say that nothing was compared", () => {
    const { decision, checks } = judge(BETTER.candidate, [], RULES, 1);
    expect(decision).toBe("promote");
    expect(checks.find(({ rule }) => rule === "champion")?.detail).toContain("no model is in production");
  });

  it.each<[string, Partial<Candidate>, Partial<GateRules>, string]>([
    ["a mean below the floor", {}, { minMeanAuroc: 0.99 }, "mean-auroc"],
    ["an observation below its floor", {}, { minAuroc: { Edema: 0.99 } }, "auroc/Edema"],
    ["a mean that is not defined", { meanAuroc: null }, {}, "mean-auroc"],
    ["a floor that is not defined", { auroc: { Fracture: null } }, { minAuroc: { Fracture: 0.1 } }, "auroc/Fracture"],
    ["patients of its test films in training", { leaks: true }, {}, "leaks"],
    ["test films of readers alone", { readersOnly: true }, {}, "readers"],
    ["no predictions of its own", { ownTest: null }, {}, "calibration"],
  ])("is not promoted for %s", (_, change, rules, rule) => {
    expect(rulesOf(failing({ ...BETTER.candidate, ...change }, [], rules))).toEqual([rule]);
  });

  it("is judged by what it learned alone, also where it claims nothing", () => {
    const { ownTest, ...candidate } = BETTER.candidate;
    const scores = ownTest!.scores.map((column, i) => (i === 0 ? column.map(() => Number.NaN) : column));
    const learned = candidate.learned.filter((name) => name !== OBSERVATIONS[0]);
    const judged = judge({ ...candidate, learned, claimed: [], ownTest: { ...ownTest!, scores } }, [], RULES, 1);
    const check = judged.checks.find(({ rule }) => rule === "calibration");
    expect(check).toMatchObject({ passed: true });
    expect(check!.value).toBeGreaterThan(0);
  });

  it("is not promoted where its probabilities are wrong beyond chance; chance alone refuses nobody", () => {
    const high = sides({ ...REFERENCE, answers: (p) => Math.min(p + 0.2, 1) }).candidate;
    const [check] = failing(high, []);
    expect(check).toMatchObject({ rule: "calibration" });
    expect(check!.value).toBeGreaterThan(check!.limit!);
    expect(failing(high, [], { maxCalibrationError: 0.25 })).toEqual([]);
  });
});

describe("against a reference", () => {
  it("a better model is promoted, and a clearly worse one is not", () => {
    expect(failing(BETTER.candidate, [BETTER.reference])).toEqual([]);
    expect(rulesOf(failing(WORSE.candidate, [WORSE.reference]))).toEqual(
      expect.arrayContaining(["champion/candidate-films/mean-auroc", "champion/reference-films/mean-auroc"]),
    );
  });

  it("keeps the champion where no exam can be held, for the reason given", () => {
    const reference = { ...BETTER.reference, exams: "its weights are gone" };
    expect(failing(BETTER.candidate, [reference])).toMatchObject([
      { rule: "champion/exam", detail: expect.stringContaining("its weights are gone") },
    ]);
    const few = (patients: number) => {
      const small = world({ patients, mostFilms: 1 }, 3);
      const answered = answers(small, REFERENCE, "few");
      return contest(small, small.labels, answered, answered).reference.exams;
    };
    for (const exams of [[], few(9)]) {
      expect(rulesOf(failing(BETTER.candidate, [{ ...BETTER.reference, claimed: [], exams }]))).toEqual([
        "champion/exam",
      ]);
    }
  });

  it("one observation that is much worse keeps the champion, whatever the others gain", () => {
    const i = observationIndex("Pneumothorax");
    const { candidate, reference } = sides(changed((at) => (at === i ? -0.28 : 0.04)));
    expect(rulesOf(failing(candidate, [reference]))).toContain("champion/candidate-films/auroc/Pneumothorax");
  });

  it("one observation that it finds less often keeps the champion, though it ranks films as well", () => {
    const i = observationIndex("Support Devices");
    const { candidate, reference } = sides({
      ...changed(() => 0.04),
      sensitivity: REFERENCE.sensitivity.map((value, at) => (at === i ? 0.5 : value)),
    });
    const found = failing(candidate, [reference]);
    expect(rulesOf(found)).toEqual([
      "champion/candidate-films/sensitivity/Support Devices",
      "champion/reference-films/sensitivity/Support Devices",
    ]);
    expect(found[0]!.detail).toMatch(
      /^against the champion reference, on \d+ of this model's test films \(300 patients\): difference in sens/,
    );
  });

  it("an observation that it never learned, claimed or not, or that no exam tells, is lost", () => {
    const learned = OBSERVATIONS.filter((name) => name !== "Edema");
    expect(rulesOf(failing({ ...BETTER.candidate, learned }, [BETTER.reference]))).toEqual(["champion/learned"]);
    const unclaimed = { ...BETTER.reference, claimed: BETTER.reference.claimed.filter((name) => name !== "Edema") };
    const [lost, ...others] = failing({ ...BETTER.candidate, learned }, [unclaimed]);
    expect([lost?.rule, others]).toEqual(["champion/learned", []]);
    expect(lost?.detail).toContain("answers for Edema, of which");
    const edema = observationIndex("Edema");
    const masked = (BETTER.reference.exams as Exclude<Reference["exams"], string>).map((exam) => ({
      ...exam,
      labels: exam.labels.map((column, i) => (i === edema ? column.map(() => Number.NaN) : column)),
    }));
    const reference = { ...BETTER.reference, exams: masked };
    expect(rulesOf(failing(BETTER.candidate, [reference]))).toContain("champion/observation/Edema");
  });

  it("a comparison is told as a difference with its one-sided bound", () => {
    const { checks } = judge(BETTER.candidate, [BETTER.reference], { ...RULES, widestMargin: 4 }, 1);
    const compared = checks.filter(({ rule }) => /films\/(mean-auroc|auroc|sensitivity)/.test(rule));
    expect(compared.length).toBeGreaterThan(2);
    for (const { detail } of compared) {
      expect(detail).toMatch(
        /: difference in (mean AUROC|AUROC of|sensitivity to) .*[+-]\d\.\d+.*, one-sided lower 95 % bound [+-]/,
      );
    }
  });

  it("margins are widened where films are few, never beyond what the rules allow, and never where they need not", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 6, noNaN: true }), (widestMargin) => {
        const { checks } = judge(BETTER.candidate, [BETTER.reference], { ...RULES, widestMargin }, 1);
        const limits = checks.filter(({ rule }) => rule.includes("/auroc")).map(({ limit }) => -limit!);
        expect(limits.length).toBeGreaterThan(0);
        for (const limit of limits) {
          expect(limit).toBeGreaterThanOrEqual(RULES.observationMargin - 1e-12);
          expect(limit).toBeLessThanOrEqual(RULES.observationMargin * widestMargin + 1e-12);
        }
      }),
      { numRuns: 8 },
    );
  });

  it("a subgroup's gap counts by its lower bound", () => {
    const gapped = (lower: number) => ({ ...BETTER.candidate, subgroupGap: { gap: 0.4, lower } });
    expect(failing(gapped(0.19), [BETTER.reference])).toEqual([]);
    expect(rulesOf(failing(gapped(0.21), [BETTER.reference]))).toEqual(["subgroup-gap"]);
  });

  it("a model that leaks never replaces one that does not", () => {
    const candidate = { ...BETTER.candidate, leaks: true };
    expect(rulesOf(failing(candidate, [BETTER.reference]))).toEqual(["champion/leaks"]);
    expect(failing(candidate, [{ ...BETTER.reference, leaks: true }])).toEqual([]);
  });

  it("readers' films alone are enough where the champion's exam decides", () => {
    expect(failing({ ...BETTER.candidate, readersOnly: true }, [BETTER.reference])).toEqual([]);
  });

  it("phantoms are no measure of films, and never replace them", () => {
    const drawn = { ...WORSE.reference, kind: "phantom", exams: "of another kind" } as const;
    expect(failing(WORSE.candidate, [drawn])).toEqual([]);
    expect(rulesOf(failing({ ...WORSE.candidate, leaks: true }, [drawn]))).toEqual(["leaks"]);
    const phantom = { ...BETTER.candidate, kind: "phantom" } as const;
    expect(rulesOf(failing(phantom, [BETTER.reference]))).toEqual(["champion/kind"]);
  });

  it("the anchor is compared like the champion, and named", () => {
    const weak = answers(
      FILMS,
      changed(() => -0.06),
      "champion",
    );
    const champion = contest(
      FILMS,
      LABELS,
      answers(
        FILMS,
        changed(() => -0.06),
        "candidate",
      ),
      weak,
    );
    const roles = (reference: Reference, ...of: Reference["roles"][number][]): Reference => ({
      ...reference,
      roles: of,
    });
    const references = [roles(champion.reference, "champion"), roles(WORSE.reference, "anchor")];
    const found = rulesOf(failing(WORSE.candidate, references));
    expect(found).toContain("anchor/candidate-films/mean-auroc");
    expect(found.filter((rule) => rule.startsWith("champion/"))).toEqual([]);
  });

  it("finds no difference between a model and itself", () => {
    const same = answers(FILMS, REFERENCE, "same");
    const { candidate, reference } = contest(FILMS, LABELS, same, same);
    const { decision, checks } = judge(candidate, [reference], RULES, 1);
    expect(decision).toBe("promote");
    expect(checks.find(({ rule }) => rule.endsWith("mean-auroc") && rule.includes("/"))?.value).toBeCloseTo(0, 12);
  });

  it("tells every refusal in one line", () => {
    const names: readonly Observation[] = [];
    for (const check of failing({ ...WORSE.candidate, learned: names, leaks: true }, [WORSE.reference])) {
      expect(check.detail).not.toContain("\n");
      expect(check.detail.length).toBeGreaterThan(20);
    }
  });
});
