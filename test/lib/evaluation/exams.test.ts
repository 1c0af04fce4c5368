import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RunEvaluation } from "../../../lib/contracts/evaluation.ts";
import { type ExamRecord, Exams } from "../../../lib/contracts/exams.ts";
import { runKeys } from "../../../lib/contracts/layout.ts";
import { openTrainingData } from "../../../lib/data/training-data.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { evaluateRun } from "../../../lib/evaluation/evaluate-run.ts";
import { EXAMINEES, readExam } from "../../../lib/evaluation/exams/exam-table.ts";
import { promote } from "../../../lib/registry/channels.ts";
import { loadVersion } from "../../../lib/registry/versions.ts";
import { runStep } from "../../../lib/steps/run-step.ts";
import { readDocument } from "../../../lib/store/documents.ts";
import { openRooms, type Rooms } from "../../../lib/store/open.ts";
import { type PreparedRun, preparedRun } from "./prepared-run.ts";

/** One member, and no intervals: what is looked at here is who answered what. */
const quick = (seed: number) => ({ seed, training: { epochs: 1, seeds: [seed] } });

async function evaluated({ request, environment }: PreparedRun): Promise<{ run: string; model: string }> {
  const rooms = openRooms(environment);
  const data = await openTrainingData(rooms, request.run);
  const { run } = request;
  try {
    await runStep({ step: "evaluate", run, environment, emit: () => {} }, (context) => evaluateRun(context, data));
  } finally {
    await data.close();
  }
  return { run, model: (await readDocument(rooms.runs, runKeys(run).evaluation, RunEvaluation)).model };
}

/** Probabilities of a run's test films as its predictions.csv has them, for one observation, sorted. */
async function ownAnswers({ runs }: Rooms, run: string, name: string): Promise<number[]> {
  const csv = Buffer.from(await runs.get(runKeys(run).predictions));
  const rows = (parse(csv, { columns: true }) as Record<string, string>[]).filter(({ part }) => part === "test");
  return rows.map((row) => Number(row[`probability ${name}`])).sort((a, b) => a - b);
}

const sorted = (values: ArrayLike<number>): number[] => Array.from(values).sort((a, b) => a - b);

describe("exams beside the model in production", () => {
  let folder: string;
  let rooms: Rooms;
  let films: string;
  let champion: { run: string; model: string };
  const NAME = OBSERVATIONS[0];
  const examsIn = (reference: Exams["references"][number] | undefined) => reference?.exams as readonly ExamRecord[];
  const heldBy = async (run: string) => (await readDocument(rooms.runs, runKeys(run).exams, Exams)).references;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hilum-exams-"));
    films = join(folder, "phantoms");
    const first = await preparedRun(folder, quick(1));
    rooms = openRooms(first.environment);
    champion = await evaluated(first);
    expect(await heldBy(champion.run)).toEqual([]);
    await promote(rooms.models, champion.model);
  }, 180_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("of the same folder are one: the pinned test films, which each answers as it did for itself", async () => {
    const next = await evaluated(await preparedRun(folder, quick(2), films));
    const [reference] = await heldBy(next.run);
    expect(reference?.version).toBe(champion.model);
    expect(reference?.exams).toMatchObject([{ of: "reference" }]);
    const [exam] = examsIn(reference);
    const { scores, patients, labels } = await readExam(rooms.runs, exam!.key, EXAMINEES);
    expect(patients).toHaveLength(exam!.films);
    expect(labels.every((column) => column.length === exam!.films)).toBe(true);
    // Neither is asked what one of the two did not learn.
    const version = await loadVersion(rooms.models, next.model);
    const asked = labels.map((column) => column.some((label) => !Number.isNaN(label)));
    const unlearned = version.observations!.map(({ status }) => status === "not-learned");
    expect(unlearned).toContain(true);
    expect(asked.some((isAsked, i) => isAsked && unlearned[i])).toBe(false);
    expect(asked).toContain(true);
    expect(sorted(scores.reference![0]!)).toEqual(await ownAnswers(rooms, champion.run, NAME));
    expect(sorted(scores.candidate![0]!)).toEqual(await ownAnswers(rooms, next.run, NAME));
  });

  it("give each model the pixels that it was made for, found again by the films' hashes", async () => {
    const larger = { ...quick(3), geometry: { size: 96 } };
    const next = await evaluated(await preparedRun(folder, larger, films));
    const [reference] = await heldBy(next.run);
    const [exam] = examsIn(reference);
    const { scores } = await readExam(rooms.runs, exam!.key, EXAMINEES);
    expect(sorted(scores.reference![0]!)).toEqual(await ownAnswers(rooms, champion.run, NAME));
    expect(sorted(scores.candidate![0]!)).toEqual(await ownAnswers(rooms, next.run, NAME));
  });

  it("of a copy under another name leave out whom either was fitted on", async () => {
    const copy = join(folder, "copy");
    await cp(films, copy, { recursive: true });
    const next = await evaluated(await preparedRun(folder, quick(4), copy));
    const [reference] = await heldBy(next.run);
    const exams = examsIn(reference);
    const data = await openTrainingData(rooms, next.run);
    await data.close();
    const { test } = data.split;
    const theirs = exams.find(({ of }) => of === "reference")!;
    expect(theirs.films).toBeLessThan(test.length);
    expect(theirs.leftOut["of patients that one of the models was fitted on"]).toBeGreaterThan(0);
  });

  it("say why there are none where the run that made the reference is gone", async () => {
    await rooms.runs.delete(runKeys(champion.run).rows);
    const next = await evaluated(await preparedRun(folder, quick(5), films));
    expect(await heldBy(next.run)).toEqual([
      { version: champion.model, exams: expect.stringContaining(`the run ${champion.run} that made it`) },
    ]);
  });
});
