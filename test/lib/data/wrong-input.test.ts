import { describe, expect, test } from "vitest";
import { Dataset } from "../../../lib/contracts/dataset.ts";
import { TestSet } from "../../../lib/contracts/test-set.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import { readDocument } from "../../../lib/store/documents.ts";
import { openStore } from "../../../lib/store/open.ts";
import { dataRun } from "./data-run.ts";
import { csvRow, dataSet, film, filmFile, filmPath, HEADER } from "./source-folder.ts";

const STACK = /\n\s+at |Error:/;

describe("a CSV file that is wrong ends the run at its first step: exit 64, nothing written", () => {
  const labels = (first: string, count = 14) => [first, ...new Array(count - 1).fill("0.0")];
  test.each([
    [
      "a missing column",
      [HEADER.replace("Path,", ""), "x"],
      "line 1: nearest to CheXpert's form, but column Path is missing",
    ],
    [
      "13 labels",
      [HEADER, csvRow(filmPath(1), labels("1", 13))],
      "line 2: 18 cells, expected 19 (13 labels, expected 14)",
    ],
    [
      "a label 2",
      [HEADER, csvRow(filmPath(1), labels("2"))],
      'line 2: No Finding is "2", expected 1, 0, -1, NA or blank',
    ],
    [
      "a path with ..",
      [HEADER, csvRow("../patient1/study1/view1_frontal.jpg")],
      "line 2: Path leaves its folder, expected",
    ],
  ])("%s", async (_, lines, message) => {
    const source = await dataSet(2);
    await source.write("train.csv", lines.join("\n"));
    const run = await dataRun(source.uri);
    const error = (await run.call("validate").catch((e: unknown) => e)) as InputError;
    expect(error).toBeInstanceOf(InputError);
    expect([error.name, error.exitCode]).toEqual(["InputError", 64]);
    expect(error.message).toContain(`train.csv ${message}`);
    expect(error.message).not.toMatch(STACK);
    expect(await run.failure("validate")).toMatchObject({ code: "csv", message: error.message, exitCode: 64 });
    expect(await run.objects("datasets")).toEqual([]);
    const told = [run.keys.failure("validate"), run.keys.stepProgress("validate"), run.keys.request];
    expect(await run.objects("runs")).toEqual(told);
  });
});

test("weights to start from that are not in the store end the run at its first step", async () => {
  const source = await dataSet(2);
  const run = await dataRun(source.uri, {
    model: { network: "densenet121", channels: 3, weights: { from: "imagenet" } },
  });
  const error = (await run.call("validate").catch((e: unknown) => e)) as InputError;
  expect([error.name, error.exitCode]).toEqual(["InputError", 64]);
  expect(error.message).toContain("no ImageNet weights of densenet121 there");
  expect(await run.failure("validate")).toMatchObject({ code: "no-weights", exitCode: 64 });
});

/** Makes one film of a folder wrong. */
const WRONG_FILMS: Record<string, { bytes: () => Promise<Uint8Array | null>; code: string; reason: string }> = {
  "a missing film": { bytes: async () => null, code: "film-missing", reason: "no such film" },
  "an empty file": { bytes: async () => new Uint8Array(), code: "film-empty", reason: "the file is empty" },
  "text named .jpg": {
    bytes: async () => Buffer.from("this is no film\n".repeat(9)),
    code: "unsupported-media",
    reason: "the file is no picture read here; expected PNG, JPEG, TIFF, WebP or DICOM",
  },
  "a truncated PNG": {
    bytes: async () => {
      const { default: sharp } = await import("sharp");
      const whole = await sharp(await film(1))
        .png()
        .toBuffer();
      return whole.subarray(0, whole.length >> 1);
    },
    code: "film-truncated",
    reason: "the file ends before its picture does; was it copied whole? (PNG)",
  },
  "half a JPEG with its end mark": {
    bytes: async () => {
      const whole = await film(1);
      return Buffer.concat([whole.subarray(0, whole.length >> 1), Buffer.of(0xff, 0xd9)]);
    },
    code: "film-truncated",
    reason: "the file ends before its picture does; was it copied whole? (JPEG)",
  },
};

async function sourceWithWrongFilms(patients: number) {
  const source = await dataSet(patients);
  const extra: string[] = [];
  let patient = 900;
  for (const { bytes } of Object.values(WRONG_FILMS)) {
    const path = filmPath(patient++);
    extra.push(csvRow(path));
    const content = await bytes();
    if (content) await source.write(filmFile(path), content);
  }
  await source.write("train.csv", [HEADER, ...source.rows, ...extra].join("\n"));
  return { source, firstWrongLine: 2 + source.rows.length };
}

