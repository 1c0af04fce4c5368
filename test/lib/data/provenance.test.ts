import { describe, expect, test } from "vitest";
import { Plan } from "../../../lib/contracts/plan.ts";
import { Validation } from "../../../lib/contracts/validation.ts";
import { readProvenance } from "../../../lib/data/provenance.ts";
import { prepareRequest } from "../../../lib/data/request.ts";
import type { InputError } from "../../../lib/domain/errors.ts";
import { kindOf } from "../../../lib/domain/provenance.ts";
import { readDocument } from "../../../lib/store/documents.ts";
import { openStore } from "../../../lib/store/open.ts";
import { dataRun } from "./data-run.ts";
import { csvRow, dataSet, filmPath, HEADER, readManifest, type SourceFolder, sourceFolder } from "./source-folder.ts";

const PHANTOMS = { name: "phantoms", kind: "phantom" };
const WARD = { name: "Ward 7", kind: "own", labeller: "two readers", licence: "none; not to be passed on" };
const NIH = [
  "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position",
  "00000001_000.png,Cardiomegaly,0,1,58,M,PA",
].join("\n");

const rowOf = (source: string) => csvRow(filmPath(1).replace("sample", source));
const pathOf = (source: string) => filmPath(1).replace("sample", source);

async function provenanceOf({ uri }: SourceFolder, csv: readonly string[]) {
  const data = openStore(uri);
  return readProvenance(data, await readManifest(data, csv));
}

describe("where films come from", () => {
  test("the file beside the CSV files goes into validation and plan", async () => {
    const source = await dataSet(12);
    await source.write("hilum.dataset.json", JSON.stringify(WARD));
    await source.write("card.json", JSON.stringify({ contact: "radiology@example.org" }));
    const run = await dataRun(source.uri);
    await run.call("validate");
    await run.call("plan");
    const told = { provenance: [WARD], statements: { contact: "radiology@example.org" } };
    expect(await readDocument(run.rooms.runs, run.keys.validation, Validation)).toMatchObject(told);
    expect(await readDocument(run.rooms.runs, run.keys.plan, Plan)).toMatchObject(told);
  });

  test("without a file, films are the user's own, and no more is said", async () => {
    const folder = await sourceFolder({ "train.csv": [HEADER, csvRow(filmPath(1))].join("\n"), [filmPath(1)]: "film" });
    expect(await provenanceOf(folder, ["train.csv"])).toEqual([{ name: "sample", kind: "own" }]);
  });

  test("known data sets know theirs, each in its folder", async () => {
    const release = "CheXpert-v1.0-small";
    const folder = await sourceFolder({
      "a/train.csv": [HEADER, rowOf(release), rowOf("feedback"), rowOf("CheXpert-like")].join("\n"),
      [`a/${pathOf(release)}`]: "film",
      "nih/Data_Entry_2017.csv": NIH,
      "nih/images/00000001_000.png": "film",
    });
    const found = await provenanceOf(folder, ["a/train.csv", "nih/Data_Entry_2017.csv"]);
    expect(found.map(({ name, kind, labeller }) => [name, kind, labeller])).toEqual([
      ["CheXpert", "public", expect.stringMatching(/^CheXpert labeller \(rule-based, from reports\)/)],
      ["feedback", "own", "readers, through the service"],
      ["CheXpert-like", "own", undefined],
      ["NIH ChestX-ray14", "public", expect.stringMatching(/^NIH text mining/)],
    ]);
  });

  test("phantoms beside films, in a folder of their own or in one list, are told as what they are", async () => {
    const folder = await sourceFolder({
      "a/train.csv": [HEADER, csvRow(filmPath(1))].join("\n"),
      [`a/${filmPath(1)}`]: "film",
      "a/hilum.dataset.json": JSON.stringify(PHANTOMS),
      "b/train.csv": [HEADER, rowOf("ward"), rowOf("drawn")].join("\n"),
      [`b/${pathOf("ward")}`]: "film",
      "b/hilum.dataset.json": JSON.stringify([WARD, { ...PHANTOMS, folder: "drawn" }]),
    });
    const found = await provenanceOf(folder, ["a/train.csv", "b/train.csv"]);
    expect(found).toEqual([PHANTOMS, WARD]);
    expect(kindOf(found)).toBe("phantom");
    expect(kindOf(await provenanceOf(folder, ["b/train.csv"]))).toBe("phantom");
  });

  test("a folder that no row is of is an error that names what is there", async () => {
    const folder = await sourceFolder({ "train.csv": [HEADER, csvRow(filmPath(1))].join("\n"), [filmPath(1)]: "film" });
    await folder.write("hilum.dataset.json", JSON.stringify({ ...PHANTOMS, folder: "sampel" }));
    await expect(provenanceOf(folder, ["train.csv"])).rejects.toThrow(
      'hilum.dataset.json: folder: no row is of "sampel", expected one of "sample"',
    );
  });
});

describe("a file that is wrong ends the run at its first step, by its name and the key", () => {
  test.each([
    ["hilum.dataset.json", "{", "hilum.dataset.json: expected JSON"],
    ["hilum.dataset.json", JSON.stringify({ name: "x" }), "hilum.dataset.json: kind: "],
    ["hilum.dataset.json", JSON.stringify({ name: "x", kind: "drawn" }), "hilum.dataset.json: kind: "],
    ["hilum.dataset.json", JSON.stringify({ ...WARD, license: "MIT" }), "license: not known here"],
    ["hilum.dataset.json", JSON.stringify([WARD, { name: "x" }]), "hilum.dataset.json: 1.kind: "],
    ["hilum.dataset.json", "[]", "hilum.dataset.json: "],
    ["card.json", JSON.stringify({ contact: "" }), "card.json: contact: "],
    ["card.json", JSON.stringify({ contcat: "x" }), "contcat: not known here"],
  ])("%s %s", async (file, content, message) => {
    const source = await dataSet(2);
    await source.write(file, content);
    const run = await dataRun(source.uri);
    const error = (await run.call("validate").catch((e: unknown) => e)) as InputError;
    expect([error.name, error.exitCode]).toEqual(["InputError", 64]);
    expect(error.message).toContain(`${file}: `);
    expect(error.message).toContain(message);
    expect(await run.objects("datasets")).toEqual([]);
  });
});

describe("another word is another run over the same shards", () => {
  test("of the file beside the CSV files and of the card's", async () => {
    const source = await dataSet(2);
    const config = (await dataRun(source.uri)).request.config;
    const names = new Set<string>();
    const fingerprints = new Set<string>();
    for (const [file, content] of [
      ["other.json", "{}"],
      ["hilum.dataset.json", JSON.stringify(WARD)],
      ["hilum.dataset.json", JSON.stringify(PHANTOMS)],
      ["card.json", JSON.stringify({ contact: "a" })],
      ["card.json", JSON.stringify({ contact: "b" })],
    ] as const) {
      await source.write(file, content);
      const { run, fingerprint } = await prepareRequest(source.uri, config);
      names.add(run);
      fingerprints.add(fingerprint);
    }
    expect([names.size, fingerprints.size]).toEqual([5, 1]);
  });

  test("one that changes while the run waits ends it", async () => {
    const source = await dataSet(2);
    const run = await dataRun(source.uri);
    await source.write("hilum.dataset.json", JSON.stringify(WARD));
    await expect(run.call("validate")).rejects.toThrow("hilum.dataset.json, card.json: changed since the run was made");
  });
});
