import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { readBoxes } from "../../../lib/data/boxes.ts";
import { findDataFiles } from "../../../lib/data/data-files.ts";
import { encodeManifest, loadManifest } from "../../../lib/data/manifest.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import { BLANK } from "../../../lib/domain/label-policy.ts";
import { MemoryStore } from "../../../lib/store/memory.ts";
import { openStore } from "../../../lib/store/open.ts";
import { blankLabels, csvRow, filmFile, filmPath, HEADER, readManifest, sourceFolder } from "./source-folder.ts";

const one = filmPath(1);
const film = { [filmFile(one)]: "film" };

const readRows = async (...rows: string[]) => {
  const folder = await sourceFolder({ ...film, "train.csv": [HEADER, ...rows].join("\n") });
  return readManifest(openStore(folder.uri), ["train.csv"]);
};

describe("manifest", () => {
  test("holds every cell, patient and study from the path, and file and line for later messages", async () => {
    const labels = ["1.0", "1", "0.0", "0", "-1.0", "-1", "", ...new Array(7).fill("")];
    const manifest = await readRows(
      csvRow(one, labels),
      "",
      csvRow(filmPath(2, 3), blankLabels(), { sex: "Unknown", age: "0", projection: "LL" }),
      csvRow(filmPath(3), blankLabels(), { age: "", view: "Lateral", projection: "" }),
    );
    expect(manifest).toMatchObject({
      file: ["train.csv", "train.csv", "train.csv"],
      line: Uint32Array.of(2, 4, 5),
      film: [one, filmPath(2, 3), filmPath(3)].map(filmFile),
      source: ["sample", "sample", "sample"],
      patient: ["patient00001", "patient00002", "patient00003"],
      study: ["study1", "study3", "study1"],
      view: ["frontal", "frontal", "lateral"],
      projection: ["AP", "LL", ""],
      sex: ["Female", "Unknown", "Female"],
      age: Int16Array.of(60, 0, -1),
      "No Finding": Int8Array.of(1, BLANK, BLANK),
      "Lung Lesion": Int8Array.of(-1, BLANK, BLANK),
    });
  });

  test("comes back from its file as it went in", async () => {
    const manifest = await readRows(
      csvRow(one, ["1", "-1", ...new Array(12).fill("")]),
      csvRow("sämple/patient7/study1/a.jpg"),
    );
    const store = new MemoryStore("memory://manifest");
    await store.put("m", encodeManifest(manifest));
    expect(await loadManifest(store, "m")).toEqual(manifest);
  });

  test("films are found under their path or without its first folder, for each file by what is there", async () => {
    const folder = await sourceFolder({
      ...film,
      [filmPath(2)]: "film",
      "train.csv": [HEADER, csvRow(one)].join("\n"),
      "valid.csv": [HEADER, csvRow(filmPath(9)), csvRow(filmPath(2))].join("\n"),
    });
    const manifest = await readManifest(openStore(folder.uri), ["train.csv", "valid.csv"]);
    expect(manifest.film).toEqual([filmFile(one), filmPath(9), filmPath(2)]);
  });

  test("a row that repeats another is marked; one that contradicts it is an error", async () => {
    const labels = ["1", ...new Array(13).fill("0")];
    expect((await readRows(csvRow(one, labels), csvRow(one, labels))).duplicateOf).toEqual([null, "train.csv line 2"]);
    await expect(readRows(csvRow(one, labels), csvRow(one))).rejects.toThrow(
      "train.csv line 3: the film of train.csv line 2 with other labels, expected each film once",
    );
  });

  const zeros = new Array<string>(13).fill("0");
  test.each([
    ["13 labels", csvRow(one, zeros), "18 cells, expected 19 (13 labels, expected 14)"],
    [
      "a label 2",
      csvRow(one, ["0", "2", ...zeros.slice(1)]),
      'Enlarged Cardiomediastinum is "2", expected 1, 0, -1, NA or blank',
    ],
    [
      "a label by name",
      csvRow(one, ["toString", ...zeros]),
      "No Finding is a text of 8 characters, expected 1, 0, -1, NA or blank",
    ],
    [
      "a formula",
      csvRow(one, ["=1+1", ...zeros]),
      "No Finding is a text of 4 characters, expected 1, 0, -1, NA or blank",
    ],
    ["a formula for a path", csvRow("=HYPERLINK(1)"), "Path names no patient and study"],
    ["another sex", csvRow(one, blankLabels(), { sex: "X" }), 'Sex is "X", expected Male, Female, M, F, Unknown'],
    ["half an age", csvRow(one, blankLabels(), { age: "6.5" }), 'Age is "6.5", expected whole years from 0 to 150'],
    [
      "an age in hexadecimal",
      csvRow(one, blankLabels(), { age: "0x10" }),
      "Age is a text of 4 characters, expected whole years",
    ],
    [
      "an age as a power",
      csvRow(one, blankLabels(), { age: "1e2" }),
      "Age is a text of 3 characters, expected whole years",
    ],
    ["an age of nobody", csvRow(one, blankLabels(), { age: "151" }), 'Age is "151", expected whole years'],
    [
      "another view",
      csvRow(one, blankLabels(), { view: "Oblique" }),
      "a text of 7 characters, expected Frontal or Lateral",
    ],
    [
      "another projection",
      csvRow(one, blankLabels(), { projection: "XY" }),
      "a text of 2 characters, expected AP, PA, LL, RL or blank",
    ],
    ["a path up", csvRow("a/../../patient1/study1/x.jpg"), "Path leaves its folder"],
    ["an absolute path", csvRow("/data/patient1/study1/x.jpg"), "Path is absolute"],
    ["a backslash", csvRow("a\\patient1\\study1\\x.jpg"), "Path has a backslash"],
    ["a NUL", csvRow("a/patient1/study1/x\0.jpg"), "Path has a control character"],
    ["a URL", csvRow("s3://a/patient1/study1/x.jpg"), "Path is a URL"],
    ["a drive", csvRow("C:/a/patient1/study1/x.jpg"), "Path is a URL"],
    [
      "a name of 300 letters",
      csvRow(`a/patient1/study1/${"x".repeat(300)}.jpg`),
      "Path has a name that no store takes",
    ],
    ["a name of ours", csvRow("a/patient1/study1/.hilum-lock.jpg"), "Path has a name that no store takes"],
    ["a path of 600 bytes", csvRow(`${"ä/".repeat(195)}patient1/study1/x.jpg`), "Path is longer than 512 bytes"],
    ["no path", csvRow(""), "Path is blank"],
    ["no patient", csvRow("a/study1/x.jpg"), "Path names no patient and study"],
  ])("%s is refused, naming file and line", async (_, row, message) => {
    const error = await readRows(csvRow(one), row).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(/^train\.csv line 3: /);
    expect((error as Error).message).toContain(message);
  });

  test("no row at all is refused", async () => {
    await expect(readRows()).rejects.toThrow("train.csv: no rows");
  });
});

