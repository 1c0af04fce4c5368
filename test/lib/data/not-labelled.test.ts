import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { ShardRecord, UpsamplingRecord } from "../../../lib/contracts/dataset.ts";
import { datasetKeys, LABELS, preparationName } from "../../../lib/contracts/layout.ts";
import { Plan } from "../../../lib/contracts/plan.ts";
import { StepRecord } from "../../../lib/contracts/run.ts";
import { Validation } from "../../../lib/contracts/validation.ts";
import { labelColumns, labelMatrix } from "../../../lib/data/film-columns.ts";
import { readLabels } from "../../../lib/data/manifest.ts";
import { markNotLabelled, neverLabelled } from "../../../lib/data/not-labelled.ts";
import { indexShard, readShardFilms, storeRange } from "../../../lib/data/shard-reader.ts";
import { type PreparedBatch, writeShard } from "../../../lib/data/shard-writer.ts";
import { openTrainingData, type TrainingData } from "../../../lib/data/training-data.ts";
import { BLANK, NOT_LABELLED } from "../../../lib/domain/label-policy.ts";
import { OBSERVATION_COUNT, OBSERVATIONS, observationIndex } from "../../../lib/domain/observations.ts";
import { readDocument, writeDocument } from "../../../lib/store/documents.ts";
import { python } from "../../python.ts";
import { type ConfigInput, type DataRun, dataRun } from "./data-run.ts";
import { csvRow, film, filmFile, filmPath, HEADER, type SourceFolder, sourceFolder } from "./source-folder.ts";

const read = async (...rows: readonly string[]) =>
  readLabels([
    {
      name: "train.csv",
      folder: "",
      async *stream() {
        yield Buffer.from([HEADER, ...rows].join("\n"));
      },
    },
  ]);

/** A row whose labels are `rest` but for those named. */
const row = (path: string, labels: Readonly<Record<string, string>>, rest = "0.0") =>
  csvRow(
    path,
    OBSERVATIONS.map((name) => labels[name] ?? rest),
  );

describe("what nobody looked for", () => {
  test("by film: NA; by source: what none of its rows fills, where another source's blanks stay blank", async () => {
    const of = (source: string, patient: number) => `${source}/train/patient0000${patient}/study1/a.png`;
    const manifest = await read(
      row(of("a", 1), { Edema: "NA", Fracture: "", "Lung Lesion": "NA" }),
      row(of("a", 2), { Edema: "1.0", Fracture: "", "Lung Lesion": "" }),
      row(of("b", 1), { Edema: "", Fracture: "" }),
      row(of("b", 2), { Edema: " NA ", Fracture: "-1.0" }),
    );
    const [na, b] = [NOT_LABELLED, BLANK];
    expect(manifest).toMatchObject({
      Edema: Int8Array.of(na, 1, na, na),
      Fracture: Int8Array.of(na, na, b, -1),
      "Lung Lesion": Int8Array.of(na, na, 0, 0),
      Pneumonia: Int8Array.of(0, 0, 0, 0),
    });
  });

  test("feedback from before NA was written: a blank is what the reader did not judge", async () => {
    const manifest = await read(
      row("feedback/patientp-1/study-1/view1_frontal.png", { Edema: "1.0" }, ""),
      row("feedback/patientp-2/study-2/view1_frontal.png", { Edema: "", Fracture: "0.0" }, "NA"),
      row("set/patient1/study1/view1_frontal.png", { Edema: "" }),
      row("set/patient2/study1/view1_frontal.png", { Edema: "1.0" }),
    );
    expect(manifest.Edema).toEqual(Int8Array.of(1, NOT_LABELLED, BLANK, 1));
    expect(manifest.Fracture).toEqual(Int8Array.of(NOT_LABELLED, 0, 0, 0));
  });

  test("marked twice it is the same, and no label that a source fills is lost", () => {
    const label = fc.constantFrom(1, 0, -1, BLANK, NOT_LABELLED);
    const labels = fc.array(label, { minLength: OBSERVATION_COUNT, maxLength: OBSERVATION_COUNT });
    const rows = fc.array(fc.tuple(fc.constantFrom("", "a", "b/c"), labels), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(rows, (table) => {
        const source = table.map(([name]) => name);
        const columns = { source, ...labelColumns(table.flatMap(([, values]) => values)) };
        const marked = markNotLabelled(columns, neverLabelled(columns));
        expect(markNotLabelled(marked, neverLabelled(marked))).toEqual(marked);
        labelMatrix(marked).forEach((found, i) => {
          const [name, values] = table[Math.floor(i / OBSERVATION_COUNT)]!;
          const k = i % OBSERVATION_COUNT;
          const isFilled = table.some(([other, one]) => other === name && one[k]! > BLANK);
          expect(found).toBe(isFilled ? values[k] : NOT_LABELLED);
        });
      }),
    );
  });
});

