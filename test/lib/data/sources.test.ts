import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { RunConfig } from "../../../lib/contracts/run-config.ts";
import { readManifest } from "../../../lib/data/manifest.ts";
import { prepareRequest } from "../../../lib/data/request.ts";
import { BLANK, NOT_LABELLED } from "../../../lib/domain/label-policy.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { openStore } from "../../../lib/store/open.ts";
import { csvRow, filmFile, filmPath, HEADER, sourceFolder } from "./source-folder.ts";

const NIH_HEADER =
  "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y],";
const NIH = [
  NIH_HEADER,
  "00000001_000.png,Cardiomegaly|Emphysema,000,00001,058Y,M,PA,2682,2749,0.143,0.143,",
  "00000001_001.png,No Finding,001,00001,58,F,AP,2682,2749,0.143,0.143",
  "00000002_000.png,Mass|Nodule|Pleural_Thickening,000,00002,414Y,F,PA,2500,2048,0.168,0.168,",
].join("\n");

const MIMIC_METADATA = [
  "dicom_id,subject_id,study_id,PerformedProcedureStepDescription,ViewPosition,Rows,Columns",
  'aa-01,10000032,50414267,"CHEST (PA AND LAT)",PA,3056,2544',
  "aa-02,10000032,50414267,CHEST,LATERAL,3056,2544",
  "bb-01,10000033,50414267,CHEST,AP,3056,2544",
  "cc-01,10000034,50000001,CHEST,,3056,2544",
].join("\n");
const mimicLabels = (rows: Record<string, Record<string, string>>) =>
  [
    `subject_id,study_id,${OBSERVATIONS.toReversed().join(",")}`,
    ...Object.entries(rows).map(
      ([id, labels]) => `${id},${OBSERVATIONS.toReversed().map((name) => labels[name] ?? "")}`,
    ),
  ].join("\n");
const MIMIC_LABELS = mimicLabels({
  "10000032,50414267": { Edema: "1.0", Fracture: "-1.0" },
  "10000033,50414267": { Edema: "0.0" },
});

const config = RunConfig.parse({ name: "many", model: { network: "densenet-mini" } });

describe("NIH ChestX-ray14", () => {
  const read = async (text: string, film = "images_002/images/00000001_000.png") => {
    const folder = await sourceFolder({ "Data_Entry_2017.csv": text, [film]: "film" });
    return readManifest(openStore(folder.uri), ["Data_Entry_2017.csv"]);
  };

  test("findings become labels; what its labeller never looked for is not labelled", async () => {
    const manifest = await read(NIH);
    expect(manifest).toMatchObject({
      patient: ["00001", "00001", "00002"],
      study: ["000", "001", "000"],
      source: new Array(3).fill("NIH-ChestX-ray14"),
      view: new Array(3).fill("frontal"),
      projection: ["PA", "AP", "PA"],
      sex: ["Male", "Female", "Female"],
      age: Int16Array.of(58, 58, -1),
      film: ["images_002/images/00000001_000.png", "00000001_001.png", "00000002_000.png"],
      Cardiomegaly: Int8Array.of(1, 0, 0),
      "No Finding": Int8Array.of(0, 1, 0),
      "Lung Lesion": Int8Array.of(0, 0, 1),
    });
    const never = [
      "Enlarged Cardiomediastinum",
      "Lung Opacity",
      "Pleural Other",
      "Fracture",
      "Support Devices",
    ] as const;
    for (const name of never) {
      expect(manifest[name], name).toEqual(new Int8Array(3).fill(NOT_LABELLED));
    }
  });

  test.each([
    [
      "an unknown finding",
      "00000001_000.png,Mass|Cold,0,1,58,M,PA,1,1,1,1",
      "a finding is a text of 4 characters, expected No Finding",
    ],
    ["a path up", "../x.png,Mass,0,1,58,M,PA,1,1,1,1", "Image Index leaves its folder"],
    ["no patient", "00000001_000.png,Mass,0,,58,M,PA,1,1,1,1", 'Patient ID is "", expected a number'],
    ["a cell more", "00000001_000.png,Mass,0,1,58,M,PA,1,1,1,1,,", "13 cells, expected 11"],
  ])("%s is refused", async (_, row, message) => {
    await expect(read(`${NIH_HEADER}\n${row}`)).rejects.toThrow(`Data_Entry_2017.csv line 2: ${message}`);
  });
});

