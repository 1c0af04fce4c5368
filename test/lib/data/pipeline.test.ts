import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { Dataset, ShardRecord, UpsamplingRecord } from "../../../lib/contracts/dataset.ts";
import { datasetKeys, preparationName } from "../../../lib/contracts/layout.ts";
import { Plan } from "../../../lib/contracts/plan.ts";
import { StepRecord } from "../../../lib/contracts/run.ts";
import { TestSet } from "../../../lib/contracts/test-set.ts";
import { loadManifest } from "../../../lib/data/manifest.ts";
import { prepare } from "../../../lib/data/steps/prepare.ts";
import { openTrainingData } from "../../../lib/data/training-data.ts";
import { targetOf } from "../../../lib/domain/label-policy.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { PARTS } from "../../../lib/domain/parts.ts";
import { PUBLISHED_FACTORS } from "../../../lib/domain/upsampling.ts";
import { resizeToSquare } from "../../../lib/engine/resize.ts";
import { readFilm } from "../../../lib/imaging/read-film.ts";
import { runStep } from "../../../lib/steps/run-step.ts";
import { readDocument, writeDocument } from "../../../lib/store/documents.ts";
import { openStore } from "../../../lib/store/open.ts";
import { python } from "../../python.ts";
import { type ConfigInput, type DataRun, dataRun } from "./data-run.ts";
import { csvRow, dataSet, film, filmPath, HEADER } from "./source-folder.ts";

/** From CSV to epoch plan; `programs` starts the real ones where they are processes. */
async function wholeRun(
  dataUri: string,
  config: ConfigInput = {},
  { store, programs = false }: { readonly store?: string; readonly programs?: boolean } = {},
): Promise<DataRun> {
  const run = await dataRun(dataUri, config, store);
  const start = async (program: "prepare" | "upsampler", index = 0) => {
    if (!programs) return run.work(program, index);
    const ended = await run.start(program, { AWS_BATCH_JOB_ARRAY_INDEX: String(index) });
    return expect(ended.exitCode, ended.stderr).toBe(0);
  };
  await run.call("validate");
  const { prepareJobs } = (await run.call("plan")) as { prepareJobs: number };
  for (let index = 0; index < prepareJobs; index += 1) await start("prepare", index);
  await run.call("merge");
  await start("upsampler");
  return run;
}

/** What each part's preparation said of itself. */
async function summaries(run: DataRun, name: string) {
  const { prepareJobs } = await readDocument(run.rooms.runs, run.keys.plan, Plan);
  const records = Array.from({ length: prepareJobs }, (_, index) =>
    readDocument(run.rooms.runs, run.keys.stepRecord("prepare", index), StepRecord),
  );
  return (await Promise.all(records)).map(({ summary }) => summary[name]);
}

