import { describe, expect, test } from "vitest";
import { Plan } from "../../../lib/contracts/plan.ts";
import { TestSet } from "../../../lib/contracts/test-set.ts";
import { Validation } from "../../../lib/contracts/validation.ts";
import { encodeManifest, readFolder } from "../../../lib/data/manifest.ts";
import { readDocument } from "../../../lib/store/documents.ts";
import { MemoryStore } from "../../../lib/store/memory.ts";
import type { ObjectInfo } from "../../../lib/store/store.ts";
import { dataRun } from "./data-run.ts";
import { csvRow, dataSet, film, filmFile, filmPath, HEADER, sourceFolder } from "./source-folder.ts";

/** A store that lists in an order of its own, and tells what it is asked for. */
class AskedStore extends MemoryStore {
  readonly asked: string[] = [];
  order = 1;

  override async *list(prefix: string): AsyncGenerator<ObjectInfo> {
    this.asked.push(`list ${prefix}`);
    const all: ObjectInfo[] = [];
    for await (const info of super.list(prefix)) all.push(info);
    all.sort((a, b) => ((a.key.charCodeAt(20) * this.order) % 11) - ((b.key.charCodeAt(20) * this.order) % 11));
    yield* all;
  }
  override async head(key: string) {
    this.asked.push(`head ${key}`);
    return super.head(key);
  }
}

describe("films of a folder", () => {
  const CSV = [HEADER, ...Array.from({ length: 40 }, (_, i) => csvRow(filmPath(i)))].join("\n");

  test("are found in one listing, without a call a film, and alike in whatever order it comes", async () => {
    const data = new AskedStore("memory://films");
    await data.put("train.csv", Buffer.from(CSV));
    for (let i = 10; i < 40; i += 1)
      await data.put(`disk${i % 3}/${filmFile(filmPath(i)).toUpperCase()}`, Buffer.of(1));
    const read = await readFolder(data, { csv: ["train.csv"] });
    expect(data.asked).toEqual(["list "]);
    expect(read.isThere).toEqual(Array.from({ length: 40 }, (_, i) => i >= 10));
    for (data.order = 2; data.order < 11; data.order += 1) {
      const again = await readFolder(data, { csv: ["train.csv"] });
      expect(encodeManifest(again.manifest)).toEqual(encodeManifest(read.manifest));
    }
  });

  test.each<[string, Record<string, string>, string]>([
    [
      "that lie there twice are an error that says where their row stands, and names no path",
      { [`a/${filmPath(3)}`]: "film", [`b/${filmPath(3)}`]: "film", [`b/${filmPath(4)}`]: "film" },
      "train.csv line 5: 2 files in 2 folders may be its film; expected one",
    ],
    [
      "that two rows mean are an error",
      {
        [filmPath(3)]: "film",
        "train.csv": [HEADER, csvRow(filmPath(3)), csvRow(filmPath(3).replace(".jpg", ".JPG"))].join("\n"),
      },
      "train.csv line 3: its film is the one of train.csv line 2, expected one of its own",
    ],
  ])("%s", async (_, files, message) => {
    const folder = await sourceFolder({ "train.csv": CSV, ...files });
    const run = await dataRun(folder.uri);
    await expect(run.call("validate")).rejects.toThrow(message);
    expect(await run.failure("validate")).toMatchObject({ code: "films", exitCode: 64 });
  });
});

const LEAVE_OUT = { data: { missing: "leave-out" } } as const;