describe("MIMIC-CXR-JPG", () => {
  const files = (labels: Record<string, string>) => ({
    "mimic-cxr-2.0.0-metadata.csv": MIMIC_METADATA,
    "files/p10/p10000032/s50414267/aa-01.jpg": "film",
    ...labels,
  });

  test("films take the labels of their patient's study; one without a row of them is not labelled, nor what no row has", async () => {
    const folder = await sourceFolder(files({ "mimic-cxr-2.0.0-chexpert.csv": MIMIC_LABELS }));
    const request = await prepareRequest(folder.uri, config);
    expect(request.csv).toEqual(["mimic-cxr-2.0.0-chexpert.csv", "mimic-cxr-2.0.0-metadata.csv"]);
    expect(await readManifest(openStore(folder.uri), request.csv)).toMatchObject({
      film: [
        "files/p10/p10000032/s50414267/aa-01.jpg",
        "files/p10/p10000032/s50414267/aa-02.jpg",
        "files/p10/p10000033/s50414267/bb-01.jpg",
        "files/p10/p10000034/s50000001/cc-01.jpg",
      ],
      patient: ["10000032", "10000032", "10000033", "10000034"],
      view: ["frontal", "lateral", "frontal", "other"],
      Edema: Int8Array.of(1, 1, 0, NOT_LABELLED),
      Fracture: Int8Array.of(-1, -1, BLANK, NOT_LABELLED),
      Pneumonia: new Int8Array(4).fill(NOT_LABELLED),
    });
  });

  test("as it is published: gzipped, with another labeller's file beside, whose labels are not taken", async () => {
    const folder = await sourceFolder({
      "mimic-cxr-2.0.0-metadata.csv.gz": gzipSync(MIMIC_METADATA),
      "mimic-cxr-2.0.0-chexpert.csv.gz": gzipSync(MIMIC_LABELS),
      "mimic-cxr-2.0.0-negbio.csv.gz": gzipSync(mimicLabels({ "10000032,50414267": { Edema: "0.0" } })),
      "mimic-cxr-2.0.0-split.csv.gz": gzipSync("dicom_id,study_id,subject_id,split\naa-01,50414267,10000032,train\n"),
      "files/p10/p10000032/s50414267/aa-01.jpg": "film",
    });
    const request = await prepareRequest(folder.uri, config);
    expect(await readManifest(openStore(folder.uri), request.csv)).toMatchObject({
      Edema: Int8Array.of(1, 1, 0, NOT_LABELLED),
    });
  });

  test("labels that are missing, or there twice, are an error that says so", async () => {
    const read = async (labels: Record<string, string>) => {
      const folder = await sourceFolder(files(labels));
      return readManifest(openStore(folder.uri), ["mimic-cxr-2.0.0-metadata.csv", ...Object.keys(labels)]);
    };
    await expect(read({})).rejects.toThrow("metadata.csv: no file with the labels of MIMIC-CXR-JPG beside it");
    await expect(read({ "a.csv": MIMIC_LABELS, "b.csv": MIMIC_LABELS })).rejects.toThrow("a.csv and b.csv, 2 files");
    const wrong = { "a.csv": mimicLabels({ "10000032,50414267": { Edema: "2" } }) };
    await expect(read(wrong)).rejects.toThrow('a.csv line 2: Edema is "2", expected 1, 0, -1, NA or blank');
  });
});

test("several sources at once, each in its folder: patients and films of the same name are kept apart", async () => {
  const chexpert = [HEADER, csvRow(filmPath(1))].join("\n");
  const folder = await sourceFolder({
    "a/train.csv": chexpert,
    [`a/${filmFile(filmPath(1))}`]: "film",
    "b/train.csv": chexpert,
    [`b/${filmPath(1)}`]: "film",
    "nih/Data_Entry_2017.csv": NIH,
    "nih/BBox_List_2017.csv": "Image Index,Finding Label,Bbox\n",
    "nih/images/00000001_000.png": "film",
    "mimic/metadata.csv": MIMIC_METADATA,
    "mimic/labels.csv": MIMIC_LABELS,
    "mimic/files/p10/p10000032/s50414267/aa-01.jpg": "film",
  });
  const { csv } = await prepareRequest(folder.uri, config);
  expect(csv).toEqual([
    ...["a/train.csv", "b/train.csv", "mimic/labels.csv", "mimic/metadata.csv", "nih/Data_Entry_2017.csv"],
  ]);
  const manifest = await readManifest(openStore(folder.uri), csv);
  expect(new Set(manifest.source)).toEqual(
    new Set(["a/sample", "b/sample", "mimic/MIMIC-CXR-JPG", "nih/NIH-ChestX-ray14"]),
  );
  expect(manifest.duplicateOf).toEqual(new Array(9).fill(null));
  expect(manifest.film.slice(0, 3)).toEqual([
    `a/${filmFile(filmPath(1))}`,
    `b/${filmPath(1)}`,
    "mimic/files/p10/p10000032/s50414267/aa-01.jpg",
  ]);
  expect(manifest.film[6]).toBe("nih/images/00000001_000.png");
});
