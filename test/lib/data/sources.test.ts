import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { RunConfig } from "../../../lib/contracts/run-config.ts";
import { prepareRequest } from "../../../lib/data/request.ts";
import { BLANK, NOT_LABELLED } from "../../../lib/domain/label-policy.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { openStore } from "../../../lib/store/open.ts";
import { csvRow, filmFile, filmPath, HEADER, readManifest, sourceFolder } from "./source-folder.ts";

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
      film: ["00000001_000.png", "00000001_001.png", "00000002_000.png"].map((name) => `images_002/images/${name}`),
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

describe("the same columns and cells in other words", () => {
  const readFile = async (name: string, text: string) => {
    const films = { "00000001_000.png": "film", [filmFile(filmPath(1))]: "film" };
    const folder = await sourceFolder({ [name]: text, ...films });
    const files = (await prepareRequest(folder.uri, config)).csv;
    return readManifest(openStore(folder.uri), files);
  };
  const cased = (text: string, header: (name: string) => string): string => {
    const [names, ...rows] = text.split("\n");
    return [names!.split(",").map(header), ...rows].join("\n");
  };

  test.each<[string, (text: string) => string]>([
    ["the edition of 2020", (text) => text.replace("Patient Gender", "Patient Sex")],
    ["sex alone", (text) => text.replace("Patient Gender", "Sex").replace("Patient Age", "Age")],
    ["in lower case", (text) => cased(text, (name) => name.toLowerCase())],
    ["with spaces", (text) => cased(text, (name) => (name === "" ? "" : ` ${name} `))],
    ["with underscores", (text) => cased(text, (name) => name.replaceAll(" ", "_"))],
    ["without spaces", (text) => cased(text, (name) => name.replaceAll(" ", ""))],
    ["quoted", (text) => cased(text, (name) => `"${name}"`)],
    ["with a byte-order mark and CRLF", (text) => `\ufeff${text.replaceAll("\n", "\r\n")}`],
    [
      "with an index",
      (text) =>
        text
          .split("\n")
          .map((row, i) => `${i},${row}`)
          .join("\n"),
    ],
    ["sexes by word", (text) => text.replaceAll(",M,", ",male,").replaceAll(",F,", ", Female,")],
    ["findings by word", (text) => text.replaceAll("Pleural_Thickening", "pleural thickening ")],
    ["ages with a point", (text) => text.replace(",58,F", ",58.0,F").replace("058Y", "058y")],
  ])("NIH ChestX-ray14, %s", async (_, change) => {
    const plain = await readFile("Data_Entry_2017.csv", NIH);
    const { file: _file, film: _film, ...read } = await readFile("Data_Entry_2017_v2020.csv", change(NIH));
    expect(plain).toMatchObject(read);
  });

  const rows = (labels: (k: number) => string, cells = {}): string =>
    [
      HEADER,
      csvRow(
        filmPath(1),
        OBSERVATIONS.map((_, k) => labels(k)),
        cells,
      ),
    ].join("\n");
  const LABELS = ["1.0", "0.0", "-1.0", ""];
  const CHEXPERT = rows((k) => LABELS[k % 4]!);
  test.each<[string, string]>([
    ["an earlier labeller's Airspace Opacity", CHEXPERT.replace("Lung Opacity", "Airspace Opacity")],
    ["in lower case", cased(CHEXPERT, (name) => name.toLowerCase())],
    ["with other signs", cased(CHEXPERT, (name) => name.replaceAll(/[ /]/g, "_"))],
    [
      "another order",
      rows((k) => LABELS[k % 4]!)
        .split("\n")
        .map((row) => row.split(",").reverse().join(","))
        .join("\n"),
    ],
    ["sex by letter", rows((k) => LABELS[k % 4]!, { sex: "F" })],
    [
      "sex in lower case, view in upper",
      rows((k) => LABELS[k % 4]!, { sex: "female", view: "FRONTAL", projection: "ap" }),
    ],
    ["blanks written out", rows((k) => LABELS[k % 4]! || "nan")],
    ["blanks written out otherwise", rows((k) => LABELS[k % 4]! || " NaN")],
    ["whole numbers with spaces", rows((k) => ({ "1.0": " 1", "0.0": "0 ", "-1.0": " -1 " })[LABELS[k % 4]!] ?? " ")],
    ["a column of gender", CHEXPERT.replace("Sex", "Gender").replace("Age", "Patient Age")],
  ])("CheXpert, %s", async (_, text) => {
    const plain = await readFile("labels.csv", CHEXPERT);
    expect(await readFile("labels.csv", text)).toEqual(plain);
  });

  test("what a program writes for nothing is nothing: sex, age and projection", async () => {
    const manifest = await readFile(
      "labels.csv",
      rows(() => "", { sex: "nan", age: "NaN", projection: "nan" }),
    );
    expect(manifest).toMatchObject({ sex: ["Unknown"], age: Int16Array.of(-1), projection: [""] });
  });

  test("a column that is there by its own name is not read by another", async () => {
    const text = NIH.replaceAll("\n", "\nX").replace("Image Index", "Sex,Image Index").replaceAll("\nX", "\nX,");
    expect(await readFile("Data_Entry_2017.csv", text)).toMatchObject({ sex: ["Male", "Female", "Female"] });
  });

  test("a word in another case makes no data set", async () => {
    const folder = await sourceFolder({ "notes.csv": "path,note\na,b\n", "labels.csv": CHEXPERT });
    expect((await prepareRequest(folder.uri, config)).csv).toEqual(["labels.csv"]);
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