describe("films that are not there", () => {
  const partOf = async (patients: number, missing: readonly number[]) => {
    const source = await dataSet(patients);
    const absent = missing.map((patient) => csvRow(filmPath(1000 + patient), new Array(14).fill("1.0")));
    await source.write("train.csv", [HEADER, ...absent, ...source.rows].join("\n"));
    return source;
  };
  const range = (count: number) => Array.from({ length: count }, (_, i) => i);

  test("end the run at its first step, before any is read, with the counts and both ways on", async () => {
    const source = await partOf(20, range(300));
    const run = await dataRun(source.uri);
    await expect(run.call("validate")).rejects.toThrow(
      `train.csv line 2: its film is missing, and so are 299 others (30 of 330 films are there); expected all but 5 % (prepare.maxSetAsideShare). Two ways on: leave them out with --leave-out-missing, or "data": { "missing": "leave-out" } in the configuration, which makes the run of the films that are there; or put them into ${source.uri}: train/ (300)`,
    );
    expect(await run.failure("validate")).toMatchObject({ code: "films", exitCode: 64 });
    expect(await run.objects("datasets")).toEqual([]);
  });

  test("of NIH are named by the archives that they are published in", async () => {
    const header = "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position";
    const names = ["00000001_000", "00001335_006", "00001336_000", "00003923_013", "00003923_014", "00028173_003"];
    const row = (name: string) => `${name}.png,Effusion,0,${name.slice(0, 8)},58,M,PA`;
    const folder = await sourceFolder({
      "Data_Entry_2017.csv": [header, ...[...names, "00030805_000"].map(row)].join("\n"),
      "images_001/images/00000001_000.png": "film",
    });
    await expect((await dataRun(folder.uri)).call("validate")).rejects.toThrow(
      /: images_001 \(1\), images_002 \(2\), images_003 \(1\), images_012 \(2\)$/,
    );
  });

  test("are unreadable films where they are few, as before", async () => {
    const source = await partOf(20, [1]);
    const run = await dataRun(source.uri);
    await run.call("validate");
    await run.call("plan");
    await run.work("prepare");
    await run.call("merge");
    expect(await readDocument(run.rooms.runs, run.keys.validation, Validation)).toMatchObject({
      rows: 31,
      films: { there: 30, missing: 1 },
    });
  });

  test("can be left out: plan, split and pinned test set are of those that are there, and more films are another run", async () => {
    const source = await partOf(20, range(300));
    const run = await dataRun(source.uri, LEAVE_OUT);
    await run.call("validate");
    await run.call("plan");
    const plan = await readDocument(run.rooms.runs, run.keys.plan, Plan);
    expect(plan.rows).toEqual({ read: 330, used: 30, leftOut: { "no film": 300 } });
    expect(Object.values(plan.patients).reduce((sum, n) => sum + n)).toBe(20);
    const testSet = await readDocument(run.rooms.runs, run.keys.testSet, TestSet);
    expect(testSet.patients).toHaveLength(plan.patients.test);
    expect(testSet.patients.every((patient) => Number(patient.slice(-5)) <= 20)).toBe(true);
    await run.work("prepare");
    await run.call("merge");

    expect((await dataRun(source.uri, LEAVE_OUT, run.store)).request.run).toBe(run.request.run);
    for (const i of range(40)) await source.write(filmFile(filmPath(1000 + i)), await film(5000 + i));
    const grown = await dataRun(source.uri, LEAVE_OUT, run.store);
    expect(grown.request.run).not.toBe(run.request.run);
    await grown.call("validate");
    await grown.call("plan");
    expect((await readDocument(grown.rooms.runs, grown.keys.plan, Plan)).rows).toMatchObject({ used: 70 });
    expect(await readDocument(grown.rooms.runs, grown.keys.testSet, TestSet)).toMatchObject({
      patients: expect.arrayContaining([...testSet.patients]),
    });
    expect(await grown.work("prepare")).toMatchObject({ films: 70, decoded: 40 });
  });

  test("are no reason for another run where all are there", async () => {
    const source = await dataSet(20);
    const [kept, left] = [await dataRun(source.uri), await dataRun(source.uri, LEAVE_OUT)];
    expect(left.request.fingerprint).toBe(kept.request.fingerprint);
  });

  test("none at all is no run, by either way", async () => {
    const source = await sourceFolder({ "train.csv": [HEADER, csvRow(filmPath(1))].join("\n") });
    for (const config of [{}, LEAVE_OUT]) {
      await expect((await dataRun(source.uri, config)).call("validate")).rejects.toThrow(
        "train.csv line 2: none of the file's films is there (0 of 1); expected them in file:///",
      );
    }
  });
});