describe("from CSV to epoch plan", () => {
  test("every row is accounted for; what training reads is the film, resized, with its row's targets", async () => {
    const source = await dataSet(40);
    const lateral = csvRow(filmPath(41), undefined, { view: "Lateral" });
    await source.write("train.csv", [HEADER, ...source.rows, lateral, source.rows[0]].join("\n"));
    const config = {
      upsampling: { kind: "table", factors: { Edema: 2 } } as const,
      prepare: { rowsPerPart: 33 },
    };
    const run = await wholeRun(source.uri, config, { programs: true });
    const plan = await readDocument(run.rooms.runs, run.keys.plan, Plan);
    expect(plan.rows).toEqual({ read: 62, used: 60, leftOut: { "lateral view": 1, "duplicate row": 1 } });
    expect(plan.prepareJobs).toBe(2);
    expect(plan.labels[0]).toEqual({ positive: 10, negative: 20, uncertain: 10, blank: 20, notLabelled: 0 });
    expect(PARTS.map((part) => plan.parts[part]).reduce((a, b) => a + b)).toBe(60);

    const training = await openTrainingData(run.rooms, run.request.run);
    try {
      const { rows, split, epochPlan } = training;
      expect([...rows.row]).toEqual([...Array(60).keys()]);
      const parts = new Map(rows.patient.map((patient, i) => [patient, rows.part[i]]));
      rows.patient.forEach((patient, i) => {
        expect(rows.part[i]).toBe(parts.get(patient));
      });
      for (const part of PARTS) expect(split[part].length).toBe(plan.parts[part]);

      const record = await readDocument(run.rooms.runs, run.keys.upsampling, UpsamplingRecord);
      const edema = OBSERVATIONS.indexOf("Edema");
      const positive = split.train.filter((row) => training.targets[row * 14 + edema] === 1).length;
      expect(record.rowsAfter).toBe(split.train.length + 2 * positive);
      expect(epochPlan).toHaveLength(record.rowsAfter);
      expect(new Set(epochPlan)).toEqual(new Set(split.train));

      const manifest = await loadManifest(run.rooms.datasets, datasetKeys(plan.fingerprint).manifest);
      const films = openStore(source.uri);
      const positions = Uint32Array.of(59, 0, 34, 0);
      const batch = await training.batch(positions);
      for (const [i, position] of positions.entries()) {
        const row = rows.row[position]!;
        const { image } = await readFilm(await films.get(manifest.film[row]!));
        expect([rows.filmWidth[position], rows.filmHeight[position]]).toEqual([image.width, image.height]);
        expect(batch.pixels.subarray(i * 1024, (i + 1) * 1024)).toEqual(resizeToSquare(image, plan.geometry));
        const labels = OBSERVATIONS.map((name, k) => targetOf(plan.policy, k, manifest[name][row] as 1 | 0 | -1));
        expect([...batch.targets.subarray(i * 14, (i + 1) * 14)]).toEqual(labels);
      }
    } finally {
      await training.close();
    }
  });

  test("the published protocol: films are split as the study did it, and the plan says what leaks", async () => {
    const source = await dataSet(40);
    const run = await wholeRun(source.uri, { protocol: "published", upsampling: { kind: "published" } });
    const plan = await readDocument(run.rooms.runs, run.keys.plan, Plan);
    const positives = OBSERVATIONS.map((_, k) => plan.labels[k]!.positive + plan.labels[k]!.uncertain);
    const rows = positives.reduce((sum, count, k) => sum + count * PUBLISHED_FACTORS[k]!, 0);
    expect(plan.parts.train + plan.parts.tuning + plan.parts.test).toBe(rows + 2);
    expect(plan).toMatchObject({ protocol: "published", salt: null, parts: { calibration: 0 } });
    expect(plan.leakage.testFilmsInTraining).toBeGreaterThan(0.9 * plan.leakage.testFilms);
    const training = await openTrainingData(run.rooms, run.request.run);
    try {
      for (const part of PARTS) expect(training.split[part].length).toBe(plan.parts[part]);
      expect(training.epochPlan).toEqual(training.split.train);
      expect(new Set(training.rows.part)).toEqual(new Set([null]));
      expect(training.split.train.at(-1)).toBe(training.split.tuning[0]);
    } finally {
      await training.close();
    }
  });

  test("other up-sampling than the study's is refused under its protocol", async () => {
    const source = await dataSet(12);
    const run = await dataRun(source.uri, {
      protocol: "published",
      upsampling: { kind: "auto", targetPrevalence: 0.3 },
    });
    await run.call("validate");
    await expect(run.call("plan")).rejects.toThrow("expected none or published, which the study knew");
  });

  test("another policy or split reads the shards of the first run, and prepares nothing", async () => {
    const source = await dataSet(12);
    const first = await wholeRun(source.uri, { seed: 1 });
    const second = await wholeRun(source.uri, { seed: 2, policy: { uncertain: "ignore" } }, { store: first.store });
    expect(second.request.run).not.toBe(first.request.run);
    const [a, b] = await Promise.all(
      [first, second].map((run) => readDocument(run.rooms.runs, run.keys.dataset, Dataset)),
    );
    expect(b!.shards).toEqual(a!.shards);
    expect((await second.objects("datasets")).filter((key) => key.endsWith(".arrow"))).toHaveLength(2);
  });

  test("a shard has the same bytes whatever the number of threads", async () => {
    const source = await dataSet(40);
    const run = await dataRun(source.uri);
    await run.call("validate");
    await run.call("plan");
    const key = datasetKeys(run.request.fingerprint).shardRecord(preparationName(run.request.config), 0);
    const hashes: string[] = [];
    for (const threads of [1, 3]) {
      const { environment, request } = run;
      const options = { step: "prepare", index: 0, run: request.run, environment, emit: () => {} };
      await runStep(options, (context) => prepare(context, { threads }));
      hashes.push((await readDocument(run.rooms.datasets, key, ShardRecord)).sha256);
      // Without its shard, or the second time would copy the pixels of the first.
      await run.rooms.datasets.delete((await readDocument(run.rooms.datasets, key, ShardRecord)).key);
      await run.rooms.datasets.delete(key);
      await run.rooms.runs.delete(run.keys.stepRecord("prepare", 0));
    }
    expect(hashes[1]).toBe(hashes[0]);
  });

  test("new rows: only their films are decoded; the shards are those of a preparation from nothing", async () => {
    const source = await dataSet(20);
    const config = { prepare: { rowsPerPart: 20 } };
    await source.write("train.csv", [HEADER, ...source.rows.slice(0, 28)].join("\n"));
    const before = await wholeRun(source.uri, config);
    // A row more at the front: every film is at another place, and each part has films of two earlier ones.
    await source.write("train.csv", [HEADER, source.rows[29], ...source.rows.slice(0, 28)].join("\n"));
    const grown = await wholeRun(source.uri, config, { store: before.store });
    const decoded = await summaries(grown, "decoded");
    expect(decoded).toEqual([1, 0]);
    const scratch = await wholeRun(source.uri, config);
    const hashes = async (run: DataRun) =>
      (await readDocument(run.rooms.runs, run.keys.dataset, Dataset)).shards.map(({ sha256 }) => sha256);
    expect(await hashes(grown)).toEqual(await hashes(scratch));
  });

  test("a film that is replaced while the CSV stays is noticed; an older run keeps what it was trained on", async () => {
    const source = await dataSet(12);
    const first = await wholeRun(source.uri);
    const pixelsOf = async (run: DataRun) => {
      const training = await openTrainingData(run.rooms, run.request.run);
      const { pixels } = await training.batch(Uint32Array.of(3));
      await training.close();
      return pixels;
    };
    const old = await pixelsOf(first);
    const manifest = await loadManifest(first.rooms.datasets, datasetKeys(first.request.fingerprint).manifest);
    await source.write(manifest.film[3]!, await film(12_345));
    const second = await wholeRun(source.uri, { seed: 2 }, { store: first.store });
    expect(second.request.fingerprint).toBe(first.request.fingerprint);
    expect(await summaries(second, "decoded")).toEqual([1]);
    expect(await pixelsOf(second)).not.toEqual(old);
    expect(await pixelsOf(first)).toEqual(old);
    const third = await wholeRun(source.uri, { seed: 3 }, { store: first.store });
    expect(await summaries(third, "reused")).toEqual([true]);
  });

  test("shards of a remote store that the disk cannot hold end it before one is copied", async () => {
    const source = await dataSet(12);
    const run = await wholeRun(source.uri);
    const dataset = await readDocument(run.rooms.runs, run.keys.dataset, Dataset);
    const shards = dataset.shards.map((shard) => ({ ...shard, bytes: 1e15 }));
    await writeDocument(run.rooms.runs, run.keys.dataset, Dataset, { ...dataset, shards });
    // It holds nothing: whoever copies finds that out.
    const remote = { ...run.rooms, datasets: openStore("memory://remote") };
    const opening = openTrainingData(remote, run.request.run, join(run.store, "copies"));
    await expect(opening).rejects.toMatchObject({ exitCode: 64, code: "disk-too-small" });
  });

  test("patients stay where they are when the folder grows", async () => {
    const source = await dataSet(12);
    const before = await wholeRun(source.uri);
    const bigger = await dataSet(30);
    const more = bigger.rows.filter((row) => !source.rows.includes(row));
    for (const row of more) {
      const path = row.split(",")[0]!.replace(/^sample\//, "");
      await source.write(path, await openStore(bigger.uri).get(path));
    }
    await source.write("train.csv", [HEADER, ...more, ...source.rows].join("\n"));
    const after = await wholeRun(source.uri, {}, { store: before.store });
    const partsOf = async (run: DataRun) => {
      const training = await openTrainingData(run.rooms, run.request.run);
      await training.close();
      return new Map(training.rows.patient.map((patient, i) => [patient, training.rows.part[i]]));
    };
    const grown = await partsOf(after);
    expect(grown.size).toBe(30);
    for (const [patient, part] of await partsOf(before)) expect(grown.get(patient)).toBe(part);

    // The first run's test patients are every run's, whatever its seed; newer patients train and tune.
    const pinned = await readDocument(before.rooms.runs, before.keys.testSet, TestSet);
    const other = await wholeRun(source.uri, { seed: 9 }, { store: before.store });
    for (const run of [after, other]) {
      const parts = await partsOf(run);
      const test = [...parts].flatMap(([patient, part]) => (part === "test" ? [patient] : [])).sort();
      expect(test).toEqual(pinned.patients.map((key) => key.split("\n")[1]).sort());
      expect(await readDocument(run.rooms.runs, run.keys.testSet, TestSet)).toEqual(pinned);
    }
  });

  test("Python reads a shard: pixels, labels with nulls, and who they belong to", async () => {
    const source = await dataSet(6);
    const run = await wholeRun(source.uri);
    const dataset = await readDocument(run.rooms.runs, run.keys.dataset, Dataset);
    const script = `
import json, sys, pyarrow as pa
table = pa.ipc.open_file(pa.memory_map(json.load(sys.stdin))).read_all()
table.validate(full=True)
pixels = table["pixels"]
print(json.dumps({"columns": table.column_names, "type": str(pixels.type), "rows": table.num_rows,
  "patient": table["patient"].to_pylist(), "labels": table["Edema"].to_pylist(), "age": table["age"].to_pylist(),
  "row": table["row"].to_pylist(), "sums": [sum(p) for p in pixels.to_pylist()]}))`;
    const shard = join(run.store, "datasets", dataset.shards[0]!.key);
    const seen = await python<Record<string, unknown>>(script, shard);
    const training = await openTrainingData(run.rooms, run.request.run);
    const { pixels } = await training.batch(Uint32Array.from(training.rows.row.keys()));
    await training.close();
    const { rows } = training;
    expect(seen).toEqual({
      columns: expect.arrayContaining([...OBSERVATIONS, "study", "view", "projection", "sex", "source", "filmSha256"]),
      type: "fixed_size_binary[1024]",
      rows: 9,
      patient: rows.patient,
      labels: Array.from(rows.Edema, (label) => (label === -2 ? null : label)),
      age: Array.from(rows.age),
      row: Array.from(rows.row),
      sums: rows.patient.map((_, i) => pixels.subarray(i * 1024, (i + 1) * 1024).reduce((a, b) => a + b)),
    });
  });
});

const sample = new URL("../../../../shared/cxr-sample", import.meta.url);

test.skipIf(!existsSync(sample))("real films (../shared): 200 rows prepared, split and read back", async () => {
  const run = await wholeRun(pathToFileURL(fileURLToPath(sample)).href, {
    geometry: { size: 224 },
    split: { train: 0.7, tuning: 0.1, calibration: 0.1, test: 0.1 },
  });
  const dataset = await readDocument(run.rooms.runs, run.keys.dataset, Dataset);
  expect([dataset.rows, dataset.setAside]).toEqual([200, []]);
  const training = await openTrainingData(run.rooms, run.request.run);
  for (const part of PARTS) expect(training.split[part].length).toBeGreaterThan(10);
  const whole = await training.batch(Uint32Array.from({ length: 200 }, (_, row) => row));
  const mixed = Uint32Array.from({ length: 32 }, (_, i) => (i * 31) % 200);
  const { pixels } = await training.batch(mixed);
  await training.close();
  const film = (of: Uint8Array, place: number) => Buffer.from(of.subarray(place * 224 ** 2, (place + 1) * 224 ** 2));
  for (const [place, row] of mixed.entries()) expect(film(pixels, place).equals(film(whole.pixels, row))).toBe(true);
  const seen = new Set(Array.from(training.rows.row, (_, row) => film(whole.pixels, row).toString("latin1")));
  expect(seen.size).toBe(200);
});
