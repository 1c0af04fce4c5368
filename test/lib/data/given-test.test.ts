import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { Plan } from "../../../lib/contracts/plan.ts";
import { RunConfig } from "../../../lib/contracts/run-config.ts";
import { TestSet } from "../../../lib/contracts/test-set.ts";
import { decodeTable } from "../../../lib/data/arrow-columns.ts";
import { ASSIGNMENT_COLUMNS, type Manifest } from "../../../lib/data/film-columns.ts";
import { divisionOfPath } from "../../../lib/data/film-path.ts";
import { inspect } from "../../../lib/data/inspect.ts";
import { readLabels } from "../../../lib/data/manifest.ts";
import { readDocument } from "../../../lib/store/documents.ts";
import { type ConfigInput, dataRun } from "./data-run.ts";
import { csvRow, dataSet, film, filmFile, filmPath, HEADER, type SourceFolder } from "./source-folder.ts";

const validPath = (patient: number): string => filmPath(patient).replace("/train/", "/valid/");

/** The folder with films of these patients set aside in valid.csv. */
async function withValid(patients: readonly number[], source: SourceFolder, pathOf = validPath): Promise<void> {
  for (const patient of patients) await source.write(filmFile(pathOf(patient)), await film(patient));
  const rows = patients.map((patient) => csvRow(pathOf(patient), new Array(14).fill("1.0")));
  await source.write("valid.csv", `${[HEADER, ...rows].join("\n")}\n`);
}

/** A run's plan and the part of each row of the CSV files. */
async function planned(uri: string, config: ConfigInput = {}, store?: string) {
  const run = await dataRun(uri, config, store);
  await run.call("validate");
  await run.call("plan");
  const { part } = decodeTable(ASSIGNMENT_COLUMNS, await run.rooms.runs.get(run.keys.assignments), "assignments");
  const testSet = await readDocument(run.rooms.runs, run.keys.testSet, TestSet);
  return { run, part, testSet, plan: await readDocument(run.rooms.runs, run.keys.plan, Plan) };
}

const AS_GIVEN: ConfigInput = { split: "as-given" };

describe("a data set's own division", () => {
  test("is the test part, that and nothing else, by path or by file; the rest is divided by patient", async () => {
    for (const pathOf of [validPath, (patient: number) => filmPath(patient)]) {
      const source = await dataSet(30);
      await withValid([101, 102, 103], source, pathOf);
      const { part, plan, testSet } = await planned(source.uri, AS_GIVEN);
      const own = source.rows.length;
      expect(part.slice(own)).toEqual(["test", "test", "test"]);
      expect(part.slice(0, own)).not.toContain("test");
      expect(new Set(part.slice(0, own))).toEqual(new Set(["train", "tuning", "calibration"]));
      expect(plan).toMatchObject({
        division: "as-given",
        protocol: "leak-free",
        parts: { test: 3 },
        patients: { test: 3 },
      });
      expect(plan.leakage).toMatchObject({ testFilms: 3, testFilmsInTraining: 0, testPatientsInTraining: 0 });
      expect(testSet.patients.map((key) => key.split("\n")[1])).toEqual([
        "patient00101",
        "patient00102",
        "patient00103",
      ]);
    }
  });

  test("has shares of its own for the rest, and takes test.csv where it stands", async () => {
    const source = await dataSet(30);
    await source.write("test.csv", `${HEADER}\n${csvRow(validPath(101).replace("/valid/", "/test/"))}\n`);
    await source.write(filmFile(validPath(101)).replace("valid/", "test/"), await film(101));
    const split = { train: 0.6, tuning: 0.4, calibration: 0, test: "as-given" } as const;
    const { plan } = await planned(source.uri, { split });
    expect(plan.parts).toMatchObject({ calibration: 0, test: 1 });
    expect(plan.parts.train).toBeGreaterThan(plan.parts.tuning);
    expect(
      RunConfig.safeParse({ name: "a", model: { network: "vgg16" }, split: { ...split, train: 0.7 } }).success,
    ).toBe(false);
  });

  test("pins its patients: later runs of the folder test on them too, also by shares, and a division that has grown pins them anew", async () => {
    const source = await dataSet(30);
    await withValid([101, 102], source);
    const first = await planned(source.uri, AS_GIVEN);
    const byShares = await planned(source.uri, {}, first.run.store);
    expect(byShares.plan.division).toBe("drawn");
    expect(byShares.testSet).toEqual(first.testSet);
    expect(byShares.part.filter((name) => name === "test")).toHaveLength(2);
    await withValid([101, 102, 103], source);
    const grown = await planned(source.uri, AS_GIVEN, first.run.store);
    expect(grown.testSet.patients).toHaveLength(3);
  });

  test.each<[string, (source: SourceFolder) => Promise<unknown>, string, string]>([
    [
      "no row is set aside",
      async () => {},
      "given-test",
      "none of the 45 rows is in the data set's own valid or test part",
    ],
    [
      "a patient stands on both sides",
      (source) => withValid([7, 101], source),
      "given-test",
      "1 of 2 test patients are also in the training part, such as patient00007",
    ],
    [
      "an earlier run pinned others",
      async (source) => {
        await withValid([101, 102], source);
        return (await planned(source.uri)).run.store;
      },
      "test-set",
      "test patients that an earlier run of this folder pinned are not in the data set's own valid or test part",
    ],
  ])("is refused with what to do where %s", async (_, make, code, message) => {
    const source = await dataSet(30);
    const store = await make(source);
    const run = await dataRun(source.uri, AS_GIVEN, typeof store === "string" ? store : undefined);
    await run.call("validate");
    await expect(run.call("plan")).rejects.toThrow(message);
    expect(await run.failure("plan")).toMatchObject({ code, exitCode: 64 });
  });

  test("is no folder of a patient, and none elsewhere in the path", () => {
    expect(divisionOfPath("CheXpert-v1.0/valid/patient1/study1/a.jpg")).toBe("valid");
    expect(divisionOfPath("test/patient1/study1/a.jpg")).toBe("test");
    for (const path of ["valid/set/patient1/study1/a.jpg", "patient1/valid/a.jpg", "valid/a.jpg", "a.jpg"]) {
      expect(divisionOfPath(path)).toBeUndefined();
    }
  });
});

test("inspect names it, and its parts are the run's", async () => {
  const rows = [1, 2, 3, 4, 5, 6, 7, 8].map((patient) => csvRow(filmPath(patient)));
  const files = { "train.csv": rows, "valid.csv": [csvRow(validPath(101))] };
  const manifest: Manifest = await readLabels(
    Object.entries(files).map(([name, lines]) => ({
      name,
      folder: "",
      async *stream() {
        yield Buffer.from(`${[HEADER, ...lines].join("\n")}\n`);
      },
    })),
  );
  const settings = RunConfig.parse({ name: "a", model: { network: "vgg16" }, split: "as-given" });
  expect(await inspect(manifest, settings)).toMatchObject({
    division: "as-given",
    split: { test: { rows: 1, patients: 1 } },
  });
});

const sample = new URL("../../../../shared/cxr-sample", import.meta.url);
test.skipIf(!existsSync(sample))("real films (../shared): valid.csv is the test part", async () => {
  const { plan, part } = await planned(pathToFileURL(decodeURI(sample.pathname)).href, AS_GIVEN);
  expect(plan).toMatchObject({ parts: { test: 22 }, patients: { test: 22 }, leakage: { testPatientsInTraining: 0 } });
  expect(part.lastIndexOf("train")).toBeLessThan(178);
});