describe("boxes", () => {
  const boxes = async (...lines: string[]) => {
    const folder = await sourceFolder({
      ...film,
      "train.csv": [HEADER, csvRow(filmPath(5)), csvRow(one)].join("\n"),
      "boxes.csv": ["Path,finding,x,y,width,height", ...lines].join("\n"),
    });
    const data = openStore(folder.uri);
    return (await readBoxes(data, ["boxes.csv"], await readManifest(data, ["train.csv"]))).boxes;
  };

  test("name the row of their film", async () => {
    expect(await boxes(`${one},Edema,1.5,-2,30,40`)).toEqual([
      { row: 1, observation: "Edema", x: 1.5, y: -2, width: 30, height: 40 },
    ]);
  });

  test("beside a source in a folder of its own are that source's, and no file of labels", async () => {
    const table = [HEADER, csvRow(one)].join("\n");
    const folder = await sourceFolder({
      [`a/${one}`]: "film",
      [`b/${one}`]: "film",
      "a/train.csv": table,
      "b/train.csv": table,
      "b/boxes.csv": ["Path,finding,x,y,width,height", `${one},Edema,1,2,3,4`].join("\n"),
    });
    const data = openStore(folder.uri);
    const { csv, beside } = await findDataFiles(data);
    expect(csv).toEqual(["a/train.csv", "b/train.csv"]);
    expect(await readBoxes(data, beside, await readManifest(data, csv))).toEqual({
      boxes: [{ row: 1, observation: "Edema", x: 1, y: 2, width: 3, height: 4 }],
      leftOut: 0,
    });
  });

  test("of films that no row names are left out", async () => {
    expect(await boxes(`${filmPath(77)},Edema,1,2,3,4`, `${one},Edema,1,2,3,4`)).toHaveLength(1);
  });

  test.each([
    [`${one},Mass,1,2,3,4`, "boxes.csv line 2: finding is a text of 4 characters, expected one of the 14 observations"],
    [`${one},Edema,1,2,0,4`, 'boxes.csv line 2: width is "0", expected a number of pixels above 0'],
    [`${one},Edema,,2,3,4`, 'boxes.csv line 2: x is "", expected a number of pixels'],
  ])("%s is refused", async (line, message) => {
    await expect(boxes(line)).rejects.toThrow(message);
  });
});