describe("films that cannot be read", () => {
  test("are set aside with file, line and reason, and the run goes on", async () => {
    const { source, firstWrongLine } = await sourceWithWrongFilms(20);
    const run = await dataRun(source.uri, { prepare: { maxSetAsideShare: 0.2 } });
    await run.call("validate");
    await run.call("plan");
    const ended = await run.start("prepare");
    expect([ended.exitCode, ended.stderr]).toEqual([0, expect.not.stringMatching(STACK)]);
    await run.call("merge");
    const dataset = await readDocument(run.rooms.runs, run.keys.dataset, Dataset);
    expect(dataset.rows).toBe(30);
    expect(dataset.setAside).toEqual(
      Object.values(WRONG_FILMS).map(({ code, reason }, i) => ({
        row: 30 + i,
        file: "train.csv",
        line: firstWrongLine + i,
        code,
        reason,
      })),
    );
  });

  test("end the run where they are too many, with the first reasons: exit 64, no data set", async () => {
    const { source, firstWrongLine } = await sourceWithWrongFilms(20);
    const run = await dataRun(source.uri);
    await run.call("validate");
    await run.call("plan");
    await run.work("prepare");
    const error = (await run.call("merge").catch((e: unknown) => e)) as InputError;
    expect([error.name, error.exitCode]).toEqual(["InputError", 64]);
    expect(error.message).toBe(
      `5 of 35 films cannot be used (14.3 %), expected at most 5 % (prepare.maxSetAsideShare): train.csv line ${firstWrongLine}: no such film; train.csv line ${firstWrongLine + 1}: the file is empty; train.csv line ${firstWrongLine + 2}: the file is no picture read here; expected PNG, JPEG, TIFF, WebP or DICOM; 2 more`,
    );
    expect(await run.failure("merge")).toMatchObject({ exitCode: 64, code: "too-many-set-aside" });
    const written = await run.objects("runs");
    expect(written).not.toContain(run.keys.dataset);
    expect(written).not.toContain(run.keys.rows);

    // The same run goes on once the films are there.
    for (let patient = 900; patient < 905; patient += 1) await source.write(filmFile(filmPath(patient)), await film(1));
    await run.work("prepare");
    await run.call("merge");
    const dataset = await readDocument(run.rooms.runs, run.keys.dataset, Dataset);
    expect([dataset.rows, dataset.setAside]).toEqual([35, []]);
  });
});

describe("a split with no rows: exit 64, naming the part and what to change", () => {
  test("is found before any film is read", async () => {
    const source = await dataSet(1);
    const run = await dataRun(source.uri);
    await run.call("validate");
    const error = (await run.call("plan").catch((e: unknown) => e)) as InputError;
    expect([error.name, error.exitCode]).toEqual(["InputError", 64]);
    expect(error.message).toMatch(
      /^split with no rows: (train and test|train|test) \(train \d, .*\), expected at least one; add patients or raise split\./,
    );
    expect(await run.objects("runs")).not.toContain(run.keys.plan);
  });

  test("pins no test set: the folder is divided once it has the patients", async () => {
    const source = await dataSet(1);
    const split = { train: 1, tuning: 0, calibration: 0, test: 0 };
    const first = await dataRun(source.uri, { split });
    await first.call("validate");
    await expect(first.call("plan")).rejects.toThrow(/^split with no rows: test /);
    const grown = await dataSet(12);
    for (const row of grown.rows) {
      const path = filmFile(row.split(",")[0]!);
      await source.write(path, await openStore(grown.uri).get(path));
    }
    await source.write("train.csv", [HEADER, ...grown.rows].join("\n"));
    const second = await dataRun(source.uri, { split: { ...split, train: 0.5, test: 0.5 } }, first.store);
    await second.call("validate");
    await second.call("plan");
    expect((await readDocument(second.rooms.runs, second.keys.testSet, TestSet)).patients.length).toBeGreaterThan(0);
  });

  test("says which films the configuration leaves out", async () => {
    const source = await dataSet(6);
    const run = await dataRun(source.uri, { views: ["lateral"] });
    await run.call("validate");
    await expect(run.call("plan")).rejects.toThrow(/test 0; left out: frontal view \d+\), expected at least one/);
  });

  test("is found again once films were set aside", async () => {
    const source = await dataSet(12);
    const split = { train: 0.5, tuning: 0, calibration: 0, test: 0.5 };
    const run = await dataRun(source.uri, { split, prepare: { maxSetAsideShare: 1 } });
    await run.call("validate");
    await run.call("plan");
    for (const row of source.rows) await source.write(filmFile(row.split(",")[0]!), "no film");
    expect((await run.start("prepare")).exitCode).toBe(0);
    const error = (await run.call("merge").catch((e: unknown) => e)) as InputError;
    expect(error.message).toContain("split with no rows: train and test (train 0, tuning 0, calibration 0, test 0)");
    expect(await run.objects("runs")).not.toContain(run.keys.dataset);
  });
});
