import { describe, expect, it } from "vitest";
import { auroc } from "../../../lib/domain/metrics/auroc.ts";
import { normal, random } from "../../../lib/domain/random.ts";
import { type Subject, subgroups } from "../../../lib/domain/subgroups.ts";

/** Films of patients, two each; the model knows men better than women by `unfairness`, and nothing else matters. */
function films(patients: number, unfairness: number, seed: number) {
  const next = random(seed, "subgroups");
  const rows = Array.from({ length: 2 * patients }, (_, film) => {
    const patient = film >> 1;
    const label = Number(next() < 0.4);
    const skill = patient % 2 ? 1.5 - unfairness : 1.5;
    return { patient, label, score: label * skill + normal(next) };
  });
  const subjects = rows.map(
    ({ patient }): Subject => ({
      sex: patient % 2 ? "Female" : "Male",
      age: patient % 7 === 0 ? null : (patient * 13) % 90,
      projection: patient % 3 ? "AP" : "PA",
      source: "one",
    }),
  );
  return { rows, subjects, patients: rows.map(({ patient }) => patient) };
}

const measure = ({ rows, subjects, patients }: ReturnType<typeof films>, rounds = 200) =>
  subgroups({
    columns: [{ scores: rows.map(({ score }) => score), labels: rows.map(({ label }) => label) }],
    patients,
    subjects,
    rounds,
    seed: 1,
    least: 30,
  });

describe("subgroups", () => {
  it("are the films of each sex, age band and projection; an axis without a difference is left out", () => {
    const table = films(600, 0, 1);
    const { groups } = measure(table);
    expect(groups.map(({ axis, group }) => `${axis}: ${group}`)).toEqual([
      ...["sex: Female", "sex: Male"],
      ...["age: 0 to 39", "age: 40 to 59", "age: 60 to 79", "age: 80 and over", "age: not known"],
      ...["projection: AP", "projection: PA"],
    ]);
    for (const axis of ["sex", "age", "projection"]) {
      const films = groups.filter((group) => group.axis === axis).reduce((sum, group) => sum + group.films, 0);
      expect(films).toBe(1200);
    }
    const women = table.rows.filter(({ patient }) => patient % 2 === 1);
    const female = groups[0]!;
    const expected = auroc(
      women.map(({ score }) => score),
      women.map(({ label }) => label),
    )!;
    expect(female).toMatchObject({ films: women.length, patients: 300, meanAuroc: expected });
    expect(female.figures[0]!.auroc).toBe(expected);
    const [low, high] = female.meanAurocInterval!;
    expect(low).toBeLessThan(expected);
    expect(high).toBeGreaterThan(expected);
  });

  it("names the largest gap, with an interval that holds what was planted", () => {
    const { largestGap } = measure(films(3000, 0.8, 2));
    expect(largestGap).toMatchObject({ axis: "sex", better: "Male", worse: "Female", columns: [0] });
    // Normal scores 1.5 and 0.7 apart: Phi(1.5 / sqrt 2) - Phi(0.7 / sqrt 2).
    const planted = 0.8556 - 0.6897;
    expect(largestGap!.interval![0]).toBeLessThan(planted);
    expect(largestGap!.interval![1]).toBeGreaterThan(planted);
    expect(largestGap!.interval![0]).toBeGreaterThan(0.1);
  });

  it("compares no groups that are too small, and gives no gap's interval without resamples", () => {
    expect(measure(films(60, 0.8, 3)).largestGap).toBeNull();
    const { groups, largestGap } = measure(films(600, 0.8, 2), 0);
    expect(largestGap!.interval).toBeNull();
    expect(groups.every(({ meanAurocInterval }) => meanAurocInterval![0] < meanAurocInterval![1])).toBe(true);
  });
});