describe("NIH's list of boxes", () => {
  const SQUARE = { width: 1024, height: 1024 };
  const header = "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,a,b,c,d";
  const read = async (...lines: string[]) => {
    const films = ["00000001_000.png", "00000002_000.png"];
    const folder = await sourceFolder({
      "Data_Entry_2017.csv": [header, ...films.map((name, i) => `${name},Effusion,0,${i + 1},58,M,PA,1,1,1,1`)].join(
        "\n",
      ),
      "BBox_List_2017.csv": ["Image Index,Finding Label,Bbox [x,y,w,h],,,", ...lines, ""].join("\n"),
      "images/00000001_000.png": "film",
      "images/00000002_000.png": "film",
    });
    const data = openStore(folder.uri);
    const { csv, beside } = await findDataFiles(data);
    expect(csv).toEqual(["Data_Entry_2017.csv"]);
    return readBoxes(data, beside, await readManifest(data, csv));
  };

  test("has boxes of what it has in common with CheXpert, with commas at the end of a row or without", async () => {
    expect(
      await read(
        "00000002_000.png,Effusion,225.08,547.02,86.78,79.19,,,",
        "00000001_000.png,Nodule,1,2,3,4",
        "00000001_000.png,Infiltrate,1,2,3,4",
        "00099999_000.png,Mass,1,2,3,4",
      ),
    ).toEqual({
      boxes: [
        { row: 1, observation: "Pleural Effusion", x: 225.08, y: 547.02, width: 86.78, height: 79.19, of: SQUARE },
        { row: 0, observation: "Lung Lesion", x: 1, y: 2, width: 3, height: 4, of: SQUARE },
      ],
      leftOut: 2,
    });
  });

  test.each([
    ["00000001_000.png,Tumour,1,2,3,4", "BBox_List_2017.csv line 2"],
    ["00000001_000.png,Mass,1,2,3", "BBox_List_2017.csv line 2: x,y,w,h is"],
    ["00000001_000.png,Mass,1,2,0,4", "expected four numbers of pixels"],
  ])("%s is refused", async (line, message) => {
    await expect(read(line)).rejects.toThrow(message);
  });

  const nih = new URL("../../../../shared/nih-672/", import.meta.url);
  test.skipIf(!existsSync(nih))("real films (../shared): the boxes of its release", async () => {
    const data = openStore(pathToFileURL(decodeURI(nih.pathname)).href.replace(/\/$/, ""));
    const { csv, beside } = await findDataFiles(data);
    const { boxes, leftOut } = await readBoxes(data, beside, await readManifest(data, csv));
    // The one of an infiltrate has no counterpart here.
    expect([boxes.length, leftOut]).toEqual([22, 1]);
    expect(boxes.every(({ x, y, width, height }) => x >= 0 && y >= 0 && x + width <= 1024 && y + height <= 1024)).toBe(
      true,
    );
  });
});

const sample = new URL("../../../../shared/cxr-sample/", import.meta.url);

test.skipIf(!existsSync(sample))("real films (../shared): all 200 rows, every film and box found", async () => {
  const data = openStore(pathToFileURL(decodeURI(sample.pathname)).href.replace(/\/$/, ""));
  const manifest = await readManifest(data, ["train.csv", "valid.csv"]);
  expect(manifest.path).toHaveLength(200);
  expect(manifest.file.filter((file) => file === "train.csv")).toHaveLength(178);
  for (const film of manifest.film) expect(await data.head(film!)).toBeDefined();
  expect((await readBoxes(data, ["boxes.csv"], manifest)).boxes).toHaveLength(23);
});
