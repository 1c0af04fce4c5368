import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Plan } from "../../../lib/contracts/plan.ts";
import { findDataFiles } from "../../../lib/data/data-files.ts";
import type { Manifest } from "../../../lib/data/film-columns.ts";
import { readFolder, readLabels } from "../../../lib/data/manifest.ts";
import { BLANK, NOT_LABELLED } from "../../../lib/domain/label-policy.ts";
import { OBSERVATIONS, type Observation } from "../../../lib/domain/observations.ts";
import { readDocument } from "../../../lib/store/documents.ts";
import { openStore } from "../../../lib/store/open.ts";
import { type ConfigInput, dataRun } from "./data-run.ts";
import { film, HEADER, sourceFolder } from "./source-folder.ts";

const read = (text: string): Promise<Manifest> =>
  readLabels([
    {
      name: "films.csv",
      folder: "",
      async *stream() {
        yield Buffer.from(text);
      },
    },
  ]);

const labelsOf = (manifest: Manifest, row: number): Partial<Record<Observation, number>> =>
  Object.fromEntries(
    OBSERVATIONS.flatMap((name) => (manifest[name][row] === NOT_LABELLED ? [] : [[name, manifest[name][row]!]])),
  );

describe("a table of somebody's own", () => {
  test("has any of the columns that are known, by whatever usual name, and any of the observations", async () => {
    const manifest = await read(
      [
        "id,filename,Patient ID,Study Date,view position,GENDER,age,split,Effusion,cardiomegaly,remarks",
        '1,a.png,Ä 7,2020-01-02,AP Supine,f,050Y,validation,1,no,"lies, still"',
        "2,films\\b.PNG,8,,LATERAL,M,11M,train,-1,,",
        "3,C:\\scans\\c.dcm,8,,Axial,,90+,,NA,yes,",
      ].join("\n"),
    );
    expect(manifest).toMatchObject({
      path: ["a.png", "films/b.PNG", "scans/c.dcm"],
      source: ["", "", ""],
      patient: ["Ä 7", "8", "8"],
      study: ["2020-01-02", "films/b.PNG", "scans/c.dcm"],
      view: ["frontal", "lateral", "other"],
      projection: ["AP", "", ""],
      sex: ["Female", "Male", "Unknown"],
      age: Int16Array.of(50, 0, 90),
      division: ["valid", "train", null],
    });
    expect([0, 1, 2].map((row) => labelsOf(manifest, row))).toEqual([
      { Cardiomegaly: 0, "Pleural Effusion": 1 },
      { Cardiomegaly: BLANK, "Pleural Effusion": -1 },
      { Cardiomegaly: 1 },
    ]);
  });

  test("needs no more than films and a label: each is frontal, and a patient of its own unless its path names one", async () => {
    const manifest = await read("image,Edema\na.png,1\nset/patient7/study2/b.png,0\n");
    expect(manifest).toMatchObject({
      patient: ["a.png", "patient7"],
      study: ["a.png", "study2"],
      source: ["", "set"],
      view: ["frontal", "frontal"],
      sex: ["Unknown", "Unknown"],
      age: Int16Array.of(-1, -1),
    });
  });

  test("CheXpert's form less some of its columns is one", async () => {
    const manifest = await read(
      `${HEADER.replace(",Fracture", "").replace(",Sex,Age", "")}\nset/train/patient1/study1/a.jpg,Lateral,,${new Array(13).fill("1.0")}\n`,
    );
    expect(manifest).toMatchObject({ patient: ["patient1"], source: ["set"], view: ["lateral"], projection: [""] });
    expect(labelsOf(manifest, 0)).toEqual(
      Object.fromEntries(OBSERVATIONS.filter((name) => name !== "Fracture").map((name) => [name, 1])),
    );
  });

  /** Films with what was found in each; of what is found in none nobody is known to have looked for it. */
  const findings = fc
    .array(
      fc.uniqueArray(fc.constantFrom<Observation>("Edema", "Pleural Effusion", "No Finding", "Fracture"), {
        minLength: 1,
      }),
      {
        minLength: 1,
        maxLength: 12,
      },
    )
    .map((films) => ({ films, named: new Set(films.flat()) }));

  test("says the same whether labels have a column each, stand in one cell, or have a row each", async () => {
    await fc.assert(
      fc.asyncProperty(
        findings,
        fc.constantFrom("|", ";", ", ", "/", " ; "),
        fc.constantFrom(
          (word: string) => word,
          (word: string) => word.toUpperCase(),
          (word: string) => word.replace(" ", "_"),
        ),
        async ({ films, named }, separator, spelt) => {
          const path = (i: number) => `${i}.png`;
          const columns = [...named];
          const each = await read(
            [
              `Path,${columns}`,
              ...films.map((found, i) => `${path(i)},${columns.map((name) => Number(found.includes(name)))}`),
            ].join("\n"),
          );
          const inCell = films.map((found, i) => `${path(i)},"${found.map(spelt).join(separator)}"`);
          const asList = films.map(
            (found, i) => `${path(i)},"[${found.map((name) => `'${spelt(name)}'`).join(", ")}]"`,
          );
          const byRow = films.flatMap((found, i) => found.map((name) => `${path(i)},${spelt(name)}`));
          for (const rows of [inCell, asList, byRow]) {
            const { line: _, ...manifest } = await read(["Path,Findings", ...rows].join("\n"));
            const { line: __, ...expected } = each;
            expect(manifest).toEqual(expected);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each(["..\\..\\x.png", "/../x.png", "C:\\..\\x.png", "./.././x.png", "a\\..\\..\\x.png", "//../x.png"])(
    "a path out of the data folder is refused, however it is written: %s",
    async (path) => {
      await expect(read(`Path,Edema\n${path},1\n`)).rejects.toThrow("films.csv line 2: Path leaves its folder");
    },
  );

  test("a path from the root of the disk is one in the data folder", async () => {
    const folder = await sourceFolder({ "own.csv": "Path,Edema\n/etc/hostname,1\n/etc/a.png,0\n", "a.png": "film" });
    const store = openStore(folder.uri);
    const { manifest, isThere } = await readFolder(store, await findDataFiles(store));
    expect(manifest.film).toEqual(["hostname", "a.png"]);
    expect(isThere).toEqual([false, true]);
  });

  test.each([
    ["PA", "frontal PA"],
    ["ap supine", "frontal AP"],
    ["AP_horizontal", "frontal AP"],
    ["Frontal", "frontal "],
    ["L", "lateral "],
    ["LL", "lateral "],
    ["Left oblique", "other "],
    ["COSTAL", "other "],
    ["", "unknown "],
  ])("a view %j is %s", async (text, expected) => {
    const { view, projection } = await read(`Path,View,Edema\na.png,${text},1\n`);
    expect(`${view[0]} ${projection[0]}`).toBe(expected);
  });

  test("a row that says nothing is not labelled, and words that are no observation are passed over", async () => {
    const manifest = await read("Path,Findings\na.png,Pneumonia/Viral\nb.png,todo\nc.png,\nd.png,Tuberculosis\n");
    expect([0, 1, 2, 3].map((row) => labelsOf(manifest, row))).toEqual([{ Pneumonia: 1 }, {}, {}, { Pneumonia: 0 }]);
  });

  test.each([
    [
      "Path,Labels\na.png,Hernia\nb.png,Scoliosis\n",
      'films.csv: no word of column Labels ("Hernia", "Scoliosis") is one of the observations',
    ],
    [
      "Path,Edema\na.png,maybe so\n",
      "films.csv line 2: Edema is a text of 8 characters, expected 1, 0, -1, NA, blank, yes or no",
    ],
    ["Path,Edema\n../a.png,1\n", "films.csv line 2: Path leaves its folder"],
    ["Path,Edema\ns3://bucket/a.png,1\n", "films.csv line 2: Path is a URL"],
    ["Path,Patient,Edema\na.png, ,1\n", "films.csv line 2: Patient is blank, expected a patient"],
    ["Path,Age,Edema\na.png,old,1\n", "films.csv line 2: Age is a text of 3 characters, expected years"],
    ["Path,Patient,Labels\na.png,1,Edema\na.png,2,Mass\n", "films.csv line 3: the film of line 2 with another patient"],
    ["Path,Edema\na.png,1\na.png,0\n", "films.csv line 3: the film of films.csv line 2 with other labels"],
  ])("%j is refused, naming line and column", async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  test.each([
    [HEADER.replace("Path,", ""), "nearest to CheXpert's form, but column Path is missing, expected Path,Sex,Age"],
    ["dicom_id,subject_id,study_id", "nearest to MIMIC-CXR-JPG's form, but column ViewPosition is missing"],
    [
      "Image Index,Patient ID,Patient Age,Patient Sex,View Position",
      "nearest to NIH ChestX-ray14's form, but columns Finding Labels, Follow-up # are missing",
    ],
    [
      "Path,ward",
      "nearest to a plain table of films, but no column of an observation, nor one of Labels; or expected a table of your own: Path,",
    ],
    ["ward,Edema", "nearest to a plain table of films, but no column Path"],
  ])("of a header %s says the nearest form and what it lacks", async (header, message) => {
    await expect(read(`${header}\n`)).rejects.toThrow(`films.csv line 1: ${message}`);
  });
});

/** The header of a public collection of films of COVID-19, and rows as it has them, shortened. */
const COVID = [
  "patientid,offset,sex,age,finding,RT_PCR_positive,survival,view,modality,date,location,folder,filename,doi,clinical_notes",
  ...Array.from({ length: 24 }, (_, i) =>
    [
      ...[1 + (i >> 1), i, "M", "65", ["Pneumonia/Viral/COVID-19", "No Finding", "Tuberculosis"][i % 3]!, "Y", "Y"],
      ...[["PA", "AP Supine", "L"][i % 3]!, "X-ray", "January 22, 2020", "Italy", "images", `film-${i}.jpeg`, ""],
      '"On January 22, 2020, he\ncame, ""walking"""',
    ]
      .map((cell) => (cell === "January 22, 2020" ? `"${cell}"` : cell))
      .join(","),
  ),
].join("\n");

const COVID_MAPPING = {
  path: "filename",
  patient: "patientid",
  study: "date",
  view: "view",
  sex: "sex",
  age: "age",
  labels: { column: "finding", separator: "/", means: { "COVID-19": "Pneumonia", Tuberculosis: "Lung Opacity" } },
} as const;

describe("a collection of films with a table of its own", () => {
  const covid = async (more: Record<string, string> = {}) => {
    const folder = await sourceFolder({ "metadata.csv": COVID, "other.csv": "a,b\n1,2\n", ...more });
    for (let i = 0; i < 24; i += 1) await folder.write(`images/film-${i}.jpeg`, await film(i));
    return folder;
  };
  const SPLIT: ConfigInput = { split: { train: 0.5, tuning: 0, calibration: 0, test: 0.5 } };
  const planned = async (uri: string, config: ConfigInput = {}) => {
    const run = await dataRun(uri, { ...SPLIT, views: ["frontal", "lateral"], ...config });
    await run.call("validate");
    await run.call("plan");
    return { run, plan: await readDocument(run.rooms.runs, run.keys.plan, Plan) };
  };
  const positives = ({ labels }: Plan, name: Observation) => labels[OBSERVATIONS.indexOf(name)]!.positive;

  test("runs as it is", async () => {
    const { run, plan } = await planned((await covid()).uri);
    expect(run.request).toMatchObject({ csv: ["metadata.csv"], passedOver: ["other.csv"] });
    expect(plan.rows).toEqual({ read: 24, used: 24, leftOut: {} });
    expect(plan.patients.train + plan.patients.test).toBe(12);
    expect([positives(plan, "Pneumonia"), positives(plan, "No Finding"), positives(plan, "Lung Opacity")]).toEqual([
      8, 8, 0,
    ]);
    expect(await run.work("prepare")).toMatchObject({ films: 24, setAside: 0 });
  });

  test("runs as a mapping says, beside it or in the configuration, and another mapping is another data set", async () => {
    const plain = await planned((await covid()).uri);
    const beside = await planned((await covid({ "hilum.columns.json": JSON.stringify(COVID_MAPPING) })).uri);
    const inConfig = await planned((await covid()).uri, { data: { columns: COVID_MAPPING } });
    for (const { run, plan } of [beside, inConfig]) {
      expect([positives(plan, "Pneumonia"), positives(plan, "Lung Opacity")]).toEqual([8, 8]);
      expect(run.request.fingerprint).not.toBe(plain.run.request.fingerprint);
    }
    expect(inConfig.plan.labels).toEqual(beside.plan.labels);
  });

  test.each([
    [{ ...COVID_MAPPING, path: "file name", sex: "sexo" }, "no column sexo, which the mapping names"],
    [{ path: "filename" }, "expected either observations, a column each, or labels"],
    [{ ...COVID_MAPPING, colour: "x" }, "colour"],
  ])("a mapping that does not fit is an error that says where", async (mapping, message) => {
    const folder = await covid({ "hilum.columns.json": JSON.stringify(mapping) });
    await expect(planned(folder.uri).then(() => "a plan")).rejects.toThrow(message);
  });
});

describe("layouts of other collections, by mappings of ten lines at most", () => {
  /** The columns that matter of each, with values as they are published. */
  const COLLECTIONS: Record<string, { table: string[]; mapping: object; films: string[]; labels: object[] }> = {
    "a list of Spanish or English labels in a cell, an index without a name, 16-bit PNG": {
      table: [
        ",ImageID,ImageDir,StudyDate_DICOM,StudyID,PatientID,PatientSex_DICOM,Projection,Labels",
        "0,a_1.png,0,20140915,1201,839860,F,PA,\"['pleural effusion', ' cardiomegaly ']\"",
        "1,b_2.png,0,20140915,1201,839860,F,L,\"['normal']\"",
        "2,c_3.png,1,20150101,1202,839861,M,AP_horizontal,\"['NSG tube', 'derrame pleural']\"",
        "3,d_4.png,1,20150101,1203,839862,M,COSTAL,[]",
      ],
      mapping: {
        path: "ImageID",
        patient: "PatientID",
        study: "StudyID",
        view: "Projection",
        sex: "PatientSex_DICOM",
        labels: { column: "Labels", means: { "derrame pleural": "Pleural Effusion" } },
      },
      films: ["0/a_1.png", "0/b_2.png", "1/c_3.png", "1/d_4.png"],
      labels: [
        { "No Finding": 0, Cardiomegaly: 1, "Pleural Effusion": 1 },
        { "No Finding": 1, Cardiomegaly: 0, "Pleural Effusion": 0 },
        { "No Finding": 0, Cardiomegaly: 0, "Pleural Effusion": 1 },
        {},
      ],
    },
    "a row a finding of each reader, DICOM without an ending in its table": {
      table: [
        "image_id,class_name,class_id,rad_id,x_min,y_min,x_max,y_max",
        "50a418,No finding,14,R11,,,,",
        "50a418,No finding,14,R15,,,,",
        "21a106,Cardiomegaly,3,R10,691,1375,1653,1831",
        "21a106,Pleural effusion,10,R9,1,2,3,4",
        "9a5094,Nodule/Mass,8,R9,1,2,3,4",
      ],
      mapping: { path: "image_id", labels: "class_name" },
      films: ["train/50a418.dicom", "train/21a106.dicom", "train/9a5094.dicom"],
      labels: [
        { "No Finding": 1, Cardiomegaly: 0, "Lung Lesion": 0, "Pleural Effusion": 0 },
        { "No Finding": 0, Cardiomegaly: 1, "Lung Lesion": 0, "Pleural Effusion": 1 },
        { "No Finding": 0, Cardiomegaly: 0, "Lung Lesion": 1, "Pleural Effusion": 0 },
      ],
    },
    "a column an observation for each of several readers, of whom most count": {
      table: [
        "image_id,rad_id,Cardiomegaly,Pleural effusion,Pneumonia",
        ...["R1,1,0,0", "R2,1,1,0", "R3,0,0,NA"].map((row) => `a,${row}`),
        ...["R1,1,0,NA", "R2,0,0,NA"].map((row) => `b,${row}`),
      ],
      mapping: {
        path: "image_id",
        observations: { Cardiomegaly: "Cardiomegaly", "Pleural Effusion": "Pleural effusion", Pneumonia: "Pneumonia" },
        reader: "rad_id",
      },
      films: ["a.dcm", "b.dcm"],
      labels: [
        { Cardiomegaly: 1, "Pleural Effusion": 0, Pneumonia: 0 },
        { Cardiomegaly: -1, "Pleural Effusion": 0 },
      ],
    },
  };

  test.each(Object.entries(COLLECTIONS))("%s", async (_, { table, mapping, films, labels }) => {
    // A line a key, and the braces.
    expect(Object.keys(mapping).length + 2).toBeLessThanOrEqual(10);
    const folder = await sourceFolder({
      "table.csv": table.join("\n"),
      "hilum.columns.json": JSON.stringify(mapping),
      ...Object.fromEntries(films.map((name) => [`images/${name}`, "film"])),
    });
    const store = openStore(folder.uri);
    const { manifest, isThere } = await readFolder(store, await findDataFiles(store));
    expect(manifest.film).toEqual(films.map((name) => `images/${name}`));
    expect(isThere).not.toContain(false);
    expect(films.map((_, row) => labelsOf(manifest, row))).toEqual(labels);
  });
});
