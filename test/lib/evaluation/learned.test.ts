import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { OBSERVATION_COUNT, observationIndex } from "../../../lib/domain/observations.ts";
import { blankUnlearned, classCounts, judgeObservations, maskUnlearned } from "../../../lib/evaluation/learned.ts";
import { columnsOf, metricsOf } from "../../../lib/evaluation/metrics.ts";
import { column } from "../../../lib/evaluation/prediction-table.ts";
import { predictionsCsv } from "../../../lib/evaluation/predictions-csv.ts";
import { syntheticTable } from "./synthetic.ts";

const EDEMA = observationIndex("Edema");
const table = syntheticTable("test", 120, 1);
/** All training films were alike in "Edema", and in "Lung Opacity" by the synthetic labels themselves. */
const trained = classCounts(table.labels).map((counts, i) => (i === EDEMA ? { ...counts, negatives: 0 } : counts));
const statuses = judgeObservations(trained, classCounts(table.labels)).map(({ status }) => status);

test("films are counted by class, masked labels not, repeated rows as often as they come", () => {
  const labels = [...column(table.labels, EDEMA)];
  expect(classCounts(table.labels)[EDEMA]).toEqual({
    positives: labels.filter((label) => label === 1).length,
    negatives: labels.filter((label) => label === 0).length,
  });
  const [first = 0, second = 0] = labels.flatMap((label, row) => (label === 1 ? [row] : []));
  expect(classCounts(table.labels, [first, first, second])[EDEMA]).toEqual({ positives: 3, negatives: 0 });
});

test("a status stands beside the films that decided it", () => {
  const tested = classCounts(table.labels);
  const judged = judgeObservations(trained, tested);
  expect(judged[EDEMA]).toEqual({ status: "not-learned", trained: trained[EDEMA], tested: tested[EDEMA] });
  expect(judged[observationIndex("Lung Opacity")]!.status).toBe("not-learned");
  expect(judged[observationIndex("Support Devices")]!.status).toBe("learned");
  expect(judged[observationIndex("Pleural Other")]!.status).toBe("not-claimed");
});

describe("what was not learned", () => {
  test("has no figure, and no part in any average", () => {
    const figures = (of: typeof table) =>
      metricsOf(
        columnsOf(
          of,
          Array.from({ length: OBSERVATION_COUNT }, () => 0.5),
        ),
        of.patients,
      );
    const [all, learned] = [figures(table), figures(maskUnlearned(table, statuses))];
    expect(learned.perObservation.Edema).toMatchObject({ rows: 0, auroc: null, recall: null, brier: null });
    expect(learned.perObservation.Cardiomegaly).toEqual(all.perObservation.Cardiomegaly);
    const aurocs = Object.values(learned.perObservation).flatMap(({ auroc }) => auroc ?? []);
    expect(aurocs).toHaveLength(12);
    expect(learned.averages.macro.auroc).toBeCloseTo(aurocs.reduce((sum, value) => sum + value, 0) / 12, 12);
    expect(learned.averages.micro.f1).not.toBe(all.averages.micro.f1);
  });

  test("has labels and no probability in the run's predictions", () => {
    const csv = predictionsCsv([blankUnlearned(table, statuses)]);
    const rows = parse(csv, { columns: true }) as Record<string, string>[];
    expect(rows.every((row) => row["probability Edema"] === "")).toBe(true);
    const labels = rows.map((row) => (row["label Edema"] === "" ? Number.NaN : Number(row["label Edema"])));
    expect(labels).toEqual([...column(table.labels, EDEMA)]);
  });
});
