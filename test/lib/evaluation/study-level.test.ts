import { describe, expect, it } from "vitest";
import { StudyLevel } from "../../../lib/contracts/study-level.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { LEADERBOARD } from "../../../lib/domain/study-scores.ts";
import { columnsOf } from "../../../lib/evaluation/metrics.ts";
import { numberNames } from "../../../lib/evaluation/prediction-table.ts";
import { studyLevel } from "../../../lib/evaluation/study-level.ts";
import { syntheticTable } from "./synthetic.ts";

const table = syntheticTable("test", 200, 7);
const columns = columnsOf(table, new Array<number>(OBSERVATIONS.length).fill(0.5)).map((of, i) => ({
  name: OBSERVATIONS[i]!,
  ...of,
}));
/** Every patient's films as one study. */
const studies = numberNames(table.patientIds);
const { patients } = table;

describe("study level", () => {
  it("fits its contract; the leaderboard's mean is of its five, by film, mean and maximum", () => {
    const found = StudyLevel.parse(studyLevel(columns, studies, patients));
    expect(found).toMatchObject({ studies: 200, films: table.count });
    for (const rule of ["mean", "max"] as const) {
      const five = LEADERBOARD.map((name) => found.perObservation[name]![rule].auroc!);
      expect(found.leaderboard[rule].auroc).toBeCloseTo(five.reduce((sum, value) => sum + value, 0) / 5, 12);
      const [low, high] = found.leaderboard[rule].aurocInterval!;
      expect(low).toBeLessThan(found.leaderboard[rule].auroc!);
      expect(high).toBeGreaterThan(found.leaderboard[rule].auroc!);
    }
    // A study's probability averages the noise of its films; its label is theirs only in part.
    expect(found.leaderboard.mean.auroc).not.toBe(found.leaderboard.film.auroc);
    expect(found.perObservation["Lung Opacity"]).toMatchObject({ positives: 0, max: { auroc: null } });
  });

  it("has no leaderboard's mean unless all five are there and defined", () => {
    const four = studyLevel(
      columns.filter(({ name }) => name !== "Edema"),
      studies,
      patients,
    );
    expect(four.leaderboard.max).toEqual({ auroc: null, aurocInterval: null });
    expect(four.perObservation.Edema).toBeUndefined();
    const oneClass = columns.map((of) =>
      of.name === "Edema" ? { ...of, labels: Array.from(of.labels, () => 0) } : of,
    );
    expect(studyLevel(oneClass, studies, patients).leaderboard.film.auroc).toBeNull();
  });
});
