import { describe, expect, test } from "vitest";
import { FindingBoxes } from "../../../lib/contracts/boxes.ts";
import { datasetKeys } from "../../../lib/contracts/layout.ts";
import { Plan } from "../../../lib/contracts/plan.ts";
import { Validation } from "../../../lib/contracts/validation.ts";
import { decodeTable, encodeTable } from "../../../lib/data/arrow-columns.ts";
import { ASSIGNMENT_COLUMNS, MANIFEST_COLUMNS } from "../../../lib/data/film-columns.ts";
import { loadManifest } from "../../../lib/data/manifest.ts";
import { findDocument, readDocument } from "../../../lib/store/documents.ts";
import { type ConfigInput, dataRun } from "./data-run.ts";
import { sourceFolder } from "./source-folder.ts";

const HEADER =
  "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Sex,View Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]";
const FILMS = Array.from({ length: 40 }, (_, i) => `${String(1 + (i >> 1)).padStart(8, "0")}_00${i % 2}.png`);
const row = (film: string, i: number): string =>
  `${film},${i % 3 === 0 ? "Effusion|Pneumonia" : "No Finding"},${film.slice(9, 12)},${film.slice(0, 8)},58,${i % 2 ? "M" : "F"},PA,2500,2048,0.168,0.168`;

/** What people have who downloaded everything that is about these films. */
const EVERYTHING: Record<string, string> = {
  "Data_Entry_2017_v2020.csv": [HEADER, ...FILMS.map(row)].join("\n"),
  "BBox_List_2017.csv": [
    "Image Index,Finding Label,Bbox [x,y,w,h],,,",
    `${FILMS[0]},Pneumonia,100,200,300,400,,,`,
    `${FILMS[0]},Infiltrate,100,200,300,400,,,`,
  ].join("\n"),
  "train_val_list.txt": `${FILMS.slice(0, 30).join("\r\n")}\n99999999_000.png\n`,
  "test_list.txt": FILMS.slice(30).join("\n"),
  // Google's, which have other labels of the same films.
  "four_findings_expert_labels_test_labels.csv": [
    `${HEADER.replace("Sex", "Gender")},Fracture,Pneumothorax,Airspace opacity,Nodule or mass,Set Id`,
    ...FILMS.slice(0, 5).map((film) => `${row(film, 1)},NO,YES,NO,NO,test`),
  ].join("\r\n"),
  "four_findings_expert_labels_individual_readers.csv": "Image ID,Reader ID,Fracture\na,b,NO\n",
  "README_ChestXray.txt": "Image Index, a text",
  "notes/ward.csv": "when,who\n",
  ...Object.fromEntries(FILMS.map((film, i) => [`images_${i < 20 ? "001" : "002"}/images/${film}`, "film"])),
};

async function planned(files: Record<string, string>, config: ConfigInput = {}) {
  const run = await dataRun((await sourceFolder(files)).uri, config);
  await run.call("validate");
  await run.call("plan");
  const { part } = decodeTable(ASSIGNMENT_COLUMNS, await run.rooms.runs.get(run.keys.assignments), "assignments");
  return { run, part, plan: await readDocument(run.rooms.runs, run.keys.plan, Plan) };
}

const AS_GIVEN: ConfigInput = { split: "as-given" };

describe("NIH's folder, as it is downloaded", () => {
  test("is read by its files' columns: the films' list, the boxes and the lists of its division; other tables are named", async () => {
    const { run } = await planned(EVERYTHING);
    expect(run.request).toMatchObject({
      csv: ["Data_Entry_2017_v2020.csv"],
      beside: ["BBox_List_2017.csv", "test_list.txt", "train_val_list.txt"],
      passedOver: [
        "four_findings_expert_labels_individual_readers.csv",
        "four_findings_expert_labels_test_labels.csv",
        "notes/ward.csv",
      ],
    });
    expect(await readDocument(run.rooms.runs, run.keys.validation, Validation)).toMatchObject({
      rows: 40,
      films: { there: 40, missing: 0 },
      boxes: 1,
      boxesLeftOut: 1,
      passedOver: run.request.passedOver!,
    });
    const { boxes } = (await findDocument(
      run.rooms.datasets,
      datasetKeys(run.request.fingerprint).boxes,
      FindingBoxes,
    ))!;
    expect(boxes).toEqual([
      {
        ...{ row: 0, observation: "Pneumonia", x: 100, y: 200, width: 300, height: 400 },
        of: { width: 1024, height: 1024 },
      },
    ]);
  });

  test.each<[string, (text: string) => string]>([
    ["as published", (text) => text],
    ["of films that are of another kind here", (text) => text.replaceAll(".png", ".JPG")],
    ["with folders", (text) => text.replaceAll(/^(?=\d)/gm, "images/")],
    ["with a byte-order mark", (text) => `\ufeff${text}`],
  ])("its own division, %s, is the test part where the split is as given", async (_, change) => {
    const lists = ["train_val_list.txt", "test_list.txt"];
    const changed = Object.fromEntries(lists.map((name) => [name, change(EVERYTHING[name]!)]));
    const { part, plan } = await planned({ ...EVERYTHING, ...changed }, AS_GIVEN);
    expect(plan).toMatchObject({ division: "as-given", parts: { test: 10 }, leakage: { testPatientsInTraining: 0 } });
    expect(part.slice(30)).toEqual(new Array(10).fill("test"));
    expect(part.slice(0, 30)).not.toContain("test");
  });

  test.each<[string, Record<string, string>, string]>([
    [
      "a patient on both sides",
      { "test_list.txt": FILMS.slice(31).join("\n") },
      "1 of 5 test patients are also in the training part",
    ],
    ["no film in the test list", { "test_list.txt": "" }, "list beside (test_list.txt) says valid or test"],
    [
      "a film in both lists",
      { "test_list.txt": FILMS.slice(29).join("\n") },
      "train_val_list.txt line 30: a film that another list puts in the test part, expected it in one",
    ],
  ])("%s is an error", async (_, files, message) => {
    await expect(planned({ ...EVERYTHING, ...files }, AS_GIVEN)).rejects.toThrow(message);
  });

  test("another list is another data set, since its rows are divided otherwise", async () => {
    const [one, other] = [EVERYTHING, { ...EVERYTHING, "test_list.txt": FILMS.slice(36).join("\n") }];
    const prints = await Promise.all(
      [one, other].map(async (files) => (await dataRun((await sourceFolder(files)).uri)).request.fingerprint),
    );
    expect(new Set(prints).size).toBe(2);
  });
});

test("a manifest from before rows had a division is read", async () => {
  const { run } = await planned(EVERYTHING);
  const key = datasetKeys(run.request.fingerprint).manifest;
  const manifest = await loadManifest(run.rooms.datasets, key);
  const { division: _, ...earlier } = MANIFEST_COLUMNS;
  await run.rooms.datasets.put(key, encodeTable(earlier, manifest));
  expect(await loadManifest(run.rooms.datasets, key)).toEqual({ ...manifest, division: FILMS.map(() => null) });
});