/** Twelve patients of CheXpert's form in one folder and twelve of NIH's in another. */
async function twoSources(): Promise<SourceFolder> {
  const folder = await sourceFolder();
  const chexpert = [HEADER];
  const nih = ["Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,a,b,c,d"];
  for (let patient = 1; patient <= 12; patient += 1) {
    const path = filmPath(patient);
    chexpert.push(row(path, { "Support Devices": ["1.0", "", "0.0"][patient % 3]!, Pneumonia: "1.0" }));
    await folder.write(`chexpert/${filmFile(path)}`, await film(patient));
    const name = `${String(patient).padStart(8, "0")}_000.png`;
    nih.push(`${name},${patient % 2 ? "Pneumonia" : "No Finding"},0,${patient},58,M,PA,1,1,1,1`);
    await folder.write(`nih/${name}`, await film(100 + patient));
  }
  await folder.write("chexpert/train.csv", chexpert.join("\n"));
  await folder.write("nih/Data_Entry_2017.csv", nih.join("\n"));
  return folder;
}

/** From CSV to what training reads. */
async function trained(uri: string, config: ConfigInput = {}, store?: string) {
  const run = await dataRun(uri, config, store);
  await run.call("validate");
  await run.call("plan");
  await run.work("prepare");
  await run.call("merge");
  await run.work("upsampler");
  const data = await openTrainingData(run.rooms, run.request.run);
  onTestFinished(() => data.close());
  return { run, data };
}

/** Targets of one observation's films by source. */
const targetsBy = ({ rows, targets }: TrainingData, name: (typeof OBSERVATIONS)[number], source: string) =>
  rows.source.flatMap((text, at) =>
    text.includes(source) ? [targets[at * OBSERVATION_COUNT + observationIndex(name)]!] : [],
  );

const summaryOf = async ({ rooms, keys }: DataRun, step: string, index?: number) =>
  (await readDocument(rooms.runs, keys.stepRecord(step, index), StepRecord)).summary;

describe("in a run", () => {
  test("is counted, and is nobody's negative in training, tuning or test; nor is what the configuration names", async () => {
    const folder = await twoSources();
    const notLabelled = { "nih/NIH-ChestX-ray14": ["Pneumonia" as const] };
    const { run, data } = await trained(folder.uri, { notLabelled });
    expect(targetsBy(data, "Support Devices", "nih")).toEqual(new Array(12).fill(Number.NaN));
    expect(targetsBy(data, "Support Devices", "chexpert").filter(Number.isNaN)).toEqual([]);
    expect(targetsBy(data, "Pneumonia", "nih")).toEqual(new Array(12).fill(Number.NaN));
    expect(targetsBy(data, "Pneumonia", "chexpert")).toEqual(new Array(12).fill(1));
    const plan = await readDocument(run.rooms.runs, run.keys.plan, Plan);
    const counts = { positive: 4, negative: 4, uncertain: 0, blank: 4, notLabelled: 12 };
    expect(plan.labels[observationIndex("Support Devices")]).toEqual(counts);
    const validation = await readDocument(run.rooms.runs, run.keys.validation, Validation);
    // Of NIH's: its five, and the one that is named.
    expect(validation.notLabelled!.reduce((a, b) => a + b)).toBe(6 * 12);
    expect((await summaryOf(run, "validate")).notLabelled).toBe(72);
    // A positive Pneumonia says nothing of devices in NIH's films: the share is of CheXpert's alone.
    const { alsoPositive } = await readDocument(run.rooms.runs, run.keys.upsampling, UpsamplingRecord);
    const devices = data.split.train.filter((at) => !data.rows.source[at]!.includes("nih"));
    const positive = devices.filter((at) => data.rows["Support Devices"][at] === 1);
    expect(alsoPositive[observationIndex("Pneumonia")]![observationIndex("Support Devices")]).toBe(
      positive.length / devices.length,
    );

    // Another run of the same shards, in which the labels that were named count.
    const other = await trained(folder.uri, {}, run.store);
    expect(await summaryOf(other.run, "prepare", 0)).toMatchObject({ reused: true });
    expect(new Set(targetsBy(other.data, "Pneumonia", "nih"))).toEqual(new Set([0, 1]));
  });

  test("a source that is not there is an error that names those that are", async () => {
    const folder = await twoSources();
    const run = await dataRun(folder.uri, { notLabelled: { NIH: ["Pneumonia"] } });
    await expect(run.call("validate")).rejects.toThrow(
      'notLabelled: no source "NIH" in the data, expected "chexpert/sample", "nih/NIH-ChestX-ray14"',
    );
  });

  test("a shard from before gives its pixels, and none of its labels", async () => {
    const folder = await twoSources();
    const { run } = await trained(folder.uri);
    const name = preparationName(run.request.config);
    const keys = datasetKeys(run.request.fingerprint);
    const record = await readDocument(run.rooms.datasets, keys.shardRecord(name, 0), ShardRecord);

    // The store as the version before left it: no label but 1, 0, -1 and blank, and names without their reading.
    const before = await dataRun(folder.uri);
    const file = await storeRange(run.rooms.datasets, record.key);
    const shard = await indexShard(file);
    const films = await readShardFilms(file, shard);
    const blanks = labelMatrix(films).map((label) => (label === NOT_LABELLED ? BLANK : label));
    const pixels = await run.rooms.datasets.get(record.key, {
      start: shard.batches[0]!.pixels,
      length: shard.rows * shard.stride,
    });
    const old = name.replace(`-${LABELS}`, "");
    expect(old).not.toBe(name);
    const { geometry } = run.request.config;
    const key = keys.shard(old, 0);
    const written = await writeShard(
      before.rooms.datasets,
      key,
      geometry,
      batchOf({ films: { ...films, ...labelColumns(blanks) }, pixels }),
    );
    await writeDocument(before.rooms.datasets, keys.shardRecord(old, 0), ShardRecord, { ...record, ...written, key });

    const after = await trained(folder.uri, {}, before.store);
    expect(await summaryOf(after.run, "prepare", 0)).toMatchObject({ decoded: 0, reused: false, films: 24 });
    expect(targetsBy(after.data, "Support Devices", "nih")).toEqual(new Array(12).fill(Number.NaN));
    const again = await trained(folder.uri, { seed: 2 }, before.store);
    expect(await summaryOf(again.run, "prepare", 0)).toMatchObject({ reused: true });
  });

  test("Python tells it from a blank, and reads what it is", async () => {
    const { run } = await trained((await twoSources()).uri);
    const { datasets } = run.rooms;
    const keys = datasetKeys(run.request.fingerprint);
    const { key } = await readDocument(datasets, keys.shardRecord(preparationName(run.request.config), 0), ShardRecord);
    const script = `
import json, sys, pyarrow as pa
def told(path):
    table = pa.ipc.open_file(path).read_all()
    column, field = table["Support Devices"].to_pylist(), table.schema.field("Support Devices")
    return {"blank": column.count(None), "not labelled": column.count(-3), "negative": column.count(0),
      "meaning": field.metadata[b"hilum.label"].decode()}
print(json.dumps([told(path) for path in json.load(sys.stdin)]))`;
    const files = [key, keys.manifest].map((name) => join(run.store, "datasets", name));
    const meaning = expect.stringContaining("null not mentioned, -3 not labelled");
    const expected = { blank: 4, "not labelled": 12, negative: 4, meaning };
    expect(await python(script, files)).toEqual([expected, expected]);
  });
});

async function* batchOf(batch: PreparedBatch): AsyncGenerator<PreparedBatch> {
  yield batch;
}
